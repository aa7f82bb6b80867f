"""Calls that log files and folders, or where they lie."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, overload

from vitrina.store.content import content_digest, files_below
from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.refs import Noun
from vitrina.tracking.layouts import FILES, REFERENCE, write_reference
from vitrina.tracking.moments import Step, Timestamp, checked_step
from vitrina.tracking.recorder import Recorder
from vitrina.tracking.registering import Contents, files_of, known, make_version, name_from, numbering
from vitrina.tracking.versions import VersionHandle


@overload
def log_artifact(
    run: Recorder,
    path: str | Path,
    name: str | None = None,
    kind: str | None = None,
    summary: Mapping[str, Any] | None = None,
    step: Step = None,
    timestamp: Timestamp = None,
    rel_path: str | None = None,
    *,
    version: str | None = None,
    bump: str | None = None,
    notes: str = "",
    register: Literal[True] = True,
) -> VersionHandle: ...
@overload
def log_artifact(
    run: Recorder,
    path: str | Path,
    name: str | None = None,
    *,
    step: Step = None,
    timestamp: Timestamp = None,
    register: Literal[False],
) -> None: ...
def log_artifact(
    run: Recorder,
    path: str | Path,
    name: str | None = None,
    kind: str | None = None,
    summary: Mapping[str, Any] | None = None,
    step: Step = None,
    timestamp: Timestamp = None,
    rel_path: str | None = None,
    *,
    version: str | None = None,
    bump: str | None = None,
    notes: str = "",
    register: bool = True,
) -> VersionHandle | None:
    """Keeps a file or folder as a version of `artifacts/NAME`, and gives the version.

    `name` None takes the file's. `version` and `bump` as of `log_model`; `kind`, `summary`, `step` and `rel_path` are
    kept with it. With `register=False` the file is kept with the run only, and there is no version (None).
    """
    found = _existing(path)
    if not register:
        run.keep(found, name or found.name, kind="file", argument="path", step=step, timestamp=timestamp)
        return None
    said = {"kind": kind, "step": checked_step(step), "rel_path": rel_path, **(summary or {})}

    def fill(_: Path) -> Contents:
        return Contents(files_of(found), FILES, None, known(said))

    wanted = numbering(version, bump)
    return make_version(run, Noun.ARTIFACT, name_from(name or found.stem), fill, number=wanted, notes=notes)


def log_artifact_ref(
    run: Recorder,
    path: str | Path,
    kind: str | None = None,
    name: str | None = None,
    hash: str | None = None,  # noqa: A002 - Polyaxon's name
    content: Any = None,
    summary: Mapping[str, Any] | None = None,
    is_input: bool = False,
    rel_path: str | None = None,
) -> VersionHandle:
    """Keeps where a file or folder lies, not its bytes: a version of `artifacts/NAME` for each place and digest.

    `hash` is its digest; None works the SHA-256 out where the path can be read here. `content` is a word on what it is.
    `is_input` says that the run used it and did not make it.
    """
    facts = {"path": str(path), "kind": kind, "hash": hash or digest_of(path), "content": content, "rel_path": rel_path}
    called = name_from(name or Path(path).stem)
    return make_reference(run, Noun.ARTIFACT, called, facts, summary=summary, is_input=is_input)


def log_file_ref(
    run: Recorder,
    path: str | Path,
    name: str | None = None,
    hash: str | None = None,  # noqa: A002 - Polyaxon's name
    content: Any = None,
    summary: Mapping[str, Any] | None = None,
    is_input: bool = False,
    rel_path: str | None = None,
) -> VersionHandle:
    """Keeps where a file lies; see `log_artifact_ref`."""
    return log_artifact_ref(run, path, "file", name, hash, content, summary, is_input, rel_path)


def log_dir_ref(
    run: Recorder,
    path: str | Path,
    name: str | None = None,
    hash: str | None = None,  # noqa: A002 - Polyaxon's name
    summary: Mapping[str, Any] | None = None,
    is_input: bool = False,
    rel_path: str | None = None,
) -> VersionHandle:
    """Keeps where a folder lies; see `log_artifact_ref`."""
    return log_artifact_ref(run, path, "dir", name, hash, None, summary, is_input, rel_path)


def make_reference(
    run: Recorder,
    noun: Noun,
    name: str,
    facts: Mapping[str, Any],
    *,
    summary: Mapping[str, Any] | None = None,
    is_input: bool = False,
) -> VersionHandle:
    """A version whose bytes lie elsewhere; the same facts are the same version."""
    said = known(facts)

    def fill(folder: Path) -> Contents:
        return Contents(write_reference(folder, said), REFERENCE, None, {**said, **(summary or {})})

    return make_version(run, noun, name, fill, number=numbering(None, None), is_input=is_input)


def digest_of(path: str | Path) -> str | None:
    """The SHA-256 of a file, or of a folder's manifest; None for what cannot be read here."""
    place = Path(path)
    if not place.exists():
        return None
    files = [(name, _sha256(file)) for name, file in files_below(place)]
    return files[0][1] if place.is_file() else content_digest(files)


def _existing(path: object) -> Path:
    if not isinstance(path, str | Path):
        raise InvalidError(f"`path` is a {type(path).__name__}.", hint="Give the path of a file or folder.")
    if not Path(path).exists():
        raise NotFoundError(f"file or folder {path}")
    return Path(path)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
