"""Every form in which data is logged, what is found in it, and its checks and splits."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from vitrina import tracking
from vitrina.store.checks.check import Outcome
from vitrina.store.errors import InvalidError, MissingExtraError, VitrinaError
from vitrina.store.opening import Store
from vitrina.tracking import checks

FRAME = pd.DataFrame({"id": range(30), "age": [20 + place % 5 for place in range(30)], "plan": ["a", "b", "c"] * 10})
CSV = FRAME.to_csv(index=False)


@pytest.fixture
def run(store: Store):
    with tracking.run(project="acme/churn", track_env=False) as begun:
        yield begun


def outcomes(store: Store, version: tracking.VersionHandle) -> dict[str, Outcome]:
    return {one.title: one.outcome for one in store.checks.of([version.record.id])[version.record.id].results}


@pytest.mark.parametrize("form", ["pandas", "polars", "arrow", "csv", "parquet", "jsonl", "folder"])
def test_a_table_of_any_form_has_schema_profile_and_preview(form: str, run: tracking.Run, tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    match form:
        case "pandas":
            data: object = FRAME
        case "polars":
            data = pl.from_pandas(FRAME)
        case "arrow":
            data = pl.from_pandas(FRAME).to_arrow()
        case "csv":
            data = folder / "people.csv"
            FRAME.to_csv(data, index=False)
        case "parquet":
            data = str(folder / "people.parquet")
            FRAME.to_parquet(data)
        case "jsonl":
            data = folder / "people.jsonl"
            FRAME.to_json(data, orient="records", lines=True)
        case _:
            FRAME[:10].to_csv(folder / "one.csv", index=False)
            FRAME[10:].to_csv(folder / "two.csv", index=False)
            data = folder
    version = tracking.log_dataset("people", data, licence="CC0", source="CRM", description="All of them.")
    summary = version.summary
    assert version.signature is not None
    columns = [(one["name"], one["type"], one["kind"]) for one in version.signature["columns"]]
    assert columns == [("id", "int64", "number"), ("age", "int64", "number"), ("plan", "string", "text")]
    assert (summary["rows"], summary["columns"], summary["licence"], summary["source"]) == (30, 3, "CC0", "CRM")
    assert [one["distinct"] for one in summary["profile"]["columns"]] == [30, 5, 3]
    assert (summary["preview"]["first"][0], len(summary["preview"]["random"])) == ([0, 20, "a"], 8)
    assert version.record.notes == "All of them."


def test_a_folder_that_is_no_table_is_kept_as_it_is(run: tracking.Run, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "one.png").write_bytes(b"x")
    version = tracking.log_dataset("images", tmp_path / "images")
    assert (version.flavour, version.signature, dict(version.summary)) == ("files", None, {})
    with pytest.warns(tracking.VitrinaWarning, match="1 of 1 checks of acme/churn/datasets/images@1.0.0 failed"):
        tracking.log_dataset("images", tmp_path / "images", checks=checks.unique("id"))


def test_a_file_that_cannot_be_read_is_kept_and_says_why(run: tracking.Run, tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    version = tracking.log_dataset("broken", tmp_path / "broken.parquet")
    assert "broken.parquet cannot be read as a table" in version.summary["unread"]


def test_checks_are_asked_and_kept_and_stop_a_promotion(run: tracking.Run, store: Store) -> None:
    @checks.check
    def grown_up(people: pd.DataFrame) -> object:
        return people.age >= 21

    @checks.check(name="it is about people")
    def about_people(people: pd.DataFrame) -> str:
        return "" if "age" in people else "there is no age"

    asked = [checks.unique("id"), checks.between("age", 0, 23), grown_up, about_people]
    with pytest.warns(tracking.VitrinaWarning, match=r"2 of 4 checks of .*people@1\.0\.0 failed\. age is from 0 to 23"):
        version = tracking.log_dataset("people", FRAME, checks=asked)
    assert outcomes(store, version) == {
        "id is unique": Outcome.PASSED,
        "age is from 0 to 23": Outcome.FAILED,
        "grown up": Outcome.FAILED,
        "it is about people": Outcome.PASSED,
    }
    model = tracking.log_artifact(__file__, "model")
    with pytest.raises(VitrinaError, match="2 of 4 checks of acme/churn/datasets/people"):
        model.promote("production")
    assert tracking.log_dataset("people", FRAME, checks=asked[0]).ref == version.ref
    assert model.promote("production").stage == "production"


def test_a_function_that_raises_is_a_broken_check_and_loses_nothing(run: tracking.Run, store: Store) -> None:
    @checks.check
    def odd(people: pd.DataFrame) -> bool:
        return people.no_such_column.all()

    with pytest.warns(tracking.VitrinaWarning, match="It raised AttributeError"):
        version = tracking.log_dataset("people", FRAME, checks=[odd])
    assert outcomes(store, version) == {"odd": Outcome.BROKEN}


YAML = """
checks:
  - not_null: [id, age]
  - unique: id
  - range: {column: age, min: 0, max: 120}
  - allowed: {column: plan, values: [a, b, c]}
  - row_count: {min: 10}
  - skew: {column: age, max: 3}
  - condition: age < 100
    name: nobody is a hundred
