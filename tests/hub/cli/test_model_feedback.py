"""`vitrina model feedback`."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from vitrina.store.feedback import FeedbackDraft, FeedbackRoom
from vitrina.store.opening import Store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def ref(store: Store, shown: Any) -> str:
    """A version with two entries."""
    one = FeedbackDraft(
        "1" * 16, shown.version.id, shown.app.revision_id, 1, NOW, '{"radius": 7}', "0.7", flag="wrong", viewer="alice"
    )
    store.feedback.keep([one, replace(one, uuid="2" * 16, inputs='{"radius": "NaN"}', flag="")], FeedbackRoom())
    return str(shown.version.ref)


def test_it_lists_the_newest_first(vitrina: Any, ref: str) -> None:
    lines = vitrina("model", "feedback", ref).out.splitlines()
    assert lines[0].split() == ["ID", "WHEN", "APP", "FLAG", "TRIED", "ANSWER", "NOTE"]
    assert [line.split()[0] for line in lines[1:]] == ["2" * 16, "1" * 16]
    told = vitrina("model", "feedback", ref, "--json", "--flag", "wrong").json
    assert [(one["ref"], one["kind"], one["inputs"], one["viewer"]) for one in told] == [
        (ref, "feedback", {"radius": 7}, "alice")
    ]


def test_it_writes_all_to_a_file(vitrina: Any, ref: str, tmp_path: Path) -> None:
    vitrina("model", "feedback", ref, "-o", tmp_path / "all.csv")
    with (tmp_path / "all.csv").open(newline="") as file:
        assert [row["inputs.radius"] for row in csv.DictReader(file)] == ["7", "NaN"]
    vitrina("model", "feedback", ref, "-o", tmp_path / "all.jsonl")
    lines = (tmp_path / "all.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["1" * 16, "2" * 16]
    assert vitrina("model", "feedback", ref, "-o", "-").out.splitlines() == lines
    assert sorted(path.name for path in tmp_path.glob("*all*")) == ["all.csv", "all.jsonl"]


def test_it_makes_a_dataset_in_which_a_number_column_stays_one(vitrina: Any, store: Store, ref: str) -> None:
    said = vitrina("model", "feedback", ref, "--log-dataset", "tried")
    assert said.out == "demo/tumours/datasets/tried@1.0.0: whoever may read its project may read it.\n"
    version = store.find("demo/tumours/datasets/tried@1.0.0").version
    assert version is not None
    assert version.signature is not None
    kinds = {column["name"]: column["kind"] for column in version.signature["columns"]}
    assert (kinds["inputs.radius"], kinds["output"], kinds["flag"], kinds["at"]) == ("number", "number", "text", "time")
    assert "gathered" in vitrina("lineage", ref).out


def test_it_deletes_what_is_named_or_all(vitrina: Any, ref: str) -> None:
    assert vitrina("model", "feedback", ref, "--delete", "1" * 16).out == f"1 of {ref} is deleted.\n"
    assert vitrina("model", "feedback", ref, "--clear", "--json").json == {"ref": ref, "deleted": 1}
    assert vitrina("model", "feedback", ref).out == "There is no feedback on it yet.\n"


def test_of_nothing_no_dataset_is_made(vitrina: Any, shown: Any) -> None:
    said = vitrina("model", "feedback", shown.version.ref, "--log-dataset", "tried")
    assert said.code == 1
    assert "has no such feedback" in said.err
