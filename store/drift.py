"""How far the columns of two versions of a dataset have moved apart, by their profiles alone: no row is read.

PSI (population stability index) is taken over ten bins of equal share of the version before, or its most frequent
words, with a bin for what is missing: below 0.1 is little, above 0.25 is much. KS (Kolmogorov-Smirnov) is the greatest
distance between the two distributions, 0 to 1. Both come from the profile's sketch (51 quantiles), so KS is within
about 0.02.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, cast

LITTLE, MUCH = 0.1, 0.25
"""PSI below the first is little, above the second much: what credit scoring has used for decades."""

BINS = 10
FLOOR = 1e-4
"""The share that an empty bin counts as, so that its logarithm is one."""

MOST_ROWS = 1e18
"""What claims to have counted more has not."""


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    RETYPED = "retyped"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    name: str
    change: Change
    before: str | None
    """Its type; None: it was not there."""

    after: str | None
    psi: float | None = None
    """None: its profiles cannot be compared."""

    ks: float | None = None
    """None: as well, and of words and truth values, which have no order."""

    missing: tuple[float, float] | None = None
    """Shares of missing values before and after."""

    @property
    def is_much(self) -> bool:
        return self.change is not Change.KEPT or (self.psi is not None and self.psi > MUCH)

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "change": self.change,
            "before": self.before,
            "after": self.after,
            "psi": self.psi,
            "ks": self.ks,
            "missing": self.missing,
        }


def drift(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[ColumnDrift]:
    """The columns of two profiles (`vitrina.store.profile`), those that changed most first: the ones that came, went or
    have another type, then by PSI. A profile of another form than ours has no columns."""
    one, other = _columns(before), _columns(after)
    names = [*one, *(name for name in other if name not in one)]
    found = [_of_column(name, one.get(name), other.get(name)) for name in names]
    return sorted(found, key=lambda each: (each.change is Change.KEPT, -(each.psi or 0.0), -(each.ks or 0.0)))


def _of_column(name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> ColumnDrift:
    if before is None or after is None:
        change = Change.ADDED if before is None else Change.REMOVED
        return ColumnDrift(name, change, _type(before), _type(after))
    change = Change.KEPT if before.get("type") == after.get("type") else Change.RETYPED
    missing = _missing(before), _missing(after)
    if before.get("kind") != after.get("kind"):
        return ColumnDrift(name, change, _type(before), _type(after), missing=missing)
    course, other = _course(before), _course(after)
    if course is not None and other is not None:
        shares = _binned(course, other)
        ks = _distance(course, other)
    else:
        shares, ks = _by_word(before, after), None
    psi = _psi(shares, missing) if shares is not None else None
    return ColumnDrift(name, change, _type(before), _type(after), psi, ks, missing)


@dataclass(frozen=True, slots=True)
class _Course:
    """A distribution function: at `places[i]` it has reached `shares[i]`; straight lines between."""

    places: Sequence[float]
    shares: Sequence[float]

    def at(self, place: float) -> float:
        after = bisect_right(self.places, place)
        if after == 0:
            return 0.0
        if after == len(self.places):
            return 1.0
        return self._between(after, place)

    def below(self, place: float) -> float:
        """What it comes to from the left: less where it jumps."""
        first = bisect_left(self.places, place)
        if first == 0 or first == len(self.places):
            return float(first > 0)
        return self._between(first, place)

    def _between(self, after: int, place: float) -> float:
        low, high = self.places[after - 1], self.places[after]
        part = (place - low) / (high - low) if high > low else 1.0
        return self.shares[after - 1] + part * (self.shares[after] - self.shares[after - 1])

    def reached(self, share: float) -> float:
        """The first place at which it has reached a share."""
        return self.places[min(bisect_left(self.shares, share - 1e-9), len(self.places) - 1)]


def _binned(before: _Course, after: _Course) -> list[tuple[float, float]]:
    """The shares of both in bins of about equal share of the one before."""
    edges = sorted({before.reached(place / BINS) for place in range(1, BINS)})
    inner = [(before.at(edge), after.at(edge)) for edge in edges]
    reached = [(0.0, 0.0), *inner, (1.0, 1.0)]
    return [(high[0] - low[0], high[1] - low[1]) for low, high in pairwise(reached)]


def _distance(before: _Course, after: _Course) -> float:
    places = {*before.places, *after.places}
    found = max(
        max(abs(before.at(place) - after.at(place)), abs(before.below(place) - after.below(place))) for place in places
    )
    return round(found, 4)


def _by_word(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[float, float]] | None:
    """The shares of the most frequent words of both, where the other's share is known, and of the rest."""
    one, other = _words(before), _words(after)
    if one is None or other is None:
        return None
    known = [word for word in {**one[0], **other[0]} if all(word in words or is_all for words, is_all in (one, other))]
    shares = [(one[0].get(word, 0.0), other[0].get(word, 0.0)) for word in known]
    rest = [max(0.0, 1 - sum(column)) for column in zip(*shares, strict=True)] if shares else [1.0, 1.0]
    return [*shares, (rest[0], rest[1])]


