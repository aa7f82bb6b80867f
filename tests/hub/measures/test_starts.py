"""How starts are counted from what the supervisor tells: histories of moves, and the figures after them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from vitrina.apps.launchers.way import Way
from vitrina.apps.life import Instance, State
from vitrina.hub.measures.starts import Starts

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Noted:
    """In the place of the book."""

    calls: list[tuple[object, ...]] = field(default_factory=list)

    def started(self, app_id: int) -> None:
        self.calls.append(("started", app_id))

    def ready(self, app_id: int, seconds: float) -> None:
        self.calls.append(("ready", app_id, seconds))

    def crashed(self, app_id: int) -> None:
        self.calls.append(("crashed", app_id))


HISTORIES = {
    "a start": ("queued building building starting starting ready", {"ready": 1}, ["started", "ready"]),
    "one that fails": ("queued building starting crashed", {"failed": 1, "crash starting": 1}, ["started", "crashed"]),
    "one that was to stop": ("queued building draining stopped", {"stopped": 1}, ["started"]),
    "one that never had its turn": ("queued stopped", {}, []),
    "a life": ("building starting ready draining draining stopped", {"ready": 1}, ["started", "ready"]),
    "a crash later": (
        "building starting ready crashed",
        {"ready": 1, "crash ready": 1},
        ["started", "ready", "crashed"],
    ),
    "two starts": (
        "building crashed queued building starting ready",
        {"failed": 1, "crash starting": 1, "ready": 1, "again": 1},
        ["started", "crashed", "started", "ready"],
    ),
    "one that was found running": ("ready draining stopped", {}, []),
    "one that was found starting": ("starting starting ready", {}, []),
    "one that was found, and crashes": ("ready crashed", {"crash ready": 1}, ["crashed"]),
}


def play(starts: Starts, key: str, states: str) -> None:
    """Each move a second after the one before; a crash counts in the snapshots after it."""
    crashes = 0
    for second, state in enumerate(map(State, states.split())):
        crashes += state is State.CRASHED
        at = BEGIN + timedelta(seconds=second)
        starts.note(replace(INSTANCE, key=key, state=state, changed_at=at, crashes=crashes))


INSTANCE = Instance("", "ref", State.COLD, "", None, None, None, BEGIN, BEGIN, None)


def figures(starts: Starts) -> dict[tuple[str, ...], float]:
    return {
        (f"{family.name}{one.suffix}", *one.labels.values()): one.value
        for family in starts.families()
        for one in family.samples
        if one.value
    }


@pytest.mark.parametrize(("states", "counted", "calls"), HISTORIES.values(), ids=HISTORIES)
def test_a_history_is_counted(shown, states: str, counted: dict[str, int], calls: list[str]) -> None:
    noted = Noted()
    starts = Starts(noted, {shown.app.label: shown.app}.get)  # type: ignore[arg-type]
    play(starts, shown.app.label, states)
    told = figures(starts)
    outcomes = {name: told.get(("app_starts_total", "gradio", name), 0) for name in ("ready", "failed", "stopped")}
    crashes = {f"crash {when}": told.get(("app_crashes_total", "gradio", when), 0) for when in ("starting", "ready")}
    again = {"again": told.get(("app_restarts_total", "gradio"), 0)}
    assert {name: count for name, count in {**outcomes, **crashes, **again}.items() if count} == counted
    assert [call[0] for call in noted.calls] == calls


def test_a_start_takes_from_its_turn_and_is_of_the_kind_that_the_launcher_says(shown) -> None:
    noted, label = Noted(), shown.app.label
    starts = Starts(noted, {label: shown.app}.get)  # type: ignore[arg-type]
    for way in (Way.SPARE, Way.WARM):
        starts.begun(label, 1, way)
        play(starts, label, "queued building starting starting ready")
    play(starts, label, "building ready")  # by a launcher that says nothing
    told = figures(starts)
    assert [call[2] for call in noted.calls if call[0] == "ready"] == [3.0, 3.0, 1.0]
    assert {key[2]: value for key, value in told.items() if key[0] == "app_ready_seconds_sum"} == {
        "spare": 3.0,
        "warm": 3.0,
        "cold": 1.0,
    }


def test_what_nobody_knows_is_not_counted() -> None:
    noted = Noted()
    starts = Starts(noted, {}.get)  # type: ignore[arg-type]
    play(starts, "label", "building starting ready crashed")
    assert (noted.calls, figures(starts)) == ([], {})
