"""What becomes of apps: steps for those who wait, states for the portal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from vitrina.apps.life import Instance, State
from vitrina.hub.proxy.diary import Diary
from vitrina.store.records import Move

pytestmark = pytest.mark.anyio

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


@pytest.fixture
def diary(store) -> Diary:
    return Diary(store, front="front-1")


@pytest.fixture
def instance(shown) -> Instance:
    return Instance(
        key=shown.app.label,
        ref=shown.app.ref,
        state=State.STARTING,
        reason="Starting.",
        address=None,
        pid=None,
        started_at=at(1),
        changed_at=at(1),
        last_used_at=at(1),
        log=None,
    )


def told(diary: Diary, key: str, seconds: float) -> list[tuple[str, float, bool]]:
    return [(step.text.split()[0], step.seconds, step.is_over) for step in diary.steps(key, now=at(seconds))]


async def test_steps_grow_until_the_app_serves(diary: Diary, shown, instance: Instance) -> None:
    key = shown.app.label
    assert diary.steps(key, now=at(0)) == ()
    diary.know(shown.app)
    diary.note(replace(instance, state=State.QUEUED, reason="Waiting for its turn.", changed_at=at(0)))
    assert told(diary, key, 0.01) == [("Waiting", 0.01, False)]
    diary.note(replace(instance, state=State.BUILDING, reason="Fetching its files.", changed_at=at(0)))
    assert told(diary, key, 0.5) == [("Fetching", 0.5, False)]
    diary.note(instance)
    diary.note(replace(instance, reason="Loading.", changed_at=at(3)))
    assert told(diary, key, 4) == [("Fetching", 1.0, True), ("Starting.", 2.0, True), ("Loading.", 1.0, False)]
    assert diary.usual_s(key) is None
    diary.note(replace(instance, state=State.READY, reason="", changed_at=at(5)))
    assert told(diary, key, 99)[-1] == ("Loading.", 2.0, True)
    assert (diary.usual_s(key), diary.was_ready(key)) == (5.0, True)


async def test_a_wait_for_its_turn_is_a_step_and_not_counted_as_the_apps_own_time(
    diary: Diary, shown, instance: Instance
) -> None:
    diary.know(shown.app)
    diary.note(replace(instance, state=State.QUEUED, reason="Waiting for its turn.", changed_at=at(0)))
    diary.note(replace(instance, state=State.BUILDING, reason="Fetching its files.", changed_at=at(7)))
    diary.note(replace(instance, state=State.READY, reason="", changed_at=at(9)))
    assert told(diary, shown.app.label, 99) == [("Waiting", 7.0, True), ("Fetching", 2.0, True)]
    assert diary.usual_s(shown.app.label) == 2.0


async def test_a_new_start_has_new_steps_and_remembers_how_long_it_took(diary: Diary, shown, instance) -> None:
    key = shown.app.label
    diary.know(shown.app)
    diary.note(replace(instance, state=State.BUILDING, reason="Fetching.", changed_at=at(0)))
    diary.note(replace(instance, state=State.READY, changed_at=at(2)))
    diary.note(replace(instance, state=State.QUEUED, reason="Waiting.", changed_at=at(100)))
    diary.note(replace(instance, state=State.BUILDING, reason="Fetching.", changed_at=at(100)))
    assert told(diary, key, 101) == [("Fetching.", 1.0, False)]
    assert (diary.usual_s(key), diary.was_ready(key)) == (2.0, False)
    diary.note(replace(instance, state=State.CRASHED, changed_at=at(103)))
    assert told(diary, key, 200) == [("Fetching.", 3.0, True)]
    assert (diary.usual_s(key), diary.was_ready(key)) == (2.0, False)


async def test_an_instance_that_was_found_running_has_no_steps(diary: Diary, shown, instance: Instance) -> None:
    diary.know(shown.app)
    diary.note(replace(instance, state=State.READY, reason=""))
    assert diary.steps(shown.app.label, now=at(9)) == ()
    assert diary.usual_s(shown.app.label) is None


async def test_the_newest_state_and_every_move_reach_the_store(diary: Diary, store, shown, instance: Instance) -> None:
    diary.know(shown.app)
    diary.note(instance)
    diary.note(replace(instance, state=State.READY, reason="", pid=42, changed_at=at(2)))
    diary.note(replace(instance, number=2, changed_at=at(3)))
    await diary.flush()
    revision_id = shown.app.revision_id
    running = store.instances.of_revisions([revision_id])[revision_id]
    assert (running.front, running.state, running.pid, running.changed_at) == ("front-1", "ready", 42, at(2))
    assert [(one.number, one.state) for one in store.instances.of_revision(revision_id)] == [
        (1, "ready"),
        (2, "starting"),
    ]
    assert [(move.number, move.state, move.reason, move.at) for move in store.instances.moves(revision_id)] == [
        (2, "starting", "Starting.", at(3)),
        (1, "ready", "", at(2)),
        (1, "starting", "Starting.", at(1)),
    ]


async def test_a_store_that_is_away_is_no_matter(diary: Diary, store, shown, instance: Instance, caplog) -> None:
    diary.know(shown.app)
    diary.note(instance)
    store.close()
    store.database.engine.dispose()
    next(store.place.home.glob("store.db")).unlink()
    await diary.flush()
    assert "was not kept" in caplog.text


async def test_the_usual_time_is_the_median_of_earlier_starts_also_of_another_front(store, shown) -> None:
    begun = BEGIN
    for seconds in (2.0, 3.0, 60.0):
        for state, later_s in (("queued", 0.0), ("building", 1.0), ("ready", 1.0 + seconds)):
            move = Move(shown.app.revision_id, 1, state, "", begun + timedelta(seconds=later_s))
            store.instances.record([move])
        begun += timedelta(hours=1)
    diary = Diary(store, front="a new one")
    diary.know(shown.app)
    assert diary.usual_s(shown.app.label) is None
    await diary.recall()
    assert diary.usual_s(shown.app.label) == 3.0
