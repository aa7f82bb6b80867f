"""Signatures and column profiles as tables, also those that no client of ours wrote."""

from __future__ import annotations

import math
from typing import Any

import pytest

from vitrina.hub.pages.schema import columns_of, signature_of

T = "\u202f"


def test_a_signature_shows_what_the_example_told() -> None:
    signature = signature_of(
        {
            "form": "frame",
            "inputs": [
                {"name": "bill", "type": "float64", "min": 18.25, "max": 1180.75},
                {"name": "contract", "type": "string", "values": ["monthly", "one year"]},
                {"name": "pixels", "type": "uint8", "shape": [-1, 8, 8], "min": 0, "max": 16},
                {"name": "paid", "type": "bool", "min": False},
            ],
            "outputs": [{"name": "chance", "type": "float64"}],
        }
    )
    assert signature is not None
    told = [(field.type, field.low, field.high, field.values) for field in signature.inputs]
    assert told == [
        ("float64", "18.25", f"1{T}180.75", ""),
        ("string", "–", "–", "monthly, one year"),
        ("uint8 any × 8 × 8", "0", "16", ""),
        ("bool", "–", "–", ""),
    ]
    assert signature.names == ["bill", "contract", "pixels", "paid"]


def test_a_plain_array_has_no_names_of_columns() -> None:
    signature = signature_of({"form": "array", "inputs": [{"name": "input", "type": "float64", "shape": [-1, 4]}]})
    assert signature is not None
    assert signature.names == []


def test_columns_show_their_spread_in_one_way_for_each_kind() -> None:
    columns = columns_of(
        {
            "profile": {
                "rows": 400,
                "columns": [
                    {
                        "name": "bill",
                        "unit": "EUR",
                        "type": "double",
                        "nulls": 2,
                        "nan": 2,
                        "distinct": 100,
                        "min": 18.25,
                        "max": 117.25,
                        "histogram": {"edges": [0, 1, 2], "counts": [30, 10]},
                    },
                    {"name": "on", "type": "timestamp", "min": "2026-01-01T00:00:00", "max": "2026-03-01T00:00:00"},
                    {"name": "kind", "type": "string", "count": 10, "top": [{"value": "a", "count": 6}], "distinct": 5},
                ],
            }
        }
    )
    assert [(column.name, column.low, column.high, column.missing) for column in columns] == [
        ("bill, EUR", "18.25", "117.25", f"1{T}%"),
        ("on", "2026-01-01", "2026-03-01", f"0{T}%"),
        ("kind", "a", "–", f"0{T}%"),
    ]
    assert [len(column.bars) for column in columns] == [2, 0, 2]
    assert columns[2].bars[-1].is_rest
    assert columns[0].spread == "from 18.25 to 117.25"


FOREIGN: list[Any] = [None, 7, "text", [], {}, [1, None], {"a": 1}, math.nan, True]


@pytest.mark.parametrize("value", FOREIGN)
def test_what_has_another_form_is_not_there_and_breaks_nothing(value: Any) -> None:
    names = ("min", "max", "shape", "values", "categories", "type", "nulls", "nan", "histogram", "top", "count", "unit")
    field = {"name": "x", **dict.fromkeys(names, value)}
    assert signature_of({"inputs": [field], "outputs": value}) is not None
    assert signature_of({"inputs": value}) is None or value == [{}]
    assert len(columns_of({"profile": {"rows": value, "columns": [field, value]}})) >= 1
    columns_of({"profile": value})
    columns_of({"profile": {"columns": [{**field, "histogram": {"counts": value}, "top": [{"count": value}]}]}})
