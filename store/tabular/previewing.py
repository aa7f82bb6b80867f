"""Some rows of a table, made when it is logged, so that whoever shows them has no file to open."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from vitrina.store.charts.data import plain
from vitrina.store.errors import InvalidError
from vitrina.store.tabular.database import TableColumn

FIRST = 8
RANDOM = 8
"""Rows, drawn by a fixed seed: the same table has the same preview."""

COLUMNS = 40
LETTERS = 60
"""Of a cell. A preview is kept with its version and is to stay small: 16 rows, 40 columns, 60 letters."""

SEED = 0


def preview_of(connection: Any, table: str, columns: Sequence[TableColumn], rows: int) -> dict[str, Any]:
    """`{"columns": [names], "rows": rows in all, "first": [[cell, …], …], "random": [[number, [cell, …]], …]}`; a
    number counts rows from 0. Cells are JSON: text is cut, what JSON has no form for is text."""
    shown = columns[:COLUMNS]
    names = ", ".join(column.sql for column in shown)
    first = connection.execute(f"SELECT {names} FROM {table} LIMIT {FIRST}").fetchall()
    return {
        "columns": [column.name for column in shown],
        "rows": rows,
        "first": [_cells(row) for row in first],
        "random": [[number, _cells(row)] for number, row in _drawn(connection, table, names, rows)],
    }


def _drawn(connection: Any, table: str, names: str, rows: int) -> list[tuple[int, Sequence[object]]]:
    """Rows that are not among the first."""
    left = range(FIRST, rows)
    chosen = sorted(random.Random(SEED).sample(left, min(RANDOM, len(left))))  # noqa: S311 - nothing is kept secret
    if not chosen:
        return []
    found = connection.execute(
        f"SELECT * FROM (SELECT row_number() OVER () - 1 AS place, {names} FROM {table}) WHERE place IN "
        f"({', '.join(map(str, chosen))}) ORDER BY 1"
    )
    return [(row[0], row[1:]) for row in found.fetchall()]


def _cells(row: Sequence[object]) -> list[Any]:
    return [cell(value) for value in row]


def cell(value: object) -> Any:
    """A value as JSON, short enough to be looked at."""
    match value:
        case None | bool() | int():
            return value
        case bytes():
            return f"{len(value)} bytes"
        case float():
            return plain(value) if value == value and abs(value) != float("inf") else str(value)
        case str():
            return _cut(value)
        case _:
            try:
                found = plain(value)
            except InvalidError:
                found = str(value)
            return found if isinstance(found, int | float | bool) else _cut(str(found))


def _cut(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"
