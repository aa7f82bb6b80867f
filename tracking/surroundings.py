"""Calls that log the code and the environment of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitrina.store.surroundings import PACKAGES
from vitrina.tracking.capture import environment, git
from vitrina.tracking.recorder import Recorder
from vitrina.tracking.records import About


def log_code_ref(run: Recorder, code_ref: Mapping[str, Any] | None = None, *, source: bool = False) -> None:
    """Keeps which commit the code is of; None asks git. Outside of a repository nothing is kept.

    With `source` the script and the changes that were not committed are kept too, so that runs can be compared line by
    line: as texts, which all who may read the run can read.
    """
    found = dict(code_ref) if code_ref is not None else git.code_ref()
    if found is not None:
        run.write(About(meta={"code": found}))
    if source and not run.is_disabled:
        for name, text in git.source().items():
            run.keep(text, name, kind="text", argument="source")


def log_env(run: Recorder, content: Mapping[str, Any] | None = None) -> None:
    """Keeps interpreter, machine and host as facts of the run, and the installed packages as a text; `content` is kept
    in their place."""
    run.write(About(meta={"environment": dict(content) if content is not None else environment.facts()}))
    if content is None:
        run.keep(environment.packages(), PACKAGES, kind="text", argument="packages")