def _words(column: Mapping[str, Any]) -> tuple[dict[str, float], bool] | None:
    """Shares by word, and whether these are all the words there are."""
    count, top = _amount(column.get("count")), column.get("top")
    if not count or not isinstance(top, list):
        return None
    shares: dict[str, float] = {}
    for one in cast("list[object]", top):
        if isinstance(one, Mapping):
            entry = cast("Mapping[str, object]", one)
            shares[repr(entry.get("value"))] = _amount(entry.get("count")) / count
    return shares, _amount(column.get("distinct")) <= len(shares)


def _psi(shares: Sequence[tuple[float, float]], missing: tuple[float, float]) -> float:
    """Over the bins of what is there, and one for what is missing."""
    there = 1 - missing[0], 1 - missing[1]
    bins = [(one * there[0], other * there[1]) for one, other in shares] + [missing]
    floored = [(max(one, FLOOR), max(other, FLOOR)) for one, other in bins if max(one, other) > 0]
    return round(sum((other - one) * math.log(other / one) for one, other in floored), 4)


def _course(column: Mapping[str, Any]) -> _Course | None:
    """Of numbers by their sketch, of times by their histogram; None: neither is there in a form of ours."""
    sketch = _numbers(column.get("sketch"))
    if len(sketch) > 1:
        return _Course(sketch, [place / (len(sketch) - 1) for place in range(len(sketch))])
    histogram = column.get("histogram")
    if not isinstance(histogram, Mapping) or column.get("kind") != "time":
        return None
    drawn = cast("Mapping[str, object]", histogram)
    edges, counts = _numbers(drawn.get("edges")), _numbers(drawn.get("counts"))
    if len(edges) != len(counts) + 1 or not (total := sum(counts)):
        return None
    shares = [0.0]
    for count in counts:
        shares.append(shares[-1] + count / total)
    return _Course(edges, shares)


def _numbers(stored: object) -> list[float]:
    """Numbers or moments in order; empty for what is none of that."""
    if not isinstance(stored, list):
        return []
    found: list[float] = []
    for one in cast("list[object]", stored):
        match one:
            case int() | float() if math.isfinite(one):
                found.append(float(one))
            case str():
                try:
                    found.append(datetime.fromisoformat(one).timestamp())
                except ValueError:
                    return []
            case _:
                return []
    return found


def _columns(profile: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    columns = profile.get("columns")
    listed = cast("list[object]", columns) if isinstance(columns, list) else []
    found = (cast("Mapping[str, Any]", one) for one in listed if isinstance(one, Mapping))
    return {str(one.get("name")): one for one in found}


def _missing(column: Mapping[str, Any]) -> float:
    """NaN is a value that is missing."""
    rows = _amount(column.get("count")) + _amount(column.get("nulls"))
    absent = _amount(column.get("nulls")) + _amount(column.get("nan"))
    return min(1.0, absent / rows) if rows else 0.0


def _type(column: Mapping[str, Any] | None) -> str | None:
    return None if column is None else str(column.get("type"))


def _amount(stored: object) -> float:
    match stored:
        case bool():
            return 0.0
        case int() | float() if 0 <= stored < MOST_ROWS:
            return float(stored)
        case _:
            return 0.0
