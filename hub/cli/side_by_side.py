"""A comparison as text: one column a side, headed by a letter, in as many tables as the width asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from vitrina.store.charts.numbers import column, number
from vitrina.store.compare.comparison import Comparison
from vitrina.store.compare.figures import Aggregate, Metric
from vitrina.store.compare.files import ComparedFile, FileChange
from vitrina.store.compare.importance import Importance, Weight
from vitrina.store.compare.rows import MISSING, Row
from vitrina.store.compare.sides import Side
from vitrina.store.measures import Better
from vitrina.store.records import Series

DIFFERS, BEST, NOTHING = "≠", "*", "–"
ARROWS = {Better.HIGHER: "↑", Better.LOWER: "↓", Better.UNKNOWN: " "}
LEGEND = "≠ differs   * best   ↑ higher is better   ↓ lower is better"
SIGNS = {
    FileChange.SAME: "same",
    FileChange.CHANGED: "changed",
    FileChange.ADDED: "added",
    FileChange.REMOVED: "removed",
    FileChange.ABSENT: NOTHING,
}

WIDEST_NAME, NARROWEST, WIDEST = 30, 10, 24
"""Letters of the column of names, and of a side's column at least and at most."""

MOST_DIFF_LINES = 40
BAR = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table."""

    mark: str
    name: str
    cells: tuple[str, ...]
    """One a side."""


def drawn(found: Comparison, *, width: int, every: bool = False, by: Aggregate = Aggregate.LAST) -> Iterator[str]:
    """The lines of the text. `every`: also what is the same, all values of each metric, and diffs to their end."""
    yield from _heads(found.sides)
    yield ""
    yield LEGEND
    title = "metrics" if by is Aggregate.LAST else f"metrics, {by}"
    figures = [line for one in found.metrics for line in _metric(one, every=every)]
    yield from _section(title, figures, count=len(found.sides), width=width)
    for title, rows in (
        ("params", found.params),
        ("outputs", found.outputs),
        ("signature", found.fields),
        ("environment", found.environment),
    ):
        yield from _rows(title, rows, count=len(found.sides), width=width, every=every)
    yield from _files(found.files, count=len(found.sides), width=width, every=every)
    yield from _code(found, every=every)


def weighed(found: Importance, *, width: int) -> Iterator[str]:
    """The importance of params as bars."""
    name_width = min(WIDEST_NAME, max(len(_clean(one.name)) for one in found.weights))
    yield f"{_clean(found.metric)} over {found.runs} runs"
    yield ""
    for one in found.weights:
        bar = "█" * round(one.importance * BAR)
        text = f"{_cut(_clean(one.name), name_width):<{name_width}}  {bar:<{BAR}}  {one.importance:4.0%}  {_way(one)}"
        yield _cut(text.rstrip(), width)
    yield ""
    if found.score <= 0 or not any(one.importance for one in found.weights):
        yield "The params do not explain this metric: in runs held out, a guess of the mean is as good."
    else:
        yield f"The params explain {found.score:.0%} of how it varies, in runs that were held out."
    if found.constant:
        yield f"The same in all runs: {', '.join(map(_clean, found.constant))}."


def _way(one: Weight) -> str:
    if one.correlation is None:
        return f"{one.distinct} values"
    direction = "rises" if one.correlation > 0 else "falls"
    return f"{direction} with it (r {number(one.correlation, decimals=2)})"


def letter(place: int) -> str:
    """A, B, C … of a side."""
    return chr(ord("A") + place)


def _heads(sides: Sequence[Side]) -> Iterator[str]:
    for place, side in enumerate(sides):
        stage = side.version.stage if side.version is not None else None
        said = [side.run.name if side.run is not None else "", side.role, stage if stage != side.role else ""]
        extra = ", ".join(_clean(f"{one}") for one in said if one)
        yield f"{letter(place)}  {side.ref}{f'  ({extra})' if extra else ''}"


def _metric(one: Metric, *, every: bool) -> Iterator[Line]:
    best = [BEST if place in one.best else " " for place in range(len(one.values))]
    cells = tuple(f"{text}{mark}" for text, mark in zip(column(one.values), best, strict=True))
    yield Line(DIFFERS if one.differs else " ", f"{ARROWS[one.better]} {_clean(one.name)}", cells)
    if every and any(series is not None and series.count > 1 for series in one.series):
        for aggregate in Aggregate:
            values = [aggregate.of(series) if isinstance(series, Series) else None for series in one.series]
            yield Line(" ", f"    {aggregate}", tuple(f"{text} " for text in column(values)))


def _rows(title: str, rows: Sequence[Row], *, count: int, width: int, every: bool) -> Iterator[str]:
    shown = [row for row in rows if every or row.differs]
    lines = [Line(DIFFERS if row.differs else " ", _clean(row.name), _values(row)) for row in shown]
    yield from _section(title, lines, count=count, width=width, same=len(rows) - len(shown))


def _values(row: Row) -> tuple[str, ...]:
    return tuple(_value(value) for value in row.values)


def _value(value: Any) -> str:
    if value is MISSING:
        return NOTHING
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _clean(value)
        case int() | float():
            return repr(value)
        case _:
            return _clean(json.dumps(value, ensure_ascii=False))


def _files(files: Sequence[ComparedFile], *, count: int, width: int, every: bool) -> Iterator[str]:
    shown = [one for one in files if every or one.differs]
    lines = [
        Line(
            DIFFERS if one.differs else " ",
            _clean(one.path),
            (NOTHING if one.files[0] is None else "there", *(SIGNS[change] for change in one.changes)),
        )
        for one in shown
    ]
    yield from _section("files", lines, count=count, width=width, same=len(files) - len(shown))


def _code(found: Comparison, *, every: bool) -> Iterator[str]:
    if not any(side.code.commit or side.code.script for side in found.sides):
        return
    yield ""
    yield "code"
    for place, change in enumerate(found.code, 1):
        mark = " " if change.is_same else DIFFERS if change.is_same is False else "?"
        yield f"{mark} A to {letter(place)}: {_clean(change.said)}"
        if change.command:
            yield f"    {_clean(change.command)}"
        shown = change.lines if every else change.lines[:MOST_DIFF_LINES]
        yield from (f"    {_clean(line)}" for line in shown)
        if len(shown) < len(change.lines):
            yield f"    … {len(change.lines) - len(shown)} more lines: --all"


def _section(title: str, lines: Sequence[Line], *, count: int, width: int, same: int = 0) -> Iterator[str]:
    if not lines and not same:
        return
    yield ""
    if not lines:
        yield f"{title}: all {same} the same" if same > 1 else f"{title}: the same"
        return
    name_width = min(WIDEST_NAME, max(len(title), *(len(line.name) for line in lines)))
    room = max(NARROWEST, width - 2 - name_width)
    at_once = max(2, room // (NARROWEST + 2))
    for start in range(0, count, at_once):
        places = range(start, min(start + at_once, count))
        yield from _table(title, lines, places, name_width=name_width, room=room)
    if same:
        yield f"  {same} more {'are' if same > 1 else 'is'} the same: --all"


def _table(title: str, lines: Sequence[Line], places: range, *, name_width: int, room: int) -> Iterator[str]:
    widths = [
        min(WIDEST, room // len(places) - 2, max(2, *(len(line.cells[place]) for line in lines))) for place in places
    ]
    heads = "".join(f"  {letter(place):>{size}}" for place, size in zip(places, widths, strict=True))
    yield f"{title:<{name_width + 2}}{heads}".rstrip()
    for line in lines:
        cells = "".join(
            f"  {_cut(line.cells[place], size):>{size}}" for place, size in zip(places, widths, strict=True)
        )
        yield f"{line.mark} {_cut(line.name, name_width):<{name_width}}{cells}".rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _clean(text: str) -> str:
    """Names and values are anybody's: what would move the cursor of a terminal is shown as a sign."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)
