"""Calls that log the code and the environment of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitrina.tracking.capture import environment, git
from vitrina.tracking.recorder import Recorder
from vitrina.tracking.records import About

PACKAGES = "packages"
"""The name of the text that lists them."""


def log_code_ref(run: Recorder, code_ref: Mapping[str, Any] | None = None) -> None:
    """Keeps which commit the code is of; None asks git. Outside of a repository nothing is kept."""
    found = dict(code_ref) if code_ref is not None else git.code_ref()
    if found is not None:
        run.write(About(meta={"code": found}))


def log_env(run: Recorder, content: Mapping[str, Any] | None = None) -> None:
    """Keeps interpreter, machine and host as facts of the run, and the installed packages as a text; `content` is kept
    in their place."""
    run.write(About(meta={"environment": dict(content) if content is not None else environment.facts()}))
    if content is None:
        run.keep(environment.packages(), PACKAGES, kind="text", argument="packages")