"""


def test_checks_lie_beside_the_data_as_yaml(run: tracking.Run, store: Store, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(CSV)
    (tmp_path / "people.checks.yaml").write_text(YAML)
    beside = tracking.log_dataset("people", tmp_path / "people.csv")
    assert list(outcomes(store, beside)) == [
        "id, age are never missing",
        "id is unique",
        "age is from 0 to 120",
        "plan is one of a, b, c",
        "number of rows is at least 10",
        "age is skewed by 3 at most",
        "nobody is a hundred",
    ]
    assert set(outcomes(store, beside).values()) == {Outcome.PASSED}
    frame = tracking.log_dataset("frame", FRAME, checks=tmp_path / "people.checks.yaml")
    assert outcomes(store, frame) == outcomes(store, beside)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("checks: none", "has no list of checks"),
        ("- unique", "Check 1 of c.yaml is no mapping"),
        ("- unqiue: id", "Check 1 of c.yaml has unqiue"),
        ("- unique: id\n- range: {min: 1}", "Check 2 of c.yaml \\(range\\) is not complete: 'column'"),
        ("- a: [", "cannot be read"),
    ],
)
def test_what_yaml_says_wrongly_is_named(text: str, said: str, run: tracking.Run, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(checks.CheckError, match=said):
        tracking.log_dataset("people", FRAME, checks=tmp_path / "c.yaml")


def test_splits_are_parts_of_one_version_and_a_leak_is_a_failed_check(run: tracking.Run, store: Store) -> None:
    clean = tracking.log_dataset("people", {"train": FRAME[:20], "test": pl.from_pandas(FRAME[20:])})
    assert (clean.flavour, dict(clean.summary["splits"])) == ("splits", {"train": 20, "test": 10})
    assert {name: len(frame) for name, frame in clean.load().items()} == {"train": 20, "test": 10}
    assert outcomes(store, clean) == {"no row of train is in test": Outcome.PASSED}
    with pytest.warns(tracking.VitrinaWarning, match="no row of train is in test: 2 rows of test are in train too"):
        leaky = tracking.log_dataset("people", {"train": FRAME[:20], "test": FRAME[18:]})
    with pytest.raises(VitrinaError, match="no row of train is in test"):
        leaky.promote("production")


def test_splits_are_named_by_a_column_or_by_the_files_of_a_folder(run: tracking.Run, tmp_path: Path) -> None:
    marked = FRAME.assign(part=["Train"] * 20 + ["Test"] * 10)
    version = tracking.log_dataset("people", marked, splits="part")
    assert dict(version.summary["splits"]) == {"train": 20, "test": 10}
    parts = tmp_path / "parts"
    parts.mkdir()
    for name, rows in (("train", FRAME[:20]), ("valid", FRAME[20:])):
        rows.to_csv(parts / f"{name}.csv", index=False)
    folder = tracking.log_dataset("folder", parts)
    assert dict(folder.summary["splits"]) == {"train": 20, "valid": 10}
    files = tracking.log_dataset("files", {"a": parts / "train.csv", "b": FRAME[20:]})
    assert {name: len(frame) for name, frame in files.load().items()} == {"a": 20, "b": 10}
    for wrong in ("no", "part"):
        with pytest.raises(InvalidError, match=r"to split by|names a column"):
            tracking.log_dataset("people", FRAME if wrong == "no" else tmp_path, splits=wrong)


def test_a_reference_says_where_data_lies_and_keeps_no_password(run: tracking.Run) -> None:
    url = tracking.log_data_ref("a", path="https://me:secret@data.example/x.csv?token=abc", hash="d1", licence="CC0")
    assert (url.summary["path"], url.summary["licence"]) == ("https://data.example/x.csv", "CC0")
    s3 = tracking.log_data_ref("b", path="s3://lake/x.parquet", hash="etag")
    assert (s3.summary["path"], s3.summary["hash"]) == ("s3://lake/x.parquet", "etag")
    query = "SELECT * FROM orders"
    sql = tracking.log_data_ref("c", query=query, database="postgresql://me:secret@db/shop")
    digest = hashlib.sha256(f"postgresql://db/shop\n{query}".encode()).hexdigest()
    assert json.loads((sql.load() / "reference.json").read_text()) == {
        "query": query,
        "database": "postgresql://db/shop",
        "hash": digest,
    }
    face = tracking.log_data_ref("d", huggingface="org/reviews", revision="1f2e3d")
    assert (face.summary["huggingface"], face.summary["hash"]) == ("org/reviews", "1f2e3d")


def test_a_reference_to_a_table_that_can_be_read_here_is_looked_into(
    run: tracking.Run, store: Store, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(CSV)
    version = tracking.log_data_ref("people", path=tmp_path / "people.csv", checks=[checks.row_count(30, 30)])
    assert (version.flavour, version.summary["rows"]) == ("reference", 30)
    assert version.summary["profile"]["columns"][0]["max"] == 29
    assert outcomes(store, version) == {"number of rows is from 30 to 30": Outcome.PASSED}


def test_without_duckdb_data_is_logged_and_a_warning_says_what_to_install(
    run: tracking.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.warns(tracking.VitrinaWarning, match=r"needs duckdb, which is not installed.*vitrina\[frames\]"):
        version = tracking.log_dataset("people", FRAME)
    assert (version.summary["profile"]["rows"], "preview" in version.summary) == (30, False)
    with pytest.raises(MissingExtraError, match="needs duckdb"):
        tracking.log_dataset("people", FRAME, checks=checks.unique("id"))
