"""Datasets and artifacts: versions with a profile, and which way they went."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd
import pandas.testing
import polars as pl
import pytest

from vitrina import tracking
from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.kinds.kind import KindError
from vitrina.store.opening import Store
from vitrina.store.records import Node, NodeKind

FRAME = pd.DataFrame({"age": [30, 40, 50], "name": ["Ada", "Max", None]})


def edges(store: Store, version: tracking.VersionHandle) -> list[tuple[str, str, str]]:
    found = store.lineage.around([Node(NodeKind.VERSION, version.record.id)])
    return [(edge.source.ref, edge.relation, edge.target.ref) for edge in found]


@pytest.fixture
def run(store: Store):
    with tracking.run(project="acme/churn", track_env=False) as begun:
        yield begun


def test_a_table_is_a_version_with_schema_and_profile(any_store: Store) -> None:
    with tracking.run(project="acme/churn") as run:
        version = tracking.log_dataset(
            "people", FRAME, source="CRM", units={"age": "years"}, description="All of them."
        )
    assert (version.ref, version.noun, version.flavour) == ("acme/churn/datasets/people@1.0.0", "dataset", "table")
    assert version.signature is not None
    assert [(column["name"], column["kind"]) for column in version.signature["columns"]] == [
        ("age", "number"),
        ("name", "text"),
    ]
    profile = version.summary["profile"]
    assert (profile["rows"], profile["columns"][0]["max"], profile["columns"][1]["nulls"]) == (3, 50, 1)
    assert (version.summary["source"], version.record.notes) == ("CRM", "All of them.")
    assert edges(any_store, version) == [(version.ref, "used", run.ref)]
    pandas.testing.assert_frame_equal(version.load(), FRAME)


def test_data_that_the_run_made_has_the_edge_the_other_way(run: tracking.Run, store: Store) -> None:
    version = tracking.log_dataset("clean", FRAME, is_input=False)
    assert edges(store, version) == [(run.ref, "made", version.ref)]


def test_the_same_table_of_any_library_is_the_same_version(run: tracking.Run) -> None:
    one = tracking.log_dataset("people", pl.from_pandas(FRAME))
    assert tracking.log_dataset("people", pl.from_pandas(FRAME).to_arrow()).ref == one.ref
    assert tracking.log_dataset("people", FRAME).is_new in {True, False}


def test_a_changed_schema_asks_for_a_minor_and_a_changed_row_for_a_patch(run: tracking.Run) -> None:
    assert tracking.log_dataset("people", FRAME).version == "1.0.0"
    assert tracking.log_dataset("people", FRAME[:2]).version == "1.0.1"
    assert tracking.log_dataset("people", FRAME.assign(city="Ulm")).version == "1.1.0"
    with pytest.warns(tracking.VitrinaWarning, match="asks for major: column"):
        assert tracking.log_dataset("people", FRAME[["age"]], bump="patch").version == "1.1.1"


def test_files_are_kept_as_they_are_and_a_parquet_file_is_a_table(run: tracking.Run, tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "people.csv", index=False)
    FRAME.to_parquet(tmp_path / "people.parquet")
    files = tracking.log_dataset("raw", tmp_path / "people.csv")
    assert (files.flavour, [path.name for path in files.load().iterdir()]) == ("files", ["people.csv"])
    table = tracking.log_dataset("table", str(tmp_path / "people.parquet"))
    assert table.flavour == "table"
    pandas.testing.assert_frame_equal(table.load(), FRAME)


def test_what_is_no_data_is_refused_and_stores_nothing(run: tracking.Run, store: Store) -> None:
    with pytest.raises(KindError, match=r"`data` \(object\) cannot be taken as table"):
        tracking.log_dataset("people", object())
    with pytest.raises(NotFoundError, match=r"There is no file or folder missing\.csv"):
        tracking.log_dataset("people", "missing.csv")
    assert store.projects.counts([run.record.project.id])[run.record.project.id]["datasets"] == 0


def test_a_version_that_is_fetched_in_a_run_is_one_that_it_used(store: Store) -> None:
    with tracking.run("prepare", project="acme/churn") as prepare:
        made = prepare.log_dataset("clean", FRAME, is_input=False)
    tracking.get(made.ref)
    with tracking.run("train", project="acme/churn") as train:
        data = tracking.get_version("acme/churn/datasets/clean@1")
        assert len(data.load()) == 3
        tracking.get(prepare.ref)
    assert edges(store, made) == [(prepare.ref, "made", made.ref), (made.ref, "used", train.ref)]


def test_a_version_that_is_loaded_or_pulled_in_a_run_is_one_that_it_used(store: Store, tmp_path: Path) -> None:
    """Wherever it was fetched; and once, however often. What a run made itself it did not use."""
    with tracking.run("prepare", project="acme/churn") as prepare:
        made = prepare.log_dataset("clean", FRAME, is_input=False)
        made.load()
        tracking.get(made.ref)
    fetched = tracking.get_version(made.ref)
    fetched.load()
    with tracking.run("train", project="acme/churn") as train:
        fetched.load()
        fetched.load()
    with tracking.run("copy", project="acme/churn") as copy:
        fetched.pull(tmp_path / "copy")
    fetched.pull(tmp_path / "after")
    assert edges(store, made) == [
        (prepare.ref, "made", made.ref),
        (made.ref, "used", train.ref),
        (made.ref, "used", copy.ref),
    ]


def test_a_reference_to_data_is_known_again_by_its_digest(run: tracking.Run, store: Store, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("age\n30\n")
    digest = hashlib.sha256(b"age\n30\n").hexdigest()
    version = tracking.log_data_ref("All people", path=file, summary={"rows": 1})
    assert (version.name, version.flavour, version.summary["rows"]) == ("all-people", "reference", 1)
    assert json.loads((version.load() / "reference.json").read_text()) == {"path": str(file), "hash": digest}
    assert edges(store, version) == [(version.ref, "used", run.ref)]
    assert tracking.log_data_ref("all-people", path=file).ref == version.ref
    file.write_text("age\n31\n")
    assert tracking.log_data_ref("all-people", path=file).version == "1.0.1"
    assert tracking.log_data_ref("remote", "abc123", "s3://bucket/people").summary["hash"] == "abc123"
    assert tracking.log_data_ref("frame", content=FRAME).flavour == "table"
    with pytest.raises(InvalidError, match="Give path=, hash= or content="):
        tracking.log_data_ref("nothing")


def test_an_artifact_is_a_version_of_its_own_kind(run: tracking.Run, store: Store, tmp_path: Path) -> None:
    file = tmp_path / "Tokenizer.json"
    file.write_text("{}")
    version = tracking.log_artifact(file, kind="tokenizer", summary={"size": 0}, step=2)
    assert version.ref == "acme/churn/artifacts/tokenizer@1.0.0"
    assert version.summary == {"kind": "tokenizer", "step": 2, "size": 0}
    assert edges(store, version) == [(run.ref, "made", version.ref)]
    assert (version.load() / "Tokenizer.json").read_text() == "{}"
    file.write_text("{ }")
    assert tracking.log_artifact(file, "tokenizer", bump="major").version == "2.0.0"
    with pytest.raises(InvalidError, match="is no model that can be asked"):
        version.predict([1])


def test_an_artifact_can_stay_with_its_run(run: tracking.Run, tmp_path: Path) -> None:
    file = tmp_path / "log.txt"
    file.write_text("line\n")
    assert tracking.log_artifact(file, register=False) is None
    assert run.get_artifact("files/log.txt") == b"line\n"


def test_a_missing_file_is_said_and_stores_nothing(run: tracking.Run) -> None:
    with pytest.raises(NotFoundError, match=r"There is no file or folder no/such\.bin"):
        tracking.log_artifact("no/such.bin")
    assert run.versions == ()
    assert run.get_objects() == []


def test_references_to_files_and_folders_say_where_they_lie(run: tracking.Run, store: Store, tmp_path: Path) -> None:
    (tmp_path / "shards").mkdir()
    (tmp_path / "shards" / "one").write_text("1")
    folder = tracking.log_dir_ref(tmp_path / "shards", is_input=True)
    file = tracking.log_file_ref(tmp_path / "shards" / "one", "shard one")
    other = tracking.log_artifact_ref("s3://bucket/x", kind="weights", hash="abc")
    assert [version.ref.partition("artifacts/")[2] for version in (folder, file, other)] == [
        "shards@1.0.0",
        "shard-one@1.0.0",
        "x@1.0.0",
    ]
    assert file.summary["hash"] == hashlib.sha256(b"1").hexdigest()
    assert other.summary == {"path": "s3://bucket/x", "kind": "weights", "hash": "abc"}
    assert edges(store, folder) == [(folder.ref, "used", run.ref)]
