"""Semantic versions: their order as columns, the next one, and what a selector (`@…`) asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from semantic_version import NpmSpec, Version

from vitrina.store.errors import InvalidError

FIRST = "1.0.0"
LATEST = "latest"

RELEASE_KEY = "~"
"""Sorts after every pre-release key: `~` is the highest printable ASCII letter."""

_ALIAS = re.compile(r"[a-z][a-z0-9-]*")
_LARGEST_PART = 2**31 - 1
"""The parts are kept in integer columns."""


class Bump(StrEnum):
    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


class Stage(StrEnum):
    STAGING = "staging"
    PRODUCTION = "production"
    ARCHIVED = "archived"


class BadVersionError(InvalidError):
    """A text is not a semantic version."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is not a semantic version.", hint="Write it like 1.4.0 or 2.0.0-rc.1.")


class BadAliasError(InvalidError):
    """A text cannot be an alias."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} cannot be an alias.",
            hint="Use a-z, 0-9 and -, beginning with a letter; no version or range, no stage, not latest.",
        )


@dataclass(frozen=True, slots=True)
class Columns:
    """A version in columns whose order is semver's precedence."""

    major: int
    minor: int
    patch: int
    pre_key: str
    """Compared byte by byte; RELEASE_KEY where there is no pre-release."""

    build: str
    """Build metadata, which has no part in the order."""


def parse_version(text: str) -> Version:
    """Reads `1.4.0`; raises BadVersionError."""
    try:
        version = Version(text)
    except ValueError:
        raise BadVersionError(text) from None
    if max(version.major, version.minor, version.patch) > _LARGEST_PART:
        raise BadVersionError(text)
    return version


def columns(version: Version) -> Columns:
    key = " ".join(map(_identifier_key, version.prerelease)) if version.prerelease else RELEASE_KEY
    return Columns(version.major, version.minor, version.patch, key, ".".join(version.build))


def _identifier_key(identifier: str) -> str:
    """Numbers before words, numbers by value, words by ASCII. The joining space sorts before every letter allowed."""
    return f"0{len(identifier):04}{identifier}" if identifier.isdecimal() else f"1{identifier}"


def next_version(existing: Iterable[str], bump: Bump) -> str:
    """The version after the highest one that exists (also deleted ones: numbers are never used twice)."""
    highest = max((Version(number) for number in existing), default=None)
    if highest is None:
        return FIRST
    match bump:
        case Bump.MAJOR:
            return str(highest.next_major())
        case Bump.MINOR:
            return str(highest.next_minor())
        case Bump.PATCH:
            return str(highest.next_patch())


class Wanted(StrEnum):
    """What kind of thing a selector is."""

    NEWEST = "newest"
    LATEST = "latest"
    EXACT = "exact"
    STAGE = "stage"
    ALIAS = "alias"
    RANGE = "range"


def wanted(selector: str | None) -> Wanted:
    """Sorts a selector; None (none given) wants the newest release. Raises InvalidError for what is nothing."""
    if selector is None:
        return Wanted.NEWEST
    if selector == LATEST:
        return Wanted.LATEST
    if selector in set(Stage):
        return Wanted.STAGE
    if _is_version(selector):
        return Wanted.EXACT
    if not selector.strip():
        raise _no_selector(selector)
    if _ALIAS.fullmatch(selector) and not _is_range(selector):
        return Wanted.ALIAS
    if _is_range(selector):
        return Wanted.RANGE
    raise _no_selector(selector)


def select(selector: str, numbers: Iterable[str]) -> str | None:
    """The highest of `numbers` in a range, as npm reads it; None if there is none."""
    best = NpmSpec(selector).select(Version(number) for number in numbers)
    return str(best) if best is not None else None


def alias_name(text: str) -> str:
    """Checks an alias; raises BadAliasError."""
    if not _ALIAS.fullmatch(text) or wanted(text) is not Wanted.ALIAS:
        raise BadAliasError(text)
    return text


def _no_selector(selector: str) -> InvalidError:
    return InvalidError(
        f"@{selector} is no version, range, alias or stage.",
        hint="Write @1.4.0, @^1.2, @champion, @production or @latest.",
    )


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except ValueError:
        return False
    return True


def _is_range(text: str) -> bool:
    try:
        NpmSpec(text)
    except ValueError:
        return False
    return True
