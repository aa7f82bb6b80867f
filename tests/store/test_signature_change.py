"""What a change of signature asks of the number."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.store.signature_change import MOST_REASONS, change_of
from vitrina.store.versions import Bump

AGE = {"name": "age", "type": "int64", "kind": "number"}
PLAN = {"name": "plan", "type": "category", "kind": "text", "categories": ["free", "paid"]}
PIXELS = {"name": "input", "type": "float32", "kind": "number", "shape": [-1, 28, 28]}

CASES: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]], Bump, list[str]]] = [
    ("inputs", [AGE], [AGE], Bump.PATCH, []),
    ("inputs", [AGE | {"min": 1, "max": 3}], [AGE | {"min": 0, "max": 9}], Bump.PATCH, []),
    ("inputs", [AGE], [AGE, PLAN], Bump.MINOR, ["input 'plan' was added"]),
    ("inputs", [AGE, PLAN], [PLAN], Bump.MAJOR, ["input 'age' was removed"]),
    ("outputs", [AGE, PLAN], [PLAN], Bump.MAJOR, ["output 'age' was removed"]),
    ("columns", [AGE], [AGE | {"type": "double"}], Bump.MAJOR, ["column 'age' is double, it was int64"]),
    ("inputs", [AGE, PLAN], [PLAN, AGE], Bump.MINOR, ["the inputs stand in another order"]),
    ("columns", [AGE], [AGE | {"nullable": True}], Bump.PATCH, []),
    ("inputs", [PIXELS], [PIXELS | {"shape": [-1, 32, 32]}], Bump.MAJOR,
     ["input 'input' is any × 32 × 32, it was any × 28 × 28"]),
    ("inputs", [PIXELS], [PIXELS | {"shape": [-1, -1, 28]}], Bump.MINOR,
     ["input 'input' is any × any × 28, it was any × 28 × 28"]),
    ("inputs", [PIXELS | {"shape": [-1, -1]}], [PIXELS | {"shape": [-1, 3]}], Bump.MAJOR,
     ["input 'input' is any × 3, it was any × any"]),
    ("inputs", [PLAN], [PLAN | {"categories": ["free"]}], Bump.MAJOR, ["input 'plan' has no 'paid' any more"]),
    ("inputs", [PLAN], [PLAN | {"categories": ["paid", "free", "try"]}], Bump.MINOR, ["input 'plan' has 'try' now"]),
    ("outputs", [PLAN], [PLAN | {"categories": ["free"]}], Bump.MINOR, ["output 'plan' has no 'paid' any more"]),
    ("inputs", [PLAN | {"categories": []}], [PLAN], Bump.MAJOR, ["input 'plan' has 'free', 'paid' now"]),
]  # fmt: skip


@pytest.mark.parametrize(("side", "before", "after", "bump", "reasons"), CASES)
def test_each_change_asks_for_its_bump_and_says_why(
    side: str, before: list[dict[str, Any]], after: list[dict[str, Any]], bump: Bump, reasons: list[str]
) -> None:
    change = change_of({side: before}, {side: after})
    assert (change.bump, list(change.reasons)) == (bump, reasons)


def test_columns_are_no_array() -> None:
    field = {"name": "input", "type": "double"}
    change = change_of({"form": "frame", "inputs": [field]}, {"form": "array", "inputs": [field]})
    assert (change.bump, change.reasons) == (Bump.MAJOR, ("the inputs are an array, they were columns",))


def test_the_gravest_is_told_first_and_a_wide_table_is_told_in_part() -> None:
    few = [{"name": "id", "type": "int64"}]
    many = [{"name": "id", "type": "string"}, *({"name": f"c{n}", "type": "double"} for n in range(100))]
    change = change_of({"columns": few}, {"columns": many})
    assert change.reasons[0] == "column 'id' is string, it was int64"
    assert change.reasons[-1] == f"and {101 - MOST_REASONS} more"


fields = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from("abcd"), "type": st.sampled_from(["int64", "string"])},
        optional={"nullable": st.booleans(), "categories": st.lists(st.sampled_from("xyz"), unique=True)},
    ),
    unique_by=lambda field: field["name"],
)


@given(fields, fields)
def test_nothing_is_lost_without_a_major(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    change = change_of({"columns": before}, {"columns": after})
    kept = {field["name"]: field["type"] for field in after}
    is_lost = any(kept.get(field["name"]) != field["type"] for field in before)
    assert (change.bump is Bump.MAJOR) == is_lost
    assert bool(change.reasons) == (change.bump is not Bump.PATCH)
    assert change_of({"columns": before}, {"columns": before}).bump is Bump.PATCH
