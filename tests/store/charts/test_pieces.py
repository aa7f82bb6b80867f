"""The pure pieces: numbers as they are set, labels moved apart, smoothing, marks, plain values."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.store import charts
from vitrina.store.charts import Series
from vitrina.store.charts.data import encode, numbers, plain
from vitrina.store.charts.ends import GAP, spread
from vitrina.store.charts.line import smoothed
from vitrina.store.charts.numbers import column, number
from vitrina.store.errors import InvalidError


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.913, 0.908, 0.897], ["0.913", "0.908", "0.897"]),
        ([0.91312, 0.91311, 0.5], ["0.91312", "0.91311", "0.50000"]),
        ([1284.0, 3.5], ["1\u202f284", "4"]),
        ([3, 20, 100], ["3", "20", "100"]),
        ([0.00002], ["2.0 × 10⁻⁵"]),
        ([-12_345_678.0], ["\u22121.2 × 10⁷"]),
        ([-0.5, 0, None], ["\u22120.500", "0", "–"]),
        ([math.nan, math.inf, -math.inf], ["NaN", "∞", "\u2212∞"]),
        ([], []),
    ],
)
def test_a_column_has_one_precision(values: list[float | None], expected: list[str]) -> None:
    assert column(values) == expected


@given(st.floats(1e-3, 1e6).map(lambda value: float(f"{value:.3g}")))
def test_a_number_of_three_digits_is_set_as_it_is(value: float) -> None:
    assert float(number(value).replace("\u202f", "")) == pytest.approx(value, rel=6e-3)


PLACES = st.lists(st.floats(0, 1), max_size=12)


@given(PLACES)
def test_labels_are_moved_apart_and_stay_in_the_plot(places: list[float]) -> None:
    moved = spread(places)
    ordered = sorted(moved)
    assert all(high - low >= GAP - 1e-9 for low, high in pairwise(ordered))
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in moved)


@given(PLACES)
def test_labels_keep_their_order(places: list[float]) -> None:
    moved = spread(places)
    by_wish = sorted(range(len(places)), key=lambda index: (places[index], -index))
    assert [moved[index] for index in by_wish] == sorted(moved)


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread([0.1, 0.9, 0.5]) == [0.1, 0.9, 0.5]


@given(st.lists(st.floats(-1e6, 1e6) | st.none(), min_size=1), st.floats(0, 0.99))
def test_a_smoothed_line_stays_within_its_values(values: list[float | None], weight: float) -> None:
    result = smoothed(values, weight)
    assert [value is None for value in result] == [value is None for value in values]
    there = [value for value in values if value is not None]
    for value in (value for value in result if value is not None):
        assert min(there) - 1e-6 <= value <= max(there) + 1e-6


def test_smoothing_by_nothing_changes_nothing() -> None:
    assert smoothed([1.0, 5.0, 2.0], 0) == [1.0, 5.0, 2.0]


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array([[1, 2]]), [[1, 2]]),
        (np.datetime64("2026-03-01"), "2026-03-01"),
        (pd.Series([1.0, None]), [1.0, None]),
        (pd.Timestamp("2026-03-01"), "2026-03-01T00:00:00"),
        (pd.NaT, None),
        (pd.NA, None),
        (math.inf, None),
        (Decimal("1.5"), 1.5),
        (timedelta(seconds=3), 3.0),
        (datetime(2026, 3, 1, 12), "2026-03-01T12:00:00"),
        (date(2026, 3, 1), "2026-03-01"),
        (Colour.RED, "red"),
        (Path("a/b"), "a/b"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({1: (2, {3})}, {"1": [2, [3]]}),
    ],
)
def test_values_become_plain(value: Any, expected: Any) -> None:
    assert plain(value) == expected


def test_what_has_no_plain_form_is_refused() -> None:
    @dataclass
    class Own:
        value: int

    for value in (Own(1), object(), b"bytes"):
        with pytest.raises(InvalidError, match="has no form in JSON"):
            plain(value)


TREES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(TREES)
def test_what_is_encoded_is_always_valid_json(value: Any) -> None:
    json.loads(encode(value).decode(), parse_constant=lambda token: pytest.fail(token))


def test_numbers_are_numbers_or_missing() -> None:
    assert numbers(np.array([1.0, np.nan, np.inf])) == [1.0, None, None]
    assert numbers(iter([1, 2])) == [1, 2]
    with pytest.raises(InvalidError, match="'a' is not a number"):
        numbers(["a"])


ROWS = [{"a": place % 3, "b": place} for place in range(1_000)]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"mark": "point", "data": {"values": ROWS}, "encoding": {"x": {"field": "a"}}}, 1_000),
        ({"mark": {"type": "line"}, "data": {"values": ROWS}, "encoding": {}}, 10),
        ({"mark": "bar", "data": {"values": ROWS}, "encoding": {"x": {"field": "a"}, "y": {"aggregate": "count"}}}, 3),
        ({"mark": "point", "data": {"name": "d"}, "datasets": {"d": ROWS}, "encoding": {}}, 1_000),
        ({"data": {"values": ROWS}, "layer": [{"mark": "point"}, {"mark": "rule", "data": {"values": [{}]}}]}, 1_001),
        ({"hconcat": [{"mark": "point", "data": {"values": ROWS}}] * 2}, 2_000),
        ({"mark": "point", "data": {"sequence": {"start": 0, "stop": 50, "step": 5}}, "encoding": {}}, 10),
        ({"facet": {"field": "a"}, "data": {"values": ROWS}, "spec": {"mark": "point", "encoding": {}}}, 1_000),
        ({"mark": "point"}, 0),
    ],
)
def test_marks_are_about_what_is_drawn(spec: dict[str, Any], expected: int) -> None:
    assert charts.marks(spec) == expected


def test_charts_of_the_same_making_are_laid_over_each_other() -> None:
    unit = {"mark": "line", "encoding": {"x": {"field": "step", "type": "quantitative"}, "y": {"field": "loss"}}}
    first, second = ({**unit, "data": {"values": [{"step": 1, "loss": loss}]}} for loss in (0.5, 0.4))
    both = charts.overlay([("1.0.0", first), ("2.0.0", second)])
    assert both is not None
    assert both["data"]["values"] == [{"step": 1, "loss": 0.5, "s": "1.0.0"}, {"step": 1, "loss": 0.4, "s": "2.0.0"}]
    assert both["encoding"]["color"]["scale"]["domain"] == ["1.0.0", "2.0.0"]


def test_bars_over_each_other_do_not_stack() -> None:
    bar = {
        "mark": "bar",
        "encoding": {"x": {"field": "a"}, "y": {"field": "b"}},
        "data": {"values": [{"a": 1, "b": 2}]},
    }
    both = charts.overlay([("1", bar), ("2", bar)])
    assert both is not None
    assert both["encoding"]["y"]["stack"] is None


@pytest.mark.parametrize(
    "other",
    [
        {"mark": "bar", "encoding": {"x": {"field": "step"}}},
        {"mark": "line", "encoding": {"x": {"field": "epoch"}}},
        {"mark": "line", "encoding": {"x": {"field": "step"}, "color": {"field": "run"}}},
        {"layer": [{"mark": "line"}, {"mark": "point"}]},
    ],
    ids=["another mark", "another axis", "colour in use", "layers"],
)
def test_charts_of_other_makings_stand_beside_each_other(other: dict[str, Any]) -> None:
    first = {"mark": "line", "encoding": {"x": {"field": "step"}}}
    assert charts.overlay([("1", first), ("2", other)]) is None
    assert charts.overlay([]) is None


def test_a_line_over_days_begins_at_midnight_wherever_it_is_read() -> None:
    spec = charts.line([Series("a", [date(2026, 3, 1), date(2026, 3, 2)], [1, 2])])
    assert spec["data"]["values"][0]["x"] == "2026-03-01T00:00:00"
