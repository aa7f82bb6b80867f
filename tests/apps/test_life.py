"""The life of an instance: the table, and what else is true in each state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.apps.life import (
    LIFE,
    Backoff,
    Event,
    ImpossibleMoveError,
    Instance,
    Place,
    State,
    UnixAddress,
    advance,
    is_idle,
    may_start,
    may_stop,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PLACE = Place(UnixAddress(Path("/run/a")), pid=77)
BACKOFF = Backoff(first_s=2, most_s=300, healthy_s=60)


def cold() -> Instance:
    return Instance("what-if", "acme/churn", State.COLD, "", None, None, None, NOW, NOW, None)


def after(*events: Event, seconds_between: float = 0) -> Instance:
    instance = cold()
    for count, event in enumerate(events, start=1):
        now = NOW + timedelta(seconds=seconds_between * count)
        instance = advance(instance, event, now=now, reason=event.value, backoff=BACKOFF, at=PLACE)
    return instance


def test_every_state_has_a_row() -> None:
    assert set(LIFE) == set(State)


@pytest.mark.parametrize(("state", "event"), [(s, e) for s in State for e in Event if e not in LIFE[s]])
def test_what_is_not_in_the_table_is_our_mistake(state: State, event: Event) -> None:
    with pytest.raises(ImpossibleMoveError, match=rf"what-if: {event.name} cannot happen while {state.value}"):
        advance(replace(cold(), state=state), event, now=NOW, reason="", backoff=BACKOFF)


def test_an_app_that_is_ready_has_its_address() -> None:
    ready = after(Event.OPEN, Event.PROGRESS, Event.ANSWER)
    assert (ready.state, ready.address, ready.pid) == (State.READY, PLACE.address, 77)


def test_progress_shows_the_step_and_the_process() -> None:
    starting = after(Event.OPEN, Event.PROGRESS)
    assert (starting.state, starting.reason, starting.pid) == (State.STARTING, Event.PROGRESS.value, 77)
    assert starting.address is None


def test_a_crash_waits_longer_each_time() -> None:
    crash = (Event.OPEN, Event.END)
    delays = [after(*crash * count) for count in range(1, 5)]
    assert [(i.crashes, (i.retry_at or NOW) - NOW) for i in delays] == [
        (count, timedelta(seconds=2.0**count)) for count in range(1, 5)
    ]


def test_the_wait_after_crashes_is_bounded() -> None:
    assert [BACKOFF.delay_s(crashes) for crashes in (1, 2, 8, 9, 10_000)] == [2, 4, 256, 300, 300]


def test_an_app_that_was_well_for_long_is_forgiven_its_earlier_crashes() -> None:
    lives = (Event.OPEN, Event.END, Event.OPEN, Event.ANSWER, Event.END)
    assert after(*lives, seconds_between=60).crashes == 1
    assert after(*lives, seconds_between=59).crashes == 2


def test_being_stopped_is_no_crash() -> None:
    stopped = after(Event.OPEN, Event.END, Event.OPEN, Event.ANSWER, Event.STOP, Event.END)
    assert (stopped.state, stopped.crashes, stopped.retry_at) == (State.STOPPED, 0, None)


def test_a_crashed_app_may_start_when_its_time_has_come() -> None:
    crashed = after(Event.OPEN, Event.END)
    assert not may_start(crashed, NOW + timedelta(seconds=1.9))
    assert may_start(crashed, NOW + timedelta(seconds=2))


@pytest.mark.parametrize(
    ("state", "starts", "stops"),
    [
        (State.COLD, True, False),
        (State.STARTING, False, True),
        (State.READY, False, True),
        (State.DRAINING, False, False),
        (State.CRASHED, True, False),
        (State.STOPPED, True, False),
    ],
)
def test_what_may_be_started_and_stopped(state: State, starts: bool, stops: bool) -> None:
    instance = replace(cold(), state=state)
    assert (may_start(instance, NOW), may_stop(instance)) == (starts, stops)


def test_idle_is_a_ready_app_that_nobody_uses_for_long_enough() -> None:
    ready = after(Event.OPEN, Event.ANSWER)
    late = NOW + timedelta(seconds=900)
    assert is_idle(ready, late, idle_s=900)
    assert not is_idle(ready, late - timedelta(seconds=1), idle_s=900)
    assert not is_idle(replace(ready, uses=1), late, idle_s=900)
    assert not is_idle(after(Event.OPEN), late, idle_s=900)


@given(st.lists(st.sampled_from(Event), max_size=30))
def test_whatever_happens_the_snapshot_is_consistent(events: list[Event]) -> None:
    instance = cold()
    for event in events:
        if event not in LIFE[instance.state]:
            continue
        instance = advance(instance, event, now=NOW, reason="", backoff=BACKOFF, at=PLACE)
        assert (instance.address is not None) == (instance.state is State.READY)
        assert (instance.retry_at is not None) == (instance.state is State.CRASHED)
        assert (instance.crashes > 0) or instance.state is not State.CRASHED
        if instance.state in {State.CRASHED, State.STOPPED}:
            assert instance.pid is None
