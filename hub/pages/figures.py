"""Tables of figures: the metrics of one version beside others', judged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from vitrina.hub.format import Number, Precision, number_tag, precision_of
from vitrina.hub.pages import verdict
from vitrina.hub.pages.verdict import Change
from vitrina.store.measures import Better, best, better, telling
from vitrina.store.records import Param, ParamKind, Series


@dataclass(frozen=True)
class Measured:
    """The figures of one run or version under its name."""

    label: str
    """Its number or name, the head of its column."""

    role: str
    """Why it stands here: this, production, former."""

    figures: Mapping[str, Number | None]


@dataclass(frozen=True)
class Figure:
    shown: Markup
    is_best: bool = False


@dataclass(frozen=True)
class Compared:
    """One metric over all columns. `changes` belong to the second column and those after it."""

    name: str
    note: str
    figures: tuple[Figure, ...]
    changes: tuple[Change | None, ...]


def figures_of(series: Iterable[Series], outputs: Iterable[Param]) -> dict[str, Number | None]:
    """The last value of each series, and the outputs that are numbers; one that shares its name is told apart."""
    figures: dict[str, Number | None] = {one.name: one.last for one in series}
    for output in outputs:
        if output.kind in (ParamKind.INTEGER, ParamKind.FLOAT):
            figures[f"{output.name}, output" if output.name in figures else output.name] = _number(output.value)
    return figures


def _number(value: Number) -> Number:
    """An integer may have more digits than a float can tell."""
    try:
        float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    return value


def compare(columns: Sequence[Measured]) -> list[Compared]:
    """The metrics of the first column against the others, the most telling first."""
    names = columns[0].figures if columns else ()
    return [_row(name, columns) for name in telling(names)]


def _row(name: str, columns: Sequence[Measured]) -> Compared:
    direction = better(name)
    values = [column.figures.get(name) for column in columns]
    precision = precision_of(values)
    top = best(values, direction)
    return Compared(
        name=name,
        note="lower is better" if direction is Better.LOWER else "",
        figures=tuple(figure(value, precision, is_best=value is not None and value == top) for value in values),
        changes=tuple(
            verdict.change(values[0], value, direction=direction, precision=precision) for value in values[1:]
        ),
    )


def column(name: str, values: Sequence[Number | None]) -> list[Figure]:
    """The values of one metric in one precision, the best one marked."""
    precision, top = precision_of(values), best(values, better(name))
    return [figure(value, precision, is_best=value is not None and value == top) for value in values]


def figure(value: Number | None, precision: Precision, *, is_best: bool = False) -> Figure:
    return Figure(number_tag(precision.show(value), value), is_best)


def summary(rows: Sequence[Compared]) -> str:
    """The answer before the proof: `Better in 3 of 5 metrics.` Empty where nothing could be judged."""
    judged = [row.changes[0] for row in rows if row.changes and row.changes[0] is not None and row.changes[0].word]
    if not judged:
        return ""
    gained = sum(change.word == "better" for change in judged)
    lost = sum(change.word == "worse" for change in judged)
    if gained == lost == 0:
        return f"The same in all {len(judged)} metrics."
    return f"Better in {gained} of {len(judged)} metrics, worse in {lost}."
