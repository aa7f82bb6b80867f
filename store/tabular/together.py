"""The parts of data as one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vitrina.store.tabular.database import TableColumn


def together(
    connection: Any, tables: Mapping[str, str], columns: Mapping[str, Sequence[TableColumn]], *, named: str
) -> str:
    """The name of a view of all parts, with the columns of the first; one that another part has not is missing there.
    `tables` are the names of views, by part."""
    if len(tables) == 1:
        return next(iter(tables.values()))
    first = next(iter(columns.values()))
    selects: list[str] = []
    for name, table in tables.items():
        there = {column.name for column in columns[name]}
        asked = [one.sql if one.name in there else f"NULL::{one.duck} AS {one.sql}" for one in first]
        selects.append(f"SELECT {', '.join(asked)} FROM {table}")
    connection.execute(f"CREATE VIEW {named} AS {' UNION ALL '.join(selects)}")
    return named
