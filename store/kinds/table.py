"""A table, kept as Parquet, with a profile of its columns in the summary."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from vitrina.store.charts.data import plain
from vitrina.store.frames import TAKES as FRAMES
from vitrina.store.frames import ArrowTable, FrameError, arrow, is_frame, kind_of, unit_of
from vitrina.store.kinds.kind import KindError, Section, Taken
from vitrina.store.libraries import load
from vitrina.store.profile import profile
from vitrina.store.views import Cell, Column, TableView

NAME = "table"
SECTION = Section.TABLES
TAKES = FRAMES
MEDIA_TYPE = "application/vnd.apache.parquet"

SHOWN = 100
"""Rows of a view; `rows` gives the others."""

GROUP = 10_000
"""Rows of a row group: what has to be read for a page of rows."""

PROFILED = 200
"""Columns that the summary tells more of than their names and types: a summary is to stay small."""


def claims(value: object) -> bool:
    return is_frame(value) or (isinstance(value, Path) and value.suffix.lower() == ".parquet")


def take(value: object, *, columns: Sequence[str] | None = None, units: Mapping[str, str] | None = None) -> Taken:
    """`columns` names the columns of an array; `units` gives columns a unit, shown in their heads.

    The summary has `rows`, `columns` (how many) and the `profile` of the first 200 columns.
    """
    table = _with_units(_read(value, columns), units or {})
    shown = table.select(list(range(min(PROFILED, table.num_columns))))
    summary = {"rows": table.num_rows, "columns": table.num_columns, "profile": profile(shown)}
    return Taken(NAME, _written(table), MEDIA_TYPE, ".parquet", summary)


def view(summary: Mapping[str, Any], payload: bytes) -> TableView:
    return rows(payload, limit=SHOWN)


def rows(payload: bytes, *, offset: int = 0, limit: int = SHOWN) -> TableView:
    """The rows from `offset` on, `limit` at most. Reads no more of the file than they need."""
    pyarrow = load("pyarrow", extra="frames", purpose="A table")
    try:
        file = load("pyarrow.parquet", extra="frames", purpose="A table").ParquetFile(pyarrow.BufferReader(payload))
        part = _slice(pyarrow, file, offset, limit)
    except pyarrow.ArrowException as error:
        raise KindError("The stored table is not valid Parquet.") from error
    heads = tuple(Column(field.name, kind_of(field.type), unit_of(field)) for field in part.schema)
    cells = [_cells(part.column(place)) for place in range(part.num_columns)]
    return TableView(heads, tuple(zip(*cells, strict=True)) if cells else (), file.metadata.num_rows)


def _read(value: object, columns: Sequence[str] | None) -> ArrowTable:
    try:
        return arrow(value, columns=columns)
    except FrameError as error:
        raise KindError(error.message, hint=error.hint) from error


def _with_units(table: ArrowTable, units: Mapping[str, str]) -> ArrowTable:
    for name in units:
        if name not in table.column_names:
            raise KindError(f"units names a column {name!r} that is not there")
    fields = [
        field.with_metadata({**(field.metadata or {}), b"unit": units[field.name].encode()})
        if field.name in units
        else field
        for field in table.schema
    ]
    schema = load("pyarrow", extra="frames", purpose="A table").schema(fields, metadata=table.schema.metadata)
    return table.cast(schema)


def _written(table: ArrowTable) -> bytes:
    sink = load("pyarrow", extra="frames", purpose="A table").BufferOutputStream()
    parquet = load("pyarrow.parquet", extra="frames", purpose="A table")
    parquet.write_table(table, sink, compression="zstd", row_group_size=GROUP)
    return sink.getvalue().to_pybytes()


def _slice(pyarrow: Any, file: Any, offset: int, limit: int) -> ArrowTable:
    """The rows asked for, from the row groups that hold them."""
    start, wanted, skipped = 0, list[int](), 0
    for group in range(file.metadata.num_row_groups):
        length = file.metadata.row_group(group).num_rows
        if start + length <= offset:
            skipped += length
        elif start < offset + limit:
            wanted.append(group)
        start += length
    return file.read_row_groups(wanted).slice(offset - skipped, limit) if wanted else file.schema_arrow.empty_table()


def _cells(column: Any) -> list[Cell]:
    pyarrow = load("pyarrow", extra="frames", purpose="A table")
    types = load("pyarrow.types", extra="frames", purpose="A table")
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if types.is_timestamp(column.type):  # Python's times hold no nanoseconds
        column = column.cast(pyarrow.timestamp("us", tz=column.type.tz), safe=False)
    if types.is_decimal(column.type):
        column = column.cast("float64")
    return [_cell(value) for value in column.to_pylist()]


def _cell(value: Any) -> Cell:
    match value:
        case None | bool() | int() | float() | str() | datetime() | date():
            return value
        case bytes():
            return f"{len(value)} bytes"
        case list() | dict():
            return json.dumps(plain(cast("object", value)), ensure_ascii=False)
        case _:
            return str(value)
