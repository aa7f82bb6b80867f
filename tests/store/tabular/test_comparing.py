"""Rows of two versions by key: what came, went and changed is what pandas says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from vitrina.store.errors import InvalidError
from vitrina.store.tabular.comparing import Rows, compare
from vitrina.store.tabular.parts import part_of

BEFORE = pd.DataFrame({"order_id": range(10), "line": [1] * 10, "city": ["Ulm"] * 10, "bill": [1.5] * 9 + [None]})
AFTER = (
    BEFORE[2:]
    .assign(bill=lambda rows: rows.bill.where(rows.order_id != 5, 9.0), city=lambda rows: rows.city)
    .pipe(
        lambda rows: pd.concat([rows, pd.DataFrame({"order_id": [20], "line": [1], "city": ["Bonn"], "bill": [2.0]})])
    )
)


def compared(before: Any, after: Any, folder: Path, key: list[str] | None = None) -> Rows:
    parts: list[Any] = []
    for name, frame in (("before", before), ("after", after)):
        frame.to_parquet(folder / f"{name}.parquet", index=False)
        parts.append((part_of([folder / f"{name}.parquet"]),))
    spill = folder / "spill"
    spill.mkdir()
    return compare(parts[0], parts[1], key=key, spill=spill)


def test_a_key_is_found_and_rows_are_told_apart_by_it(tmp_path: Path) -> None:
    found = compared(BEFORE, AFTER, tmp_path)
    assert (found.key, found.before, found.after) == (("order_id",), 10, 9)
    assert (found.added, found.removed, found.changed, dict(found.by_column)) == (1, 2, 1, {"bill": 1})
    assert found.examples["changed"] == [{"key": [5], "columns": {"bill": [1.5, 9.0]}}]
    assert [row["order_id"] for row in found.examples["removed"]] == [0, 1]
    assert found.examples["added"] == [{"order_id": 20, "line": 1, "city": "Bonn", "bill": 2.0}]


def test_two_columns_can_be_the_key(tmp_path: Path) -> None:
    doubled = pd.concat([BEFORE, BEFORE.assign(line=2)])
    assert compared(doubled, doubled[:-1], tmp_path).key == ("order_id", "line")


def test_rows_without_a_key_come_and_go_as_a_whole(tmp_path: Path) -> None:
    before, after = pd.DataFrame({"a": ["x", "x", "y"]}), pd.DataFrame({"a": ["x", "y", "y", "z"]})
    found = compared(before, after, tmp_path)
    assert (found.key, found.added, found.removed, found.changed) == ((), 2, 1, 0)


def test_a_number_of_another_type_is_the_same_number(tmp_path: Path) -> None:
    found = compared(BEFORE, BEFORE.assign(line=BEFORE.line.astype("float64")), tmp_path, ["order_id"])
    assert (found.added, found.removed, found.changed) == (0, 0, 0)


@pytest.mark.parametrize(
    ("key", "said"), [(["no"], "no column 'no' in both"), (["city"], "city does not tell the rows before apart")]
)
def test_a_key_that_is_none_is_refused(key: list[str], said: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match=said):
        compared(BEFORE, AFTER, tmp_path, key)
