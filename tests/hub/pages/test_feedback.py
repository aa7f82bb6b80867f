"""The page of feedback: who sees it, what it shows and gives as files, how it becomes a dataset, how it is deleted."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from vitrina.hub.pages.feedback import PAGE_SIZE
from vitrina.store.feedback import FeedbackDraft, FeedbackRoom
from vitrina.store.opening import Store
from vitrina.store.serving import Serving

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PATH = "/demo/tumours/models/classifier@1.0.0/feedback"
ORIGIN = {"origin": "http://localhost:8400"}


def told(shown: Any, number: int, **given: Any) -> FeedbackDraft:
    inputs = {"radius": number, "kind": "=cmd()|calc"}
    return FeedbackDraft(
        uuid=f"{number:016x}",
        version_id=shown.version.id,
        revision_id=shown.app.revision_id,
        instance=1,
        at=NOW,
        inputs=json.dumps(inputs),
        output='{"malignant": 0.7}',
        **given,
    )


@pytest.fixture
def kept(store: Store, shown: Any) -> Any:
    """Two entries, of which the second says what is dangerous to show."""
    hostile = "<script>alert(1)</script>"
    drafts = [told(shown, 1, flag="wrong", viewer="alice"), told(shown, 2, note=hostile, visitor="abcdefghij")]
    store.feedback.keep(drafts, FeedbackRoom())
    return shown


def test_it_shows_what_people_tried_and_nothing_of_it_is_run(resident: TestClient, kept: Any) -> None:
    text = resident.get(PATH).text
    assert "2 entries that apps of classifier 1.0.0 recorded." in text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    for said in (
        "alice",
        "visitor abcdef",
        "malignant",
        "radius",
        "/demo/tumours/models/classifier@1.0.0/apps/what-if",
    ):
        assert said in text


@pytest.mark.parametrize("ending", ["", ".json", ".csv", ".jsonl"])
def test_a_visitor_never_learns_that_there_is_any_though_the_project_is_public(
    visitor: TestClient, kept: Any, ending: str
) -> None:
    assert visitor.get("/demo/tumours/models/classifier@1.0.0").status_code == 200
    assert visitor.get(f"{PATH}{ending}").status_code == 404
    assert "feedback" not in visitor.get("/demo/tumours/models/classifier@1.0.0").text.lower()


@pytest.mark.parametrize("verb", ["dataset", "delete"])
def test_a_visitor_can_do_nothing_with_it(visitor: TestClient, store: Store, kept: Any, verb: str) -> None:
    sent = {"dataset": "mine", "entry": "0000000000000001"}
    assert visitor.post(f"{PATH}/{verb}", data=sent, headers=ORIGIN).status_code == 404
    assert store.feedback.tally(kept.version).entries == 2


def test_a_page_of_another_site_deletes_nothing(resident: TestClient, store: Store, kept: Any) -> None:
    sent = {"entry": "0000000000000001"}
    foreign = {"origin": "http://what-if.localhost:8401"}
    assert resident.post(f"{PATH}/delete", data=sent, headers=foreign).status_code == 403
    assert store.feedback.tally(kept.version).entries == 2


def test_the_version_leads_there_with_how_many_there_are(resident: TestClient, kept: Any) -> None:
    assert f'<a href="{PATH}">Feedback<span class="count"> 2</span></a>' in resident.get(PATH.rpartition("/")[0]).text


def test_one_flag_alone_can_be_seen(resident: TestClient, kept: Any) -> None:
    told = resident.get(f"{PATH}.json?flag=wrong").json()
    assert [(one["id"], one["inputs"]["radius"]) for one in told["items"]] == [("0000000000000001", 1)]
    assert "alice" in resident.get(f"{PATH}?flag=wrong").text
    assert "visitor abcdef" not in resident.get(f"{PATH}?flag=wrong").text
    assert "No entry has this flag." in resident.get(f"{PATH}?flag=none").text


def test_pages_lead_to_older_entries(resident: TestClient, store: Store, shown: Any) -> None:
    store.feedback.keep([told(shown, number) for number in range(PAGE_SIZE + 1)], FeedbackRoom())
    first = resident.get(f"{PATH}.json").json()
    assert (len(first["items"]), first["items"][0]["inputs"]["radius"]) == (PAGE_SIZE, PAGE_SIZE)
    assert f"?after={first['after']}" in resident.get(PATH).text
    rest = resident.get(f"{PATH}.json?after={first['after']}").json()
    assert ([one["inputs"]["radius"] for one in rest["items"]], rest["after"]) == ([0], None)


def test_as_a_spreadsheet_no_cell_is_a_formula(resident: TestClient, kept: Any) -> None:
    answer = resident.get(f"{PATH}.csv")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''classifier-1.0.0-feedback.csv"
    assert answer.headers["x-content-type-options"] == "nosniff"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["inputs.radius"], row["inputs.kind"], row["output.malignant"]) for row in rows] == [
        ("1", "'=cmd()|calc", "0.7"),
        ("2", "'=cmd()|calc", "0.7"),
    ]


def test_as_lines_each_entry_is_one_as_it_is(resident: TestClient, kept: Any) -> None:
    lines = resident.get(f"{PATH}.jsonl").text.splitlines()
    assert json.loads(lines[0])["inputs"] == {"radius": 1, "kind": "=cmd()|calc"}
    assert [json.loads(line)["visitor"] for line in lines] == [None, "abcdefghij"]


def test_it_becomes_a_dataset_of_the_project_without_who_it_was(resident: TestClient, store: Store, kept: Any) -> None:
    answer = resident.post(f"{PATH}/dataset", data={"dataset": "tried"}, headers=ORIGIN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/demo/tumours/datasets/tried@1.0.0")
    version = store.find("demo/tumours/datasets/tried@1.0.0").version
    assert version is not None
    assert version.signature is not None
    names = [column["name"] for column in version.signature["columns"]]
    assert names == ["at", "app", "revision", "flag", "note", "inputs.radius", "inputs.kind", "output.malignant"]
    assert (version.summary["rows"], version.summary["source"]) == (2, f"feedback on {kept.version.ref}")
    again = resident.post(f"{PATH}/dataset", data={"dataset": "tried"}, headers=ORIGIN)
    assert again.headers["location"] == answer.headers["location"], "the same feedback is the same version"


def test_chosen_entries_are_deleted(resident: TestClient, store: Store, kept: Any) -> None:
    answer = resident.post(f"{PATH}/delete", data={"entry": ["0000000000000001", "unknown"]}, headers=ORIGIN)
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    assert [entry.uuid for entry in store.feedback.every(kept.version)] == ["0000000000000002"]


def test_what_was_refused_for_want_of_room_is_said(resident: TestClient, store: Store, kept: Any) -> None:
    store.feedback.refuse(kept.version.id, 3)
    assert "3 entries were not kept: there was no room left." in resident.get(PATH).text


def test_the_app_says_that_what_is_entered_may_be_kept(visitor: TestClient, store: Store, shown: Any) -> None:
    place = "/demo/tumours/models/classifier@1.0.0/apps/what-if"
    assert "may be kept" not in visitor.get(place).text
    store.apps.serve(shown.app, Serving(feedback=True))
    assert "What you enter here may be kept" in visitor.get(place).text
