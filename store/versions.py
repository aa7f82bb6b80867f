"""Semantic versions: how they are read, the next one, and what a selector (`@…`) asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from semantic_version import Version

from vitrina.store.errors import InvalidError
from vitrina.store.precedence import LARGEST_PART, columns
from vitrina.store.ranges import Place, is_range

FIRST = "1.0.0"
LATEST = "latest"

_ALIAS = re.compile(r"[a-z][a-z0-9-]*")


class Bump(StrEnum):
    """What a number says of the change, the least first."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


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


def parse_version(text: str) -> Version:
    """Reads `1.4.0`; raises BadVersionError."""
    try:
        version = Version(text)
    except ValueError:
        raise BadVersionError(text) from None
    if max(version.major, version.minor, version.patch) > LARGEST_PART:
        raise BadVersionError(text)
    return version


def place_of(number: str) -> Place:
    """Where a number stands among others; raises BadVersionError."""
    return columns(parse_version(number)).place


def next_version(highest: str, bump: Bump) -> str:
    """The version after the highest one that exists (also a deleted one: numbers are never used twice)."""
    version = Version(highest)
    match bump:
        case Bump.MAJOR:
            return str(version.next_major())
        case Bump.MINOR:
            return str(version.next_minor())
        case Bump.PATCH:
            return str(version.next_patch())


def bump_between(below: str, number: str) -> Bump:
    """What the step from one version to a higher one tells those who use it."""
    one, other = Version(below), Version(number)
    if one.major != other.major:
        return Bump.MAJOR
    return Bump.MINOR if one.minor != other.minor else Bump.PATCH


def highest_bump(bumps: Iterable[Bump]) -> Bump:
    """The one that tells the most; a patch where there is none."""
    return max(bumps, key=list(Bump).index, default=Bump.PATCH)


def is_lower(bump: Bump, other: Bump) -> bool:
    """Whether a bump promises less change than another."""
    return list(Bump).index(bump) < list(Bump).index(other)


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
    if _ALIAS.fullmatch(selector) and not is_range(selector):
        return Wanted.ALIAS
    if is_range(selector):
        return Wanted.RANGE
    raise _no_selector(selector)


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
