"""`vitrina app set` and `vitrina app status`."""

from __future__ import annotations

from datetime import UTC, datetime

from vitrina.store.records import Move, Running
from vitrina.store.serving import Network, Serving
from vitrina.store.usage import DayOfApp, Figures, Viewer

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_it_sets_what_is_named_and_leaves_the_rest(vitrina, store, shown) -> None:
    ref = shown.app.ref
    said = vitrina("app", "set", ref, "--min", 1, "--max", 4, "--people", 10, "--idle-minutes", 30)
    assert said.out.splitlines() == [
        ref,
        "  min: 1",
        "  max: 4",
        "  people: 10",
        "  idle minutes: 30",
        "  network: none",
        "  feedback: off",
        "  upload MB: as the hub says",
        "  picture: on",
    ]
    assert vitrina("app", "set", ref, "--network", "full", "--json").json["serving"]["max_instances"] == 4
    assert store.find(ref).app.serving == Serving(1, 4, 10, 30.0, Network.FULL)


def test_it_sets_the_longest_upload_and_switches_pictures(vitrina, store, shown) -> None:
    said = vitrina("app", "set", shown.app.ref, "--upload-mb", 50, "--picture", "off")
    assert said.out.splitlines()[-2:] == ["  upload MB: 50", "  picture: off"]
    assert store.find(shown.app.ref).app.serving == Serving(upload_mb=50, picture=False)
    vitrina("app", "set", shown.app.ref, "--upload-mb", 0, "--picture", "on")
    assert store.find(shown.app.ref).app.serving == Serving()


def test_it_switches_feedback_on_and_off(vitrina, store, shown) -> None:
    assert vitrina("app", "set", shown.app.ref, "--feedback", "on", "--json").json["serving"]["feedback"] is True
    assert store.find(shown.app.ref).app.serving == Serving(feedback=True)
    assert "  feedback: off" in vitrina("app", "set", shown.app.ref, "--feedback", "off").out.splitlines()


def test_it_takes_settings_back(vitrina, store, shown) -> None:
    ref = shown.app.ref
    vitrina("app", "set", ref, "--people", 10, "--idle-minutes", 30)
    said = vitrina("app", "set", ref, "--people", 0, "--idle-minutes", 0)
    assert "people: any number" in said.out
    assert "idle minutes: as the hub says" in said.out
    assert store.find(ref).app.serving == Serving()


def test_it_refuses_what_makes_no_sense(vitrina, shown) -> None:
    said = vitrina("app", "set", shown.app.ref, "--min", 2)
    assert said.code == 1
    assert said.err == "vitrina: min is 2: it must be between 0 and max, 1.\n"


def test_it_shows_instances_and_their_last_moves(vitrina, store, shown) -> None:
    assert vitrina("app", "status", shown.app.ref).out == "Nothing of it runs or ran here.\n"
    revision_id = shown.app.revision_id
    store.instances.note(Running(revision_id, "front", "crashed", "It failed.", None, "", NOW, NOW))
    store.instances.record(
        [Move(revision_id, 1, "queued", "Waiting.", NOW), Move(revision_id, 1, "crashed", "Bad.", NOW)]
    )
    said = vitrina("app", "status", shown.app.ref, "--moves", 1)
    assert "It failed." in said.out
    assert "Bad." in said.out
    assert "Waiting." not in said.out
    told = vitrina("app", "status", shown.app.ref, "--json").json
    assert [one["state"] for one in told["moves"]] == ["crashed", "queued"]


def test_it_says_how_an_app_is_used(vitrina, store, shown) -> None:
    today = datetime.now(UTC).date()
    figures = Figures(openings=4, sessions=2, starts=1, ready=1, ready_s=0.5, ready_most_s=0.5)
    viewers = [Viewer(shown.app.id, today, who) for who in ("one", "two")]
    store.use.record({DayOfApp(shown.app.id, today): figures}, viewers)
    said = vitrina("app", "status", shown.app.ref).out
    assert "In the last 30 days" in said
    assert [line.split() for line in said.splitlines()[3:7]] == [
        ["openings", "4"],
        ["viewers", "2"],
        ["sessions", "2"],
        ["requests", "0"],
    ]
    assert "ready in  0.50 s" in said
    told = vitrina("app", "status", shown.app.ref, "--json").json["use"]
    assert (told["openings"], told["viewers"], told["days"][0]["day"]) == (4, 2, today.isoformat())
