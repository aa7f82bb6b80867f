"""How an app is to be served, and what became of its instances."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from vitrina.store.records import Move, Running
from vitrina.store.serving import Serving

APP = "/api/v1/projects/demo/tumours/models/classifier/versions/1.0.0/apps/what-if"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
WIDE = {"min_instances": 1, "max_instances": 4, "people": 10, "idle_minutes": 30.0, "network": "none"}
SWITCHES = {"feedback": False, "upload_mb": None, "picture": True}
"""What is decided where nothing else is said."""


def test_it_is_decided_and_kept(program: TestClient, store, shown) -> None:
    assert program.get(f"{APP}/serving").json() == {
        "min_instances": 0,
        "max_instances": 1,
        "people": None,
        "idle_minutes": None,
        "network": "none",
        **SWITCHES,
    }
    answer = program.put(f"{APP}/serving", json=WIDE)
    assert (answer.status_code, answer.json()) == (200, WIDE | SWITCHES)
    assert program.get(f"{APP}/serving").json() == WIDE | SWITCHES
    assert store.find(shown.app.ref).app.serving == Serving(1, 4, 10, 30.0)
    assert [app.ref for app in store.apps.kept()] == [shown.app.ref]


def test_a_visitor_sees_it_and_may_not_decide(visitor: TestClient, shown) -> None:
    assert visitor.get(f"{APP}/serving").status_code == 200
    refused = visitor.put(f"{APP}/serving", json=WIDE, headers={"origin": "http://localhost:8400"})
    assert refused.status_code == 403
    assert "manage" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"min_instances": 5}, "min is 5: it must be between 0 and max, 4."),
        ({"max_instances": 0}, "max is 0"),
        ({"people": 0}, "people is 0"),
        ({"idle_minutes": -1}, "idle minutes are -1"),
    ],
)
def test_what_makes_no_sense_is_refused(program: TestClient, shown, changed, says: str) -> None:
    refused = program.put(f"{APP}/serving", json=WIDE | changed)
    assert refused.status_code == 422
    assert says in refused.json()["detail"]


def test_every_move_is_shown_with_its_reason(visitor: TestClient, store, shown) -> None:
    revision_id = shown.app.revision_id
    store.instances.note(Running(revision_id, "front", "ready", "", 7, "", NOW, NOW))
    store.instances.note(Running(revision_id, "front", "crashed", "It failed.", None, "", NOW, NOW, number=2))
    store.instances.record(
        [
            Move(revision_id, 2, "starting", "Starting.", NOW),
            Move(revision_id, 2, "crashed", "It failed.", NOW + timedelta(seconds=1)),
        ]
    )
    told = visitor.get(f"{APP}/instance").json()
    assert told["state"] == "ready", "one that serves says more than one that crashed"
    assert [(one["number"], one["state"]) for one in told["instances"]] == [(1, "ready"), (2, "crashed")]
    assert [(move["state"], move["reason"]) for move in told["moves"]] == [
        ("crashed", "It failed."),
        ("starting", "Starting."),
    ]
