"""Metrics over all sides, and which of them is best."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from vitrina.store import measures
from vitrina.store.compare.rows import identity
from vitrina.store.measures import Better, telling
from vitrina.store.records import Param, ParamKind, Series


class Aggregate(StrEnum):
    """Which value of a series stands for it."""

    LAST = "last"
    FIRST = "first"
    MIN = "min"
    MAX = "max"

    def of(self, series: Series) -> float | None:
        """None: the series holds no number."""
        return {
            Aggregate.LAST: series.last,
            Aggregate.FIRST: series.first,
            Aggregate.MIN: series.min,
            Aggregate.MAX: series.max,
        }[self]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric, or an output that is a number, over all sides."""

    name: str
    better: Better
    """Which way it improves, from its name or as was said; UNKNOWN: nothing is best."""

    series: tuple[Series | None, ...]
    """One a side; None: it has no such metric, or the name is that of an output."""

    values: tuple[float | None, ...]
    """What stands for each side; None: it has nothing of that name, or no number."""

    differs: bool
    best: tuple[int, ...]
    """Places of the sides with the best value; empty: not known, or all are alike."""


def metrics(
    series: Sequence[Mapping[str, Series]],
    outputs: Sequence[Mapping[str, Param]],
    *,
    by: Aggregate = Aggregate.LAST,
    better: Mapping[str, Better] | None = None,
) -> list[Metric]:
    """The most telling first. `better` says the direction of metrics whose name says nothing, or the wrong thing."""
    said = better or {}
    names = {name for side in series for name in side}
    found: list[Metric] = []
    for name in telling(names):
        of_sides = tuple(side.get(name) for side in series)
        values = [by.of(one) if one is not None else None for one in of_sides]
        found.append(_metric(name, of_sides, values, direction=said.get(name) or measures.better(name)))
    numbers = [{name: float(one.value) for name, one in side.items() if is_number(one)} for side in outputs]
    for name in telling({name for side in numbers for name in side} - names):
        values = [side.get(name) for side in numbers]
        nothing = (None,) * len(values)
        found.append(_metric(name, nothing, values, direction=said.get(name) or measures.better(name)))
    return found


def _metric(
    name: str, series: tuple[Series | None, ...], values: Sequence[float | None], *, direction: Better
) -> Metric:
    best = measures.best(values, direction)
    places = tuple(place for place, value in enumerate(values) if best is not None and value == best)
    summaries = [
        (one.first, one.last, one.min, one.max) if one is not None else value
        for one, value in zip(series, values, strict=True)
    ]
    return Metric(
        name, direction, series, tuple(values), differs=len({_key(one) for one in summaries}) > 1, best=places
    )


def _key(summary: tuple[float | None, ...] | float | None) -> object:
    return tuple(identity(one) for one in summary) if isinstance(summary, tuple) else identity(summary)


def is_number(param: Param) -> bool:
    """Whether it can stand among metrics."""
    if param.kind is ParamKind.INTEGER:
        return abs(param.value) < 2**1000  # beyond that a float does not reach
    return param.kind is ParamKind.FLOAT and not math.isnan(param.value)


def directions(*, higher: Sequence[str], lower: Sequence[str]) -> dict[str, Better]:
    """The directions that somebody says, by metric."""
    return dict.fromkeys(higher, Better.HIGHER) | dict.fromkeys(lower, Better.LOWER)
