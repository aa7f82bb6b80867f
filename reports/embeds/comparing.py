"""Metrics as rows, versions or runs as columns: the best of each row marked, and, of two, what became of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from vitrina.reports.embeds.bodies import number_cells
from vitrina.reports.embeds.embed import EmbedError
from vitrina.reports.queries import Field
from vitrina.reports.selection import Chosen, numeric, value_of
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Cell, Grid, Head
from vitrina.store.charts import numbers
from vitrina.store.measures import Better, best, better


def compared(runs: Sequence[Chosen], names: Sequence[str], shelf: Shelf) -> Grid:
    """The last value of each metric. With two columns a third says how the first differs from the second."""
    if not names:
        raise EmbedError(f"{runs[0].ref} has no metrics.")
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        found = [numeric(value_of(Field(name, "metrics"), one, shelf)) for one in runs]
        cells = number_cells(found, best=best(found, better(name)))
        change = [_change(found[0], found[1], name, cells)] if len(runs) == 2 else []
        rows.append((Cell(name), *cells, *change))
    heads = [
        Head("metric"),
        *(
            Head(one.label, is_number=True, note=note, link=one.ref)
            for one, note in zip(runs, _notes(runs), strict=True)
        ),
    ]
    if len(runs) == 2:
        heads.append(Head("change", is_number=True))
    return Grid(tuple(heads), tuple(rows), len(rows), is_named_by_row=True)


def _notes(runs: Sequence[Chosen]) -> list[str]:
    """Whose version each column is, where they are of several collections."""
    names = [one.ref.rpartition("/")[2].partition("@")[0] if "@" in one.ref else "" for one in runs]
    return names if len(set(names)) > 1 else [""] * len(names)


def _change(now: float | None, before: float | None, name: str, cells: Sequence[Cell]) -> Cell:
    if now is None or before is None or not math.isfinite(now) or not math.isfinite(before):
        return Cell(numbers.MISSING, is_number=True, is_missing=True)
    difference = now - before
    decimals = max(len(cell.text.partition(".")[2]) for cell in cells)
    shown = numbers.number(difference, decimals=decimals)
    if not any(figure in shown for figure in "123456789"):
        return replace(Cell("", is_number=True), change="0", verdict="same")
    signed = f"+{shown}" if difference > 0 else shown
    return replace(Cell("", is_number=True), change=signed, verdict=_verdict(difference, better(name)))


def _verdict(difference: float, direction: Better) -> str:
    if direction is Better.UNKNOWN:
        return ""
    return "better" if (difference > 0) == (direction is Better.HIGHER) else "worse"
