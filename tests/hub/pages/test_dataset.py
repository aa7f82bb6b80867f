"""What a dataset's page shows besides its columns, also of a summary that no client of ours wrote."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from vitrina.hub.pages.dataset import former_of, shown
from vitrina.hub.portal import create_portal
from vitrina.hub.settings import Settings
from vitrina.store.checks.check import Kind, Outcome, Result
from vitrina.store.opening import Store, open_store
from vitrina.store.profile import profile
from vitrina.store.records import Version, Visibility
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft

FAILED = Result("bill is at most 9", Kind.RANGE, Outcome.FAILED, "1 row of 40 does not keep to it.", 1, ("<b>12</b>",))
PASSED = Result("id is unique", Kind.UNIQUE, Outcome.PASSED, "Each comes once.", 0)


@pytest.fixture
def store(tmp_path: Path) -> Generator[Store]:
    with open_store(home=tmp_path) as opened:
        yield opened


def logged(store: Store, folder: Path, summary: dict[str, Any], *, checks: tuple[Result, ...] = ()) -> Version:
    project = store.projects.describe(store.projects.ensure("acme", "shop"), visibility=Visibility.PUBLIC)
    file = folder / "data"
    file.write_text(repr(summary))
    return store.registry.log(
        project, Noun.DATASET, "orders", Draft([("d", file)], summary=summary, checks=checks)
    ).version


def summary_of(bills: list[int]) -> dict[str, Any]:
    frame = pd.DataFrame({"id": range(40), "bill": bills, "twice": [2 * bill for bill in bills]})
    first = [[0, 1.5, None], [1, 2.5, "x" * 500]]
    preview = {"columns": ["id", "bill", "note"], "rows": 40, "first": first, "random": [[29, [29, 3.5, "<i>"]]]}
    return {"profile": profile(frame), "preview": preview, "splits": {"train": 30, "test": 10}}


def test_a_version_shows_its_checks_splits_rows_drift_and_correlations(store: Store, tmp_path: Path) -> None:
    before = logged(store, tmp_path, summary_of(list(range(40))))
    version = logged(store, tmp_path, summary_of([500 + place for place in range(40)]), checks=(PASSED, FAILED))
    versions = store.registry.versions([version.collection.id])[version.collection.id]
    former = former_of(version, versions)
    assert former is not None
    assert (former.id, former_of(before, versions)) == (before.id, None)
    found = shown(version, former, store.checks.of([version.id]).get(version.id))
    assert found is not None
    assert [(row.title, row.word) for row in found.checks] == [
        ("id is unique", "passed"),
        ("bill is at most 9", "failed"),
    ]
    assert (found.failed, found.former) == (1, "1.0.0")
    assert [name for name, _, _ in found.splits] == ["train", "test"]
    assert [(row.name, row.word) for row in found.drift] == [("bill", "much"), ("twice", "much"), ("id", "")]
    assert found.pairs[0][2] == "1.00"
    assert found.preview is not None
    assert [is_number for _, is_number in found.preview.heads] == [True, True, False]
    assert (found.preview.random[0][0], len(found.preview.first[1][2])) == ("30", 60)


def test_the_page_marks_the_version_and_escapes_what_is_in_the_data(store: Store, tmp_path: Path) -> None:
    version = logged(store, tmp_path, summary_of(list(range(40))), checks=(PASSED, FAILED))
    with TestClient(create_portal(Settings(place=store.place), store), base_url="http://localhost:8400") as client:
        page = client.get(f"/{version.ref}").text
        told = client.get(f"/{version.ref}.json").json()
    assert [one["outcome"] for one in told["checks"]] == ["passed", "failed"]
    assert "1 check failed" in page
    assert "1 of 2 failed" in page
    assert "&lt;b&gt;12&lt;/b&gt;" in page
    assert "<b>12</b>" not in page
    assert "<i></td>" not in page


FOREIGN: list[Any] = [None, 7, "text", [], {}, [1, None], {"a": 1}, math.inf, True, [[1, 2]], [["a", {}]], -1]


@pytest.mark.parametrize("odd", FOREIGN)
def test_a_summary_of_another_form_breaks_nothing(odd: Any, store: Store, tmp_path: Path) -> None:
    foreign = [
        {"profile": odd, "preview": odd, "splits": odd},
        {"profile": {"columns": odd, "estimated": odd, "correlations": {"columns": odd, "values": odd}}},
        {"preview": {"columns": ["a"], "first": odd, "random": odd}},
        {"preview": {"columns": ["a"], "first": [odd], "random": [[odd, odd]]}},
    ]
    version = logged(store, tmp_path, {})
    for one in foreign:
        strange = _with(version, one)
        for former in (None, strange, _with(version, summary_of(list(range(40))))):
            assert shown(strange, former, None) is not None


def _with(version: Version, summary: dict[str, Any]) -> Version:
    return replace(version, summary=summary)
