"""Tables in files: what is found in them is what the same table in memory holds, and no other file is read."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vitrina.store.checks.check import (
    Check,
    Kind,
    Outcome,
    allowed,
    between,
    condition,
    not_null,
    row_count,
    skew,
    unique,
)
from vitrina.store.profile import profile
from vitrina.store.tabular.database import UnreadableError
from vitrina.store.tabular.examining import Examined, Task, answer, examine, examine_apart
from vitrina.store.tabular.parts import Part, part_of
from vitrina.store.tabular.profiling import EXACT

CHANCE = random.Random(3)
FRAME = pd.DataFrame(
    {
        "id": range(400),
        "bill": [CHANCE.gauss(50, 20) for _ in range(400)],
        "plan": [CHANCE.choice(["basic", "pro", None]) for _ in range(400)],
        "on": pd.to_datetime([f"2026-03-{1 + place % 28:02d}" for place in range(400)]),
        "paid": [place % 3 == 0 for place in range(400)],
    }
)


@pytest.fixture
def spill(tmp_path: Path) -> Path:
    folder = tmp_path / "spill"
    folder.mkdir()
    return folder


def part(path: Path) -> Part:
    found = part_of([path])
    assert found is not None
    return found


def looked(path: Path, spill: Path, *checks: Check) -> Examined:
    return examine(Task((part(path),), checks), spill=spill)


def comparable(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("name", "kind", "count", "nulls", "distinct")}


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_a_file_of_any_form_has_the_profile_of_the_same_table_in_memory(form: str, tmp_path: Path, spill: Path) -> None:
    file = tmp_path / f"people [1].{form}"
    match form:
        case "csv":
            FRAME.to_csv(file, index=False)
        case "parquet":
            FRAME.to_parquet(file)
        case _:
            FRAME.assign(on=FRAME.on.astype(str)).to_json(file, orient="records", lines=True)
    found, expected = looked(file, spill), profile(FRAME)
    assert found.profile["rows"] == 400
    assert [comparable(one) for one in found.profile["columns"]] == [comparable(one) for one in expected["columns"]]
    ours, theirs = (one["columns"][1] for one in (found.profile, expected))
    for figure in ("min", "max", "mean", "std"):
        assert ours[figure] == pytest.approx(theirs[figure], rel=1e-9)
    assert list(ours["quantiles"].values()) == pytest.approx(list(theirs["quantiles"].values()))
    assert ours["sketch"] == pytest.approx(theirs["sketch"], abs=1)  # a rank may be the next one by rounding
    assert ours["histogram"]["counts"] == theirs["histogram"]["counts"]
    plan = found.profile["columns"][2]
    assert (plan["top"], plan["lengths"]) == (expected["columns"][2]["top"], expected["columns"][2]["lengths"])
    assert found.profile["correlations"]["columns"] == ["id", "bill"]
    assert found.profile["correlations"]["values"][1] == expected["correlations"]["values"][1]
    assert sum(found.profile["columns"][3]["histogram"]["counts"]) == 400


def test_the_figures_of_many_rows_are_near_and_said_to_be_estimated(tmp_path: Path, spill: Path) -> None:
    rows = EXACT + 20_000
    table = pa.table({"x": [place * 7919 % rows for place in range(rows)], "word": ["a", "b"] * (rows // 2)})
    pq.write_table(table, tmp_path / "many.parquet")
    found = looked(tmp_path / "many.parquet", spill).profile
    assert found["estimated"] == ["distinct", "quantiles", "top", "correlations"]
    number, word = found["columns"]
    assert number["distinct"] == pytest.approx(rows, rel=0.1)
    assert number["quantiles"]["0.5"] == pytest.approx(rows / 2, rel=0.02)
    assert word["top"] == [{"value": "a", "count": rows // 2}, {"value": "b", "count": rows // 2}]


def test_a_preview_has_the_first_rows_and_the_same_random_ones_every_time(tmp_path: Path, spill: Path) -> None:
    FRAME.to_csv(tmp_path / "people.csv", index=False)
    one, other = (looked(tmp_path / "people.csv", spill).preview for _ in range(2))
    assert one == other
    assert [row[0] for row in one["first"]] == list(range(8))
    assert [cells[0] for _, cells in one["random"]] == [number for number, _ in one["random"]]
    assert (len(one["random"]), one["rows"]) == (8, 400)


def test_a_preview_stays_small(tmp_path: Path, spill: Path) -> None:
    table = {f"c{place}": ["long " * 100, None] for place in range(60)} | {"bytes": [b"abc", b""]}
    pq.write_table(pa.table(table), tmp_path / "wide.parquet")
    found = looked(tmp_path / "wide.parquet", spill).preview
    assert (len(found["columns"]), len(found["first"][0]), len(found["first"][0][0])) == (40, 40, 60)
    assert found["first"][1][0] is None


CASES = [
    (not_null("id", "paid"), Outcome.PASSED, 0),
    (not_null("plan"), Outcome.FAILED, int(FRAME.plan.isna().sum())),
    (unique("id"), Outcome.PASSED, 0),
    (unique("plan", "paid"), Outcome.FAILED, int(FRAME.plan.notna().sum())),
    (between("id", 0, 399), Outcome.PASSED, 0),
    (between("id", high=389), Outcome.FAILED, 10),
    (between("on", "2026-03-01", "2026-03-27"), Outcome.FAILED, 14),
    (allowed("plan", "basic", "pro"), Outcome.PASSED, 0),
    (allowed("plan", "basic"), Outcome.FAILED, int((FRAME.plan == "pro").sum())),
    (row_count(400, 400), Outcome.PASSED, None),
    (row_count(high=399), Outcome.FAILED, None),
    (skew("bill", 1), Outcome.PASSED, None),
    (skew("paid", 0.5), Outcome.FAILED, None),
    (condition("id >= 0 AND bill < 1000"), Outcome.PASSED, 0),
    (condition("id < 398"), Outcome.FAILED, 2),
    (condition("avg(id) = 199.5"), Outcome.PASSED, None),
    (condition("avg(id) > 300"), Outcome.FAILED, None),
    (condition("no_such > 1"), Outcome.BROKEN, None),
    (condition("(SELECT count(*) FROM read_text('/etc/hosts')) = 1"), Outcome.BROKEN, None),
    (condition("1) FROM part0; DROP VIEW part0; SELECT (true"), Outcome.BROKEN, None),
    (unique("no such"), Outcome.BROKEN, None),
]


def test_each_check_finds_what_pandas_counts(tmp_path: Path, spill: Path) -> None:
    FRAME.to_parquet(tmp_path / "people.parquet")
    results = looked(tmp_path / "people.parquet", spill, *(check for check, _, _ in CASES)).results
    assert [(one.title, one.outcome, one.rows) for one in results] == [
        (check.title, outcome, rows) for check, outcome, rows in CASES
    ]
    assert results[5].examples == ("390", "391", "392", "393", "394")
    assert "There is no column 'no such'; there are id, bill" in results[-1].said


def test_rows_that_are_in_two_splits_are_a_leak(tmp_path: Path, spill: Path) -> None:
    parts: list[Part] = []
    for name, rows in (("train", FRAME[:300]), ("valid", FRAME[300:350]), ("test", FRAME[295:305])):
        rows.to_parquet(tmp_path / f"{name}.parquet")
        parts.append(Part(name, (str(tmp_path / f"{name}.parquet"),), part(tmp_path / "x.parquet").form))
    found = examine(Task(tuple(parts), (row_count(360, 360),)), spill=spill)
    assert found.splits == {"train": 300, "valid": 50, "test": 10}
    assert [(one.title, one.kind, one.rows) for one in found.results[1:]] == [
        ("no row of train is in valid", Kind.LEAK, 0),
        ("no row of train is in test", Kind.LEAK, 5),
        ("no row of valid is in test", Kind.LEAK, 5),
    ]
    assert (found.profile["rows"], found.results[0].outcome) == (360, Outcome.PASSED)


def test_a_child_finds_the_same(tmp_path: Path, spill: Path) -> None:
    FRAME.to_csv(tmp_path / "people.csv", index=False)
    task = Task((part(tmp_path / "people.csv"),), (unique("id"), allowed("plan", "basic")))
    (spill / "apart").mkdir()
    assert examine_apart(task, spill=spill / "apart") == examine(task, spill=spill)


def test_what_is_no_table_is_said_to_be_none(tmp_path: Path, spill: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    for look in (examine, examine_apart):
        with pytest.raises(UnreadableError, match=r"broken\.parquet cannot be read as a table"):
            look(Task((part(tmp_path / "broken.parquet"),)), spill=spill)


def test_values_that_do_not_keep_to_the_types_of_the_first_rows_are_read_as_text(tmp_path: Path, spill: Path) -> None:
    (tmp_path / "late.csv").write_text("a\n" + "1\n" * 30_000 + "n/a\n")
    [column] = looked(tmp_path / "late.csv", spill).columns
    assert (column["name"], column["type"]) == ("a", "string")


def test_files_of_one_form_are_one_table_and_others_are_none(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv.gz", "picture.png", "notes.txt"):
        (tmp_path / name).touch()
    together = part_of([tmp_path / "two.csv.gz", tmp_path / "one.csv"])
    assert together is not None
    assert [Path(file).name for file in together.files] == ["one.csv", "two.csv.gz"]
    assert part_of([tmp_path / "one.csv", tmp_path / "picture.png"]) is None
    assert part_of([tmp_path / "notes.txt"]) is None
    assert part_of([]) is None


def test_a_child_without_duckdb_says_what_is_missing(
    tmp_path: Path, spill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    files = [{"name": "", "files": [str(tmp_path / "a.csv")], "form": "CSV"}]
    asked = json.dumps({"parts": files, "checks": [], "with_profile": True, "spill": str(spill)})
    assert json.loads(answer(asked)) == {"missing": "duckdb"}
