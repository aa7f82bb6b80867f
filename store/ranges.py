"""Ranges of versions, as npm reads them: `^1.2`, `~1.2.3`, `1.x`, `>=1.2 <2`, `1.2 - 1.4`, `^1 || ^3`.

A range is alternatives (`||`), each a set of comparators that must all hold. A pre-release is in a set only where one
of its comparators names a pre-release of the same major.minor.patch: whoever asks for `^1.2` gets no release candidate.
(docs/versions.md has the grammar.)

Each set becomes spans between two places of the order of versions, so that a database finds the highest version in a
range at the end of an index. `semantic_version.NpmSpec`, which also reads ranges, is not used: it puts releases into
ranges that end below them (`<=1.2.3-rc.1` has 1.2.3), pre-releases of other patches into others (`<1.2.3-rc.1` has
1.2.1-rc.1), and keeps its spans to itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from semantic_version import Version

from vitrina.store.errors import InvalidError
from vitrina.store.precedence import LARGEST_PART, RELEASE_KEY, columns

Place: TypeAlias = tuple[int, int, int, str]
"""Major, minor, patch and pre-release key: tuples compare as versions do."""

LOWEST_KEY = ""
"""Sorts before every pre-release key."""

JUST_AFTER = "\x01"
"""Behind a key it gives the place next to it: the space that joins identifiers sorts after it."""

AFTER_KEY = "\x7f"
"""Sorts after every pre-release key and after a release."""

MOST_SETS = 32
"""Alternatives in one range; each costs a look into the index."""

LONGEST = 256
"""Characters of a range, as npm has it."""

_HYPHEN = re.compile(r"\s+-\s+")
_OPERATOR_GAP = re.compile(r"(<=|>=|<|>|=|\^|~>|~)\s+(?=[v0-9xX*])")
_COMPARATOR = re.compile(
    r"(?P<op><=|>=|<|>|=|\^|~>|~)?v?"
    r"(?P<major>[xX*]|0|[1-9][0-9]*)"
    r"(?:\.(?P<minor>[xX*]|0|[1-9][0-9]*)"
    r"(?:\.(?P<patch>[xX*]|0|[1-9][0-9]*)"
    r"(?:-(?P<pre>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?)?"
)


class BadRangeError(InvalidError):
    """A text is no range of versions."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no range of versions.", hint="Write ^1.2, ~1.2.3, 1.x, >=1.2 <2 or ^1 || ^3.")


@dataclass(frozen=True, slots=True)
class Span:
    """The versions from one place (inclusive) to another (exclusive)."""

    start: Place
    end: Place
    pre_releases: bool
    """False: releases only. True: only pre-releases, and both places have the same major.minor.patch."""

    def __contains__(self, place: Place) -> bool:
        return self.start <= place < self.end and (place[3] != RELEASE_KEY) == self.pre_releases


@dataclass(frozen=True, slots=True)
class Range:
    """The versions that a text asks for."""

    spans: tuple[Span, ...]

    def __contains__(self, place: Place) -> bool:
        return any(place in span for span in self.spans)


