"""From something that is logged to a numbered version: what models, datasets and artifacts have in common."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vitrina.store.content import files_below
from vitrina.store.errors import InvalidError
from vitrina.store.names import name_of
from vitrina.store.refs import Noun
from vitrina.store.versions import Bump, parse_version
from vitrina.tracking.recorder import Recorder
from vitrina.tracking.records import Added, VersionDraft
from vitrina.tracking.versions import VersionHandle

_ORDER = (Bump.PATCH, Bump.MINOR, Bump.MAJOR)
_LONGEST_NAME = 64


class VitrinaWarning(UserWarning):
    """Something was done as asked that is perhaps not what was meant."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """What is asked of a version's number. Both None: the signature decides, else patch."""

    version: str | None = None
    bump: Bump | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What is known of files besides their bytes."""

    flavour: str | None = None
    signature: Mapping[str, Any] | None = None
    summary: Mapping[str, Any] | None = None


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
    """A version of what `fill` writes into the empty folder that it is given.

    Warns (VitrinaWarning) when a bump is lower than what the changed signature asks for.
    """
    name = name_of(f"a {noun.singular}", name)
    run.check_open()
    draft = VersionDraft(noun, name, (), version=number.version, bump=number.bump, notes=notes, is_input=is_input)
    if run.is_disabled:
        return _handle(run, run.add_version(draft))
    with _workshop() as folder:
        known = fill(folder)
        draft = replace(
            draft,
            files=files_below(folder),
            flavour=known.flavour,
            signature=known.signature,
            summary=known.summary,
        )
        added = run.add_version(draft)
    _warn_of_low_bump(added, number.bump)
    return _handle(run, added)


def name_from(text: str) -> str:
    """The nearest name that a collection can have, for scripts that name things freely: `My model` is `my-model`."""
    slug = re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")
    return slug[:_LONGEST_NAME] or "unnamed"


def _handle(run: Recorder, added: Added) -> VersionHandle:
    return VersionHandle(added.version, run.connection, is_new=added.is_new)


def _warn_of_low_bump(added: Added, bump: Bump | None) -> None:
    if bump is None or added.asked is None or _ORDER.index(bump) >= _ORDER.index(added.asked):
        return
    warnings.warn(
        f"{added.version.ref} was made as {bump}, as asked; its signature changed, which asks for {added.asked}.",
        VitrinaWarning,
        stacklevel=5,
    )


@contextmanager
def _workshop() -> Generator[Path]:
    """An empty folder for the time of a call."""
    with tempfile.TemporaryDirectory(prefix="vitrina-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
