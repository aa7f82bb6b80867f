"""Tables: what goes in comes out, whatever library it came from."""

from __future__ import annotations

import io
import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.store import kinds
from vitrina.store.kinds import KindError
from vitrina.store.kinds.table import rows
from vitrina.store.views import Column, TableView


def view_of(value: Any, **options: Any) -> TableView:
    taken = kinds.take(value, kind="table", **options)
    assert isinstance(taken.payload, bytes)
    shown = kinds.view("table", taken.summary, taken.payload)
    assert isinstance(shown, TableView)
    return shown


CELL = st.none() | st.integers(-(2**53), 2**53)


@given(st.lists(st.tuples(CELL, st.none() | st.text(st.characters(codec="utf-8"))), min_size=1, max_size=20))
@settings(max_examples=25, deadline=None)
def test_rows_come_back_as_they_were(values: list[tuple[int | None, str | None]]) -> None:
    shown = view_of([{"a": number, "b": text} for number, text in values])
    assert shown.rows == tuple(values)


def test_the_same_table_of_any_library_has_the_same_cells() -> None:
    columns = {"a": [1, 2, 3], "b": ["x", None, "z"]}
    expected = ((1, "x"), (2, None), (3, "z"))
    for value in (pd.DataFrame(columns), pl.DataFrame(columns), pa.table(columns), columns):
        assert view_of(value).rows == expected


def test_nan_and_infinities_survive(frame: pd.DataFrame) -> None:
    (_, small), (_, odd), (_, high) = view_of(pl.DataFrame({"a": [0, 1, 2], "b": [1.5, math.nan, math.inf]})).rows
    assert (small, high) == (1.5, math.inf)
    assert isinstance(odd, float)
    assert math.isnan(odd)


def test_columns_have_one_of_four_kinds(frame: pd.DataFrame) -> None:
    frame["cost"] = [Decimal("1.5"), Decimal("2"), None]
    shown = view_of(frame, units={"size": "mm"})
    assert shown.columns == (
        Column("name", "text"),
        Column("size", "number", "mm"),
        Column("when", "time"),
        Column("kind", "text"),
        Column("is_new", "bool"),
        Column("cost", "number"),
    )
    assert shown.rows[0] == ("a", 1.5, datetime(2026, 3, 1), "x", True, 1.5)


def test_cells_of_other_types_are_read_as_text() -> None:
    table = pa.table({"list": [[1, 2]], "bytes": [b"abc"], "struct": [{"a": None}], "day": [date(2026, 3, 1)]})
    assert view_of(table).rows == (("[1, 2]", "3 bytes", '{"a": null}', date(2026, 3, 1)),)


def test_a_time_finer_than_python_knows_is_cut() -> None:
    table = pa.table({"t": pa.array([1_000_000_001], pa.timestamp("ns"))})
    assert view_of(table).rows == ((datetime(1970, 1, 1, 0, 0, 1),),)


def test_an_index_with_names_is_kept() -> None:
    shown = view_of(pd.DataFrame({"score": [0.9]}, index=pd.Index(["auc"], name="metric")))
    assert [column.name for column in shown.columns] == ["score", "metric"]


def test_the_first_hundred_rows_are_shown_and_any_others_can_be_asked_for() -> None:
    payload = kinds.take(pd.DataFrame({"a": range(25_000)})).payload
    assert isinstance(payload, bytes)
    shown = rows(payload)
    assert (len(shown.rows), shown.total_rows) == (100, 25_000)
    assert rows(payload, offset=9_999, limit=3).rows == ((9_999,), (10_000,), (10_001,))
    assert rows(payload, offset=24_999, limit=5).rows == ((24_999,),)
    assert rows(payload, offset=30_000, limit=5).rows == ()


def test_the_payload_is_parquet_for_everybody(frame: pd.DataFrame) -> None:
    payload = kinds.take(frame).payload
    assert isinstance(payload, bytes)
    assert pq.read_table(io.BytesIO(payload)).column_names == list(frame.columns)
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(payload)), frame)


def test_an_empty_table_keeps_its_columns() -> None:
    shown = view_of(pd.DataFrame({"a": pd.Series([], dtype="int64")}))
    assert (shown.columns, shown.rows, shown.total_rows) == ((Column("a", "number"),), (), 0)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (pd.DataFrame({"a": [1, "x"]}), "a column mixes types"),
        ([{"a": 1}, {"a": "x"}], "column 'a' mixes types"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns are called 'a'"),
        ({"a": [1, 2], "b": [1]}, "different lengths"),
        ({"a": 3}, "column 'a' is no list of values"),
        (np.zeros((2, 2, 2)), "an array of 3 dimensions is no table"),
    ],
)
def test_what_is_no_table_is_refused(value: Any, message: str) -> None:
    with pytest.raises(KindError, match=message):
        kinds.take(value, kind="table")


def test_a_unit_of_no_column_is_refused() -> None:
    with pytest.raises(KindError, match="a column 'b' that is not there"):
        kinds.take(pd.DataFrame({"a": [1]}), units={"b": "mm"})


def test_the_summary_of_a_very_wide_table_stays_small() -> None:
    taken = kinds.take(pd.DataFrame(np.zeros((2, 500)), columns=[f"c{place}" for place in range(500)]))
    assert taken.summary["columns"] == 500
    assert len(taken.summary["profile"]["columns"]) == 200