@dataclass(frozen=True, slots=True)
class _Part:
    """The version of a comparator. None: any number, and then any in the places after it."""

    major: int | None
    minor: int | None
    patch: int | None
    pre: str | None
    """The key of its pre-release; None: it has none."""


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What one comparator asks for: from `start` to `end`; `named` is the release whose pre-releases it admits."""

    start: Place
    end: Place
    named: tuple[int, int, int] | None = None


_BOTTOM: Place = (0, 0, 0, LOWEST_KEY)
_TOP: Place = (LARGEST_PART + 1, 0, 0, LOWEST_KEY)
_ALL = _Bounds(_BOTTOM, _TOP)
_NONE = _Bounds(_BOTTOM, _BOTTOM)
_ANY = Span((0, 0, 0, RELEASE_KEY), _TOP, pre_releases=False)


def parse_range(text: str) -> Range:
    """Reads a range. Raises BadRangeError."""
    sets = text.split("||")
    if not text.strip() or len(text) > LONGEST or len(sets) > MOST_SETS:
        raise BadRangeError(text)
    try:
        spans = [tuple(_spans(_comparators(one.strip()))) for one in sets]
    except ValueError:
        raise BadRangeError(text) from None
    if (_ANY,) in spans:  # npm forgets the other alternatives, even those that name pre-releases
        return Range((_ANY,))
    return Range(tuple(dict.fromkeys(span for one in spans for span in one)))


def is_range(text: str) -> bool:
    try:
        parse_range(text)
    except BadRangeError:
        return False
    return True


def _spans(comparators: Iterable[_Bounds]) -> Iterator[Span]:
    """Where all comparators of a set hold: once among releases, once for each release whose pre-releases are named."""
    bounds = list(comparators)
    start, end = max(one.start for one in bounds), min(one.end for one in bounds)
    if start >= end:
        return
    yield Span(max(start, _ANY.start), end, pre_releases=False)
    for named in sorted({one.named for one in bounds if one.named is not None}):
        first, last = max(start, (*named, LOWEST_KEY)), min(end, (*named, RELEASE_KEY))
        if first < last:
            yield Span(first, last, pre_releases=True)


def _comparators(text: str) -> Iterator[_Bounds]:
    """Those of one set. Raises ValueError for what is none."""
    ends = _HYPHEN.split(text)
    match ends:
        case [low, high]:
            yield _bounds(">=", _part(low))
            yield _bounds("<=", _part(high))
        case [only]:
            yield _ALL
            for word in _OPERATOR_GAP.sub(r"\1", only).split():
                found = _matched(word)
                yield _bounds(found["op"] or "=", _part_of(found))
        case _:
            raise ValueError(text)


def _matched(word: str) -> re.Match[str]:
    found = _COMPARATOR.fullmatch(word)
    if found is None:
        raise ValueError(word)
    return found


def _part(text: str) -> _Part:
    """A version without an operator, as the ends of a hyphen range are."""
    found = _matched(text)
    if found["op"] not in {None, "="}:
        raise ValueError(text)
    return _part_of(found)


def _part_of(found: re.Match[str]) -> _Part:
    major, minor, patch = (_number(found[name]) for name in ("major", "minor", "patch"))
    if (major is None and minor is not None) or (minor is None and patch is not None):
        raise ValueError(found[0])
    pre = columns(Version(f"0.0.0-{found['pre']}")).pre_key if found["pre"] and patch is not None else None
    return _Part(major, minor, patch, pre)


def _number(word: str | None) -> int | None:
    """None: any number will do."""
    if word is None or word in "xX*":
        return None
    if len(word) > len(str(LARGEST_PART)) or int(word) > LARGEST_PART:
        raise ValueError(word)
    return int(word)


def _bounds(operator: str, part: _Part) -> _Bounds:
    """What npm's table of operators says; `next_` are the ends that they share."""
    if part.major is None:
        return _NONE if operator in {"<", ">"} else _ALL
    start: Place = (part.major, part.minor or 0, part.patch or 0, part.pre or RELEASE_KEY)
    named = start[:3] if part.pre is not None else None
    match operator:
        case "=":
            return _Bounds(start, _after(part), named)
        case ">=":
            return _Bounds(start, _TOP, named)
        case ">":
            return _Bounds(_after(part), _TOP, named)
        case "<":
            return _Bounds(_BOTTOM, start if part.patch is not None else (*start[:3], LOWEST_KEY), named)
        case "<=":
            return _Bounds(_BOTTOM, _after(part), named)
        case "^":
            return _Bounds(start, _caret_end(part), named)
        case _:
            return _Bounds(start, _tilde_end(part), named)


def _after(part: _Part) -> Place:
    """The first place behind a version, or behind all that `1.2` stands for."""
    if part.patch is None:
        return _tilde_end(part)
    major, minor = part.major or 0, part.minor or 0
    return (major, minor, part.patch, f"{part.pre}{JUST_AFTER}" if part.pre is not None else AFTER_KEY)


def _tilde_end(part: _Part) -> Place:
    major = part.major or 0
    return (major + 1, 0, 0, LOWEST_KEY) if part.minor is None else (major, part.minor + 1, 0, LOWEST_KEY)


def _caret_end(part: _Part) -> Place:
    """Before the next version whose first number that is not zero is another one."""
    major = part.major or 0
    if major or part.minor is None:
        return (major + 1, 0, 0, LOWEST_KEY)
    if part.minor or part.patch is None:
        return (0, part.minor + 1, 0, LOWEST_KEY)
    return (0, 0, part.patch + 1, LOWEST_KEY)
