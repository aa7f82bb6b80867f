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
    diagram,
    foremost,
    is_idle,
    may_start,
    may_stop,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PLACE = Place(UnixAddress(Path("/run/a")), pid=77)
BACKOFF = Backoff(first_s=2, most_s=300, healthy_s=60)


def cold() -> Instance:
    return Instance("what-if", "acme/churn", State.COLD, "", None, None, None, NOW, NOW, None)


OPENED = (Event.OPEN, Event.BUILD, Event.START)
"""From the click to the process."""


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
    ready = after(*OPENED, Event.PROGRESS, Event.ANSWER)
    assert (ready.state, ready.address, ready.pid) == (State.READY, PLACE.address, 77)


def test_progress_shows_the_step_and_the_process() -> None:
    starting = after(*OPENED, Event.PROGRESS)
    assert (starting.state, starting.reason, starting.pid) == (State.STARTING, Event.PROGRESS.value, 77)
    assert starting.address is None


def test_a_crash_waits_longer_each_time() -> None:
    delays = [after(*(*OPENED, Event.END) * count) for count in range(1, 5)]
    assert [(i.crashes, (i.retry_at or NOW) - NOW) for i in delays] == [
        (count, timedelta(seconds=2.0**count)) for count in range(1, 5)
    ]


def test_the_wait_after_crashes_is_bounded() -> None:
    assert [BACKOFF.delay_s(crashes) for crashes in (1, 2, 8, 9, 10_000)] == [2, 4, 256, 300, 300]


def test_an_app_that_was_well_for_long_is_forgiven_its_earlier_crashes() -> None:
    lives = (*OPENED, Event.END, *OPENED, Event.ANSWER, Event.END)
    assert after(*lives, seconds_between=60).crashes == 1
    assert after(*lives, seconds_between=59).crashes == 2


def test_being_stopped_is_no_crash() -> None:
    stopped = after(*OPENED, Event.END, *OPENED, Event.ANSWER, Event.STOP, Event.EMPTY, Event.END)
    assert (stopped.state, stopped.crashes, stopped.retry_at) == (State.STOPPED, 0, None)


def test_a_crashed_app_may_start_when_its_time_has_come() -> None:
    crashed = after(*OPENED, Event.END)
    assert not may_start(crashed, NOW + timedelta(seconds=1.9))
    assert may_start(crashed, NOW + timedelta(seconds=2))


@pytest.mark.parametrize(
    ("state", "starts", "stops"),
    [
        (State.COLD, True, False),
        (State.QUEUED, False, True),
        (State.BUILDING, False, True),
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
    ready = after(*OPENED, Event.ANSWER)
    late = NOW + timedelta(seconds=900)
    assert is_idle(ready, late, idle_s=900)
    assert not is_idle(ready, late - timedelta(seconds=1), idle_s=900)
    assert not is_idle(replace(ready, uses=1), late, idle_s=900)
    assert not is_idle(after(*OPENED), late, idle_s=900)


@given(st.lists(st.sampled_from(Event), max_size=30))
def test_whatever_happens_the_snapshot_is_consistent(events: list[Event]) -> None:
    instance = cold()
    for event in events:
        before = instance
        if event not in LIFE[instance.state]:
            continue
        instance = advance(instance, event, now=NOW, reason="", backoff=BACKOFF, at=PLACE)
        assert instance.address is not None or instance.state is not State.READY
        assert instance.address is None or instance.state in {State.READY, State.DRAINING}
        if event is Event.EMPTY:
            assert instance.address is None
        if event is Event.STOP:
            assert instance.address == before.address
        assert (instance.retry_at is not None) == (instance.state is State.CRASHED)
        assert (instance.crashes > 0) or instance.state is not State.CRASHED
        if instance.state in {State.CRASHED, State.STOPPED}:
            assert instance.pid is None


def test_one_that_ran_already_is_ready_with_its_own_age() -> None:
    since = NOW - timedelta(hours=3)
    place = replace(PLACE, since=since)
    found = advance(cold(), Event.ADOPT, now=NOW, reason="", backoff=BACKOFF, at=place)
    assert (found.state, found.address, found.pid, found.started_at) == (State.READY, PLACE.address, 77, since)


def test_who_is_inside_a_draining_instance_is_served_until_it_is_empty() -> None:
    draining = after(*OPENED, Event.ANSWER, Event.STOP)
    assert (draining.state, draining.address) == (State.DRAINING, PLACE.address)
    assert after(*OPENED, Event.ANSWER, Event.STOP, Event.EMPTY).address is None


def test_of_several_instances_the_one_says_most_that_serves_newcomers_or_soon_will() -> None:
    def foremost_of(*states: State) -> State:
        made = [replace(cold(), number=number, state=state) for number, state in enumerate(states, start=1)]
        return foremost(made).state

    assert foremost_of(State.CRASHED, State.READY, State.STARTING) is State.READY
    assert foremost_of(State.DRAINING, State.QUEUED) is State.QUEUED
    assert foremost_of(State.STOPPED, State.DRAINING) is State.DRAINING


def test_of_those_that_ended_the_last_says_most() -> None:
    crashed = replace(cold(), state=State.CRASHED, changed_at=NOW)
    stopped = replace(cold(), number=2, state=State.STOPPED, changed_at=NOW + timedelta(seconds=1))
    assert foremost([crashed, stopped]) is stopped
    assert foremost([replace(crashed, changed_at=NOW + timedelta(hours=1)), stopped]).state is State.CRASHED


def test_the_docs_draw_the_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "apps-life.md").read_text()
    assert f"```mermaid\n{diagram()}\n```" in page
    for state in State:
        assert f"| {state.value} |" in page
