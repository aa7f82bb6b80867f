"""Profiles are what NumPy and pandas say of the same values."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.store.profile import profile, schema


def column_of(values: Any) -> dict[str, Any]:
    return profile(pa.table({"a": values}))["columns"][0]


@given(st.lists(st.floats(-1e12, 1e12), min_size=2, max_size=50))
@settings(max_examples=40, deadline=None)
def test_numbers_have_the_spread_that_numpy_finds(values: list[float]) -> None:
    found = column_of(pa.array(values, "float64"))
    assert (found["min"], found["max"], found["count"], found["nulls"]) == (min(values), max(values), len(values), 0)
    assert found["mean"] == pytest.approx(np.mean(values), rel=1e-9, abs=1e-9)
    assert found["std"] == pytest.approx(np.std(values, ddof=1), rel=1e-9, abs=1e-9)
    assert found["quantiles"]["0.5"] == pytest.approx(np.median(values), rel=1e-9, abs=1e-9)
    assert sum(found["histogram"]["counts"]) == len(values)
    assert len(found["histogram"]["edges"]) == len(found["histogram"]["counts"]) + 1


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True) | st.none(), max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_numbers_give_valid_json(values: list[float | None]) -> None:
    found = column_of(pa.array(values, "float64"))
    json.dumps(found, allow_nan=False)
    there = [value for value in values if value is not None]
    assert found["nan"] == sum(math.isnan(value) for value in there)
    assert found["infinite"] == sum(math.isinf(value) for value in there)
    assert found["count"] + found["nulls"] == len(values)


def test_whole_numbers_beyond_what_a_fraction_can_hold_keep_their_ends() -> None:
    assert column_of([2**62, 2**62 + 1])["max"] == 2**62 + 1


def test_texts_have_their_most_frequent_values() -> None:
    found = column_of(["b", "a", "b", None, "c", "a", "b"])
    assert found["top"] == [{"value": "b", "count": 3}, {"value": "a", "count": 2}, {"value": "c", "count": 1}]
    assert (found["count"], found["nulls"], found["distinct"]) == (6, 1, 3)


def test_truth_values_are_counted() -> None:
    assert column_of([True, False, True])["top"] == [{"value": True, "count": 2}, {"value": False, "count": 1}]


def test_times_have_ends_and_a_histogram() -> None:
    found = profile(pd.DataFrame({"t": pd.date_range("2026-03-01", periods=5, tz="UTC")}))["columns"][0]
    assert (found["min"], found["max"]) == ("2026-03-01T00:00:00+00:00", "2026-03-05T00:00:00+00:00")
    assert sum(found["histogram"]["counts"]) == 5


def test_lists_and_bytes_are_counted_only() -> None:
    found = column_of([[1], None])
    assert {key: found[key] for key in ("kind", "count", "nulls")} == {"kind": "text", "count": 1, "nulls": 1}
    assert "distinct" not in found


@pytest.mark.parametrize("values", [[], [None, None]], ids=["no rows", "nothing there"])
def test_an_empty_column_has_counts(values: list[None]) -> None:
    for kind in ("float64", "int64", "string", "bool", "timestamp[us]"):
        found = column_of(pa.array(values, pa.type_for_alias(kind)))
        assert (found["count"], found["nulls"]) == (0, len(values))


def test_the_profile_is_the_same_whatever_library_the_table_is_of(tmp_path: Path) -> None:
    columns = {"a": [1, 2, 2], "b": ["x", "y", "x"]}
    pl.DataFrame(columns).write_parquet(tmp_path / "table.parquet")
    tables = [pd.DataFrame(columns), pl.DataFrame(columns), pa.table(columns), columns, tmp_path / "table.parquet"]
    first, *others = [profile(table) for table in tables]
    assert others == [first] * 4


def test_the_schema_names_types_and_missing_values() -> None:
    table = pd.DataFrame({"a": [1, 2], "b": pd.Categorical(["x", None])})
    assert schema(table) == [
        {"name": "a", "type": "int64", "kind": "number", "nullable": False},
        {"name": "b", "type": "category of string", "kind": "text", "nullable": True},
    ]
