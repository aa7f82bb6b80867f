"""What becomes of apps: steps for those who wait, states for the portal."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from vitrina.apps.life import Instance, State
from vitrina.hub.proxy.diary import Diary
from vitrina.hub.proxy.diary import __name__ as diary_module
from vitrina.store.records import Move, Running

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


class Listener(logging.Handler):
    """Tells that the diary's log has said something."""

    def __init__(self) -> None:
        super().__init__()
        self.said: asyncio.Queue[str] = asyncio.Queue()

    def emit(self, record: logging.LogRecord) -> None:
        self.said.put_nowait(record.getMessage())

    async def until(self, words: str) -> None:
        while words not in await self.said.get():
            pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    logging.getLogger(diary_module).addHandler(made)
    yield made
    logging.getLogger(diary_module).removeHandler(made)


async def test_what_was_noted_while_the_store_was_away_is_written_when_it_is_back(
    store, shown, instance: Instance, listener: Listener
) -> None:
    revision_id = shown.app.revision_id
    store.instances.note(Running(revision_id, "an earlier one", "ready", "", 1, "", at(0), at(0), number=7))
    diary = Diary(store, front="a new one", again_s=0)
    diary.know(shown.app)
    place = store.place.home / "store.db"
    store.database.engine.dispose()
    place.rename(place.with_name("aside"))
    place.mkdir()  # no database can be opened there
    await diary.begin()
    writing = asyncio.create_task(diary.write())
    diary.note(instance)
    await listener.until("was not kept")
    place.rmdir()
    place.with_name("aside").rename(place)
    await listener.until("kept again")  # nobody notes anything more: it tries again by itself
    assert [(one.front, one.number, one.state) for one in store.instances.of_revision(revision_id)] == [
        ("a new one", 1, "starting")
    ]
    assert [move.state for move in store.instances.moves(revision_id)] == ["starting"]
    diary.finish()
    await writing


async def test_a_store_that_stays_away_holds_no_end_up(diary: Diary, store, shown, instance: Instance) -> None:
    diary.know(shown.app)
    store.database.engine.dispose()
    next(store.place.home.glob("store.db")).unlink()
    (store.place.home / "store.db").mkdir()
    diary.note(instance)
    writing = asyncio.create_task(diary.write())
    diary.finish()
    await writing


async def test_the_usual_time_is_the_median_of_earlier_starts_also_of_another_front(store, shown) -> None:
    begun = datetime.now(UTC) - timedelta(days=1)  # moves of long ago are forgotten
    for seconds in (2.0, 3.0, 60.0):
        for state, later_s in (("queued", 0.0), ("building", 1.0), ("ready", 1.0 + seconds)):
            move = Move(shown.app.revision_id, 1, state, "", begun + timedelta(seconds=later_s))
            store.instances.record([move])
        begun += timedelta(hours=1)
    diary = Diary(store, front="a new one")
    diary.know(shown.app)
    assert diary.usual_s(shown.app.label) is None
    await diary.begin()
    assert diary.usual_s(shown.app.label) == 3.0
