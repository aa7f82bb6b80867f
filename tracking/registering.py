"""From something that is logged to a numbered version: what models, datasets and artifacts have in common."""

from __future__ import annotations

import errno
import re
import tempfile
import warnings
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from vitrina.store.checks.check import Result
from vitrina.store.content import files_below
from vitrina.store.errors import InvalidError, NotFoundError, VitrinaError
from vitrina.store.names import name_of
from vitrina.store.refs import Noun
from vitrina.store.versions import Bump, is_lower, parse_version
from vitrina.tracking.callers import caller
from vitrina.tracking.recorder import Recorder
from vitrina.tracking.records import Added, VersionDraft
from vitrina.tracking.versions import VersionHandle

_LONGEST_NAME = 64
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

LEFT_OUT = frozenset({"__pycache__", ".git", ".DS_Store"})
"""Names of files and folders that are no part of what a script made."""


class VitrinaWarning(UserWarning):
    """Something was done as asked that is perhaps not what was meant."""


class NoRoomError(VitrinaError):
    """There is no room left to prepare a version."""

    status = 507
    permanent = False

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"There is no room left in {folder} to prepare the version; nothing was stored, and nothing is lost.",
            hint="Free some space there, or set TMPDIR to a folder with more.",
        )


@dataclass(frozen=True, slots=True)
class Numbering:
    """What is asked of a version's number. Both None: the signature decides, else patch."""

    version: str | None = None
    bump: Bump | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a version, and what is known of them besides their bytes."""

    files: Sequence[tuple[str, Path]]
    """(relative path, file)."""

    flavour: str
    signature: Mapping[str, Any] | None = None
    summary: Mapping[str, Any] | None = None
    checks: Sequence[Result] = ()


def numbering(version: str | None, bump: str | None) -> Numbering:
    """Checks what is asked before anything is saved. Raises BadVersionError and InvalidError."""
    if version is not None and bump is not None:
        raise InvalidError("Both version= and bump= are given.", hint="Give the number, or which one is next.")
    if version is not None:
        parse_version(version)
    try:
        return Numbering(version, Bump(bump) if bump is not None else None)
    except ValueError:
        raise InvalidError(f"There is no bump {bump!r}.", hint=f"Bumps are {', '.join(Bump)}.") from None


def make_version(
    run: Recorder,
    noun: Noun,
    name: str,
    fill: Callable[[Path], Contents],
    *,
    number: Numbering,
    notes: str = "",
    is_input: bool = False,
) -> VersionHandle:
    """A version of what `fill` gives; it may write files into the empty folder that it is given.

    Warns (VitrinaWarning) when the bump or number asked for is lower than what the changed signature asks for.
    """
    name = name_of(f"a {noun.singular}", name)
    run.check_open()
    draft = VersionDraft(noun, name, (), version=number.version, bump=number.bump, notes=notes, is_input=is_input)
    if run.is_disabled:
        return _handle(run, run.add_version(draft))
    with _workshop() as folder:
        found = fill(folder)
        draft = replace(
            draft,
            files=found.files,
            flavour=found.flavour,
            signature=found.signature,
            summary=found.summary,
            checks=found.checks,
        )
        added = run.add_version(draft)
    _warn_of_low_bump(added)
    return _handle(run, added)


def name_from(text: str) -> str:
    """The nearest name that a collection can have, for scripts that name things freely: `My model` is `my-model`."""
    slug = re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")
    return slug[:_LONGEST_NAME] or "unnamed"


def known(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those facts that somebody said."""
    return {key: value for key, value in facts.items() if value is not None}


def files_of(path: Path) -> list[tuple[str, Path]]:
    """The files that a script wrote itself, to be kept where they are: a file, or all that a folder holds but what is
    nobody's work. Raises NotFoundError and InvalidError."""
    found = [(name, file) for name, file in files_below(path) if LEFT_OUT.isdisjoint(PurePosixPath(name).parts)]
    if not found:
        raise NotFoundError(f"file in the folder {path}")
    return found


def _handle(run: Recorder, added: Added) -> VersionHandle:
    return VersionHandle(added.version, run.connection, is_new=added.is_new)


def _warn_of_low_bump(added: Added) -> None:
    given, found = added.given, added.found
    if given is None or found is None or not is_lower(given, found.bump):
        return
    why = ", ".join(found.reasons)
    warnings.warn(
        f"{added.version.ref} was made as {given}, as asked; its signature asks for {found.bump}: {why}.",
        VitrinaWarning,
        stacklevel=caller(),
    )


@contextmanager
def _workshop() -> Generator[Path]:
    """An empty folder for the time of a call."""
    with tempfile.TemporaryDirectory(prefix="vitrina-", ignore_cleanup_errors=True) as folder:
        try:
            yield Path(folder)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise NoRoomError(folder) from error
            raise
