"""The status page, for whoever may manage the hub."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from vitrina.apps.attempts import ATTEMPTS
from vitrina.apps.levels import Level
from vitrina.hub import sessions
from vitrina.hub.portal import create_portal
from vitrina.store.errors import MissingExtraError
from vitrina.store.records import Running
from vitrina.store.usage import DayOfApp, Figures

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def test_a_visitor_is_told_nothing(visitor: TestClient) -> None:
    for path in ("/-/status", "/-/status.json"):
        refused = visitor.get(path)
        assert refused.status_code == 403
        assert "store.db" not in refused.text


def test_it_says_what_is_not_on(resident: TestClient) -> None:
    protections = {one["name"]: one["is_on"] for one in resident.get("/-/status.json").json()["protections"]}
    assert protections["An origin of its own for each app"]
    assert protections["Warm starts (nursery)"]
    assert not protections["Walls around files (Landlock)"]
    assert not protections["A sandbox (bubblewrap)"]
    assert "not on" in resident.get("/-/status", headers={"accept": "text/html"}).text


def test_it_says_where_libraries_of_apps_come_from(resident: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINA_INDEX_URL", "https://alice:secret@index.example.org/simple")
    told = {one["name"]: one for one in resident.get("/-/status.json").json()["protections"]}
    row = told["Libraries of its own for each app"]
    assert row["is_on"]
    assert (
        row["meaning"] == "What the hub does not have is installed, read-only, from https://index.example.org/simple."
    )
    monkeypatch.setattr("vitrina.hub.status.find_uv", _lost)
    told = {one["name"]: one for one in resident.get("/-/status.json").json()["protections"]}
    row = told["Libraries of its own for each app"]
    assert not row["is_on"]
    assert 'pip install "vitrina[environments]"' in row["meaning"]


def _lost() -> Path:
    raise MissingExtraError("uv", extra="environments", purpose="An environment for an app")


def test_it_lists_what_runs(resident: TestClient, store, shown) -> None:
    store.instances.note(Running(shown.app.revision_id, "front", "ready", "", 4711, "", NOW, NOW))
    [app] = resident.get("/-/status.json").json()["instances"]
    assert app == {
        "ref": shown.app.ref,
        "state": "ready",
        "said": "ready",
        "reason": "",
        "pid": 4711,
        "number": 1,
        "people": None,  # there is no front here that would know
        "memory_bytes": None,
    }
    page = resident.get("/-/status", headers={"accept": "text/html"}).text
    assert shown.app.ref in page
    assert "4711" in page


def test_it_shows_the_use_of_apps_by_framework(resident: TestClient, store, shown) -> None:
    assert resident.get("/-/status.json").json()["use"] == []
    today = DayOfApp(shown.app.id, datetime.now(UTC).date())
    store.use.record({today: Figures(openings=5, starts=2, ready=1, crashes=1, ready_s=1.5, ready_most_s=1.5)}, ())
    [use] = resident.get("/-/status.json").json()["use"]
    assert (use["framework"], use["apps"], use["openings"], use["crashes"]) == ("gradio", 1, 5, 1)
    assert (use["ready_mean_s"], use["ready_most_s"], use["memory_most_bytes"]) == (1.5, 1.5, None)
    page = resident.get("/-/status", headers={"accept": "text/html"}).text
    assert "1.5\u202fs" in page


def test_it_shows_the_address_of_the_store(resident: TestClient, settings) -> None:
    assert str(settings.home / "store.db") in resident.get("/-/status.json").json()["store"]


@pytest.mark.parametrize("level", Level, ids=lambda level: level.value)
def test_it_shows_what_a_hostile_app_can_do_at_the_level_that_is_on(level: Level, settings, store) -> None:
    session = store.people.use_link(store.people.make_link(store.user))
    headers = {"cookie": f"{sessions.COOKIE}={session}", "accept": "text/html"}
    portal = create_portal(replace(settings, isolation=level), store)
    with TestClient(portal, base_url=settings.portal_url, headers=headers) as told:
        status, page = told.get("/-/status.json").json(), told.get("/-/status").text
    assert status["isolation"] == level.value
    assert {one["what"]: one["fails"] for one in status["attempts"]} == {
        attempt.what: attempt.fails_at(level) for attempt in ATTEMPTS
    }
    succeeding = [attempt.what for attempt in ATTEMPTS if not attempt.fails_at(level)]
    assert page.count(">succeeds<") == len(succeeding)


def test_it_says_that_pictures_are_switched_off(settings, store) -> None:
    session = store.people.use_link(store.people.make_link(store.user))
    portal = create_portal(replace(settings, isolation=Level.SANDBOX, takes_pictures=False), store)
    with TestClient(portal, base_url=settings.portal_url) as client:
        told = client.get("/-/status.json", headers={"cookie": f"{sessions.COOKIE}={session}"}).json()
    assert told["pictures"] == "Not taken: --no-pictures"


@pytest.mark.parametrize(
    ("apps_url", "is_on", "shown_as"),
    [
        (None, True, "http://*.localhost:8401"),
        ("https://*.apps.example.org", True, "https://*.apps.example.org"),
        ("http://localhost:8401", False, "http://localhost:8401"),
    ],
)
def test_it_says_whether_each_app_has_an_origin_of_its_own(
    settings, store, *, apps_url: str | None, is_on: bool, shown_as: str
) -> None:
    session = store.people.use_link(store.people.make_link(store.user))
    placed = replace(settings, public_apps_url=apps_url)
    with TestClient(create_portal(placed, store), base_url="http://localhost:8400") as client:
        told = client.get("/-/status.json", headers={"cookie": f"{sessions.COOKIE}={session}"}).json()
    [row] = [one for one in told["protections"] if one["name"] == "An origin of its own for each app"]
    assert (row["is_on"], "weaker" in row["meaning"], told["apps"]) == (is_on, not is_on, shown_as)
