"""The fence `runs`: runs as rows, their values as columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from vitrina.reports import dates, values
from vitrina.reports.embeds.bodies import number_cells, word_cell
from vitrina.reports.embeds.embed import Asked
from vitrina.reports.queries import Field, RunsQuery
from vitrina.reports.selection import Chosen, check_known, chosen, known_names, numeric, value_of
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Cell, Figure, Grid, Head
from vitrina.store.measures import best, better, telling

NAME = "table"

USUAL_INPUTS, USUAL_METRICS = 4, 4
"""Columns of each that stand there when the author names none."""


def claims(asked: Asked) -> bool:
    return isinstance(asked.query, RunsQuery)


def show(asked: Asked, shelf: Shelf) -> Figure:
    query = asked.query
    assert isinstance(query, RunsQuery)
    runs = chosen(query.head, shelf)
    for field in query.columns:
        check_known(field, runs, shelf, key="columns")
    fields = query.columns or _usual(runs, shelf)
    columns = [_column(field, runs, shelf) for field in fields]
    names = [Cell(one.label, link=one.ref) for one in runs]
    heads = (Head("run"), *(_head(field, cells) for field, cells in zip(fields, columns, strict=True)))
    grid = Grid(heads, tuple(zip(names, *columns, strict=True)), len(runs), is_named_by_row=True)
    title = query.head.title or "Runs"
    return Figure(title, title, (("", grid),), (), query.head.caption)


def _usual(runs: Sequence[Chosen], shelf: Shelf) -> list[Field]:
    """The inputs in which runs differ, and the metrics that say most."""
    inputs: list[Field] = []
    for name in sorted(known_names(runs, shelf, section="inputs")):
        field = Field(name, "inputs")
        if len(runs) == 1 or len({str(value_of(field, one, shelf)) for one in runs}) > 1:
            inputs.append(field)
    metrics = telling(known_names(runs, shelf, section="metrics"))[:USUAL_METRICS]
    return [*inputs[:USUAL_INPUTS], *(Field(name, "metrics") for name in metrics)]


def _head(field: Field, cells: Sequence[Cell]) -> Head:
    return Head(field.name, is_number=any(cell.is_number for cell in cells))


def _column(field: Field, runs: Sequence[Chosen], shelf: Shelf) -> list[Cell]:
    found = [value_of(field, one, shelf) for one in runs]
    if any(numeric(value) is not None and not isinstance(value, datetime) for value in found):
        figures = [None if isinstance(value, datetime) else numeric(value) for value in found]
        if field.section is None and field.name == "duration":
            return [_duration(value) for value in figures]
        return number_cells(figures, best=_best(field, figures, runs, shelf))
    return [_word(value) for value in found]


def _best(field: Field, figures: Sequence[float | None], runs: Sequence[Chosen], shelf: Shelf) -> float | None:
    """The best value of a metric; inputs have none."""
    is_metric = any(field.name in shelf.series(one.run.id) for one in runs) and field.section in {"metrics", None}
    return best(figures, better(field.name)) if is_metric else None


def _duration(seconds: float | None) -> Cell:
    return word_cell(None) if seconds is None else Cell(dates.duration(seconds), is_number=True, full=repr(seconds))


def _word(value: Any) -> Cell:
    return word_cell(value if isinstance(value, datetime) else None if value is None else values.alone(value))
