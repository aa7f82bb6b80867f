"""`vitrina dataset preview`, `checks`, `diff`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from vitrina import tracking
from vitrina.tracking import checks

REF = "demo/shop/datasets/orders"
FRAME = pd.DataFrame({"order": range(20), "bill": [float(place) for place in range(20)], "plan": ["a", "b"] * 10})


@pytest.fixture
def logged(store, monkeypatch: pytest.MonkeyPatch) -> None:
    """1.0.0 and 1.1.0; the newer one breaks a check."""
    asked = [checks.unique("order"), checks.between("bill", high=50)]
    newer = FRAME[2:].assign(bill=lambda rows: rows.bill.where(rows.order != 7, 99.0), city="Ulm")
    with tracking.run(project="demo/shop", track_env=False):
        tracking.log_dataset("orders", FRAME, checks=asked)
        with pytest.warns(tracking.VitrinaWarning, match="1 of 2 checks"):
            tracking.log_dataset("orders", newer, checks=asked)


def test_it_shows_the_first_and_some_random_rows(vitrina, logged) -> None:
    told = vitrina("dataset", "preview", f"{REF}@1.0.0", "--json").json
    assert (told["columns"], told["first"][0], told["rows"]) == (["order", "bill", "plan"], [0, 0.0, "a"], 20)
    lines = vitrina("dataset", "preview", f"{REF}@1.0.0").out.splitlines()
    assert (lines[0].split(), lines[1].split(), len(lines)) == (["order", "bill", "plan"], ["0", "0", "a"], 9)
    assert vitrina("dataset", "preview", f"{REF}@1.0.0", "--random").out.splitlines()[1].split()[0] >= "1"


def test_it_tells_what_checks_found_and_fails_when_one_did(vitrina, logged) -> None:
    passed = vitrina("dataset", "checks", f"{REF}@1.0.0")
    assert (passed.code, "order is unique" in passed.out) == (0, True)
    failed = vitrina("dataset", "checks", f"{REF}@1.1.0", "--json")
    assert failed.code == 1
    assert [(one["title"], one["outcome"]) for one in failed.json] == [
        ("order is unique", "passed"),
        ("bill is at most 50", "failed"),
    ]


def test_it_compares_two_versions(vitrina, logged) -> None:
    told = vitrina("dataset", "diff", f"{REF}@1.0.0", f"{REF}@1.1.0", "--json").json
    assert (told["before"], told["after"]) == (f"{REF}@1.0.0", f"{REF}@1.1.0")
    assert (told["columns"][0]["name"], told["columns"][0]["change"]) == ("city", "added")
    rows = told["rows"]
    assert (rows["key"], rows["added"], rows["removed"], rows["changed"]) == (["order"], 0, 2, 1)
    out = vitrina("dataset", "diff", f"{REF}@1.0.0", f"{REF}@1.1.0", "--key", "order").out
    assert "0 added, 2 removed, 1 changed" in out
    assert "7: bill: 7.0 to 99.0" in out
    refused = vitrina("dataset", "diff", f"{REF}@1.0.0", f"{REF}@1.1.0", "--key", "plan")
    assert (refused.code, "plan does not tell the rows before apart" in refused.err) == (1, True)


def test_python_compares_them_too(store, logged) -> None:
    found = tracking.get_version(f"{REF}@1.0.0").diff(f"{REF}@1.1.0", key="order")
    assert found.rows is not None
    assert (found.rows.removed, [column.name for column in found.schema]) == (2, ["city"])


def test_rows_that_are_not_in_the_store_are_not_compared(vitrina, store, tmp_path: Path) -> None:
    with tracking.run(project="demo/shop", track_env=False):
        for rows in (10, 20):
            FRAME[:rows].to_csv(tmp_path / "orders.csv", index=False)
            tracking.log_data_ref("far", path=tmp_path / "orders.csv")
    told = vitrina("dataset", "diff", "demo/shop/datasets/far@1.0.0", "demo/shop/datasets/far@latest", "--json").json
    assert told["rows"] is None
    assert told["columns"][0]["psi"] > 0
