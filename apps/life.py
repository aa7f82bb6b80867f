"""The life of one app instance, as a table that can be checked by eye; `docs/apps-life.md` draws it from here.

Rule 1: every move goes through `advance`, which looks it up in `LIFE`; a pair that is not there is our own mistake.
Rule 2: only the end of the process makes a crash (`END`), never a request that failed.
Rule 3: OPEN on a crashed instance is only sent once `may_start` allows it, so that nothing restarts without end.
Rule 4: who is inside a draining instance stays, by its address, until EMPTY; nobody new gets there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class State(Enum):
    """Where an instance is; the value is the word that pages and headers show."""

    COLD = "cold"
    QUEUED = "queued"
    BUILDING = "building"
    STARTING = "starting"
    READY = "ready"
    DRAINING = "draining"
    CRASHED = "crashed"
    STOPPED = "stopped"


class Event(Enum):
    """What happens to an instance."""

    OPEN = "somebody wants it"
    ADOPT = "it ran already"
    FIND = "it was starting already"
    BUILD = "its turn has come"
    START = "its files and environment are there"
    PROGRESS = "it came one step further"
    ANSWER = "its server answered"
    STOP = "it is to stop"
    EMPTY = "nobody is left inside"
    END = "its process ended"


LIFE: Mapping[State, Mapping[Event, State]] = {
    State.COLD: {Event.OPEN: State.QUEUED, Event.ADOPT: State.READY, Event.FIND: State.STARTING},
    State.QUEUED: {Event.BUILD: State.BUILDING, Event.STOP: State.STOPPED},
    State.BUILDING: {
        Event.PROGRESS: State.BUILDING,
        Event.START: State.STARTING,
        Event.STOP: State.DRAINING,
        Event.END: State.CRASHED,
    },
    State.STARTING: {
        Event.PROGRESS: State.STARTING,
        Event.ANSWER: State.READY,
        Event.STOP: State.DRAINING,
        Event.END: State.CRASHED,
    },
    State.READY: {Event.STOP: State.DRAINING, Event.END: State.CRASHED},
    State.DRAINING: {Event.EMPTY: State.DRAINING, Event.END: State.STOPPED},
    State.CRASHED: {Event.OPEN: State.QUEUED},
    State.STOPPED: {Event.OPEN: State.QUEUED},
}

LIVING = frozenset({State.QUEUED, State.BUILDING, State.STARTING, State.READY})
"""Those that serve newcomers, or will."""

RUNNING = frozenset({State.BUILDING, State.STARTING, State.READY, State.DRAINING})
"""Those that take the machine's room."""

UNDER_WAY = frozenset({State.QUEUED, State.BUILDING, State.STARTING})
"""Those for which waiting helps."""

_TELLING = (State.READY, State.STARTING, State.BUILDING, State.QUEUED, State.DRAINING)


@dataclass(frozen=True)
class UnixAddress:
    """A Unix socket on this machine."""

    path: Path


@dataclass(frozen=True)
class TcpAddress:
    """A host and port, here or on another machine."""

    host: str
    port: int
    viewer_key: str = field(default="", repr=False)
    """With it the instance is told who is looking (see `vitrina.apps.viewing`); empty: only the hub can reach it."""


Address = UnixAddress | TcpAddress


@dataclass(frozen=True)
class Place:
    """Where a process is found: its server's address, and its pid when it runs on this machine.

    `since` is when it was launched, for one that ran before it was found (None: the table's moves tell).
    """

    address: Address
    pid: int | None
    since: datetime | None = None


@dataclass(frozen=True)
class Instance:
    """One instance of an app as it is now; later changes make a new snapshot.

    `number` tells the instances of an app (`key`) apart. `reason` is one line for people: what it waits for, the step
    reached, why it stopped or crashed (empty when ready). The times are UTC. `started_at` is when the current or last
    process was asked for. `uses` counts the requests that people have open, `people` those who are inside. `crashes`
    counts crashes in a row, and until `retry_at` (None: any time) no new start is made. `address` is set exactly while
    it serves: when ready, and while it drains with people inside. `position` is its place among those that wait for
    their start (1: the next; None: it does not wait). `memory_bytes` is what it took when last weighed (None: unknown).
    """

    key: str
    ref: str
    state: State
    reason: str
    address: Address | None
    pid: int | None
    started_at: datetime | None
    changed_at: datetime
    last_used_at: datetime
    log: Path | None
    uses: int = 0
    crashes: int = 0
    retry_at: datetime | None = None
    number: int = 1
    people: int = 0
    position: int | None = None
    memory_bytes: int | None = None


class ImpossibleMoveError(RuntimeError):
    """An event came in a state that does not know it: a mistake of ours."""


@dataclass(frozen=True)
class Backoff:
    """How long a crashed app is left alone: `first_s` seconds, doubled at each crash in a row, never above `most_s`.

    An app that was ready for `healthy_s` seconds before its crash starts counting anew.
    """

    first_s: float = 2.0
    most_s: float = 300.0
    healthy_s: float = 60.0

    def delay_s(self, crashes: int) -> float:
        """Seconds to wait after this many crashes in a row (1 or more)."""
        return min(self.first_s * 2.0 ** min(crashes - 1, 30), self.most_s)


def advance(
    instance: Instance, event: Event, *, now: datetime, reason: str, backoff: Backoff, at: Place | None = None
) -> Instance:
    """The snapshot after an event: the table says where to, this says what else is true there.

    `at` is where the process is found, as far as that is known; it matters while starting and when ready only.
    Raises ImpossibleMoveError for an event that the state does not know.
    """
    state = LIFE[instance.state].get(event)
    if state is None:
        raise ImpossibleMoveError(f"{instance.key}: {event.name} cannot happen while {instance.state.value}")
    after = replace(instance, state=state, reason=reason, changed_at=now, address=None)
    match state:
        case State.QUEUED:
            return replace(after, retry_at=None)
        case State.STARTING if event is Event.START:
            return replace(after, started_at=now)
        case State.STARTING if event is Event.FIND and at:
            return replace(after, pid=at.pid, started_at=at.since)
        case State.STARTING:
            return replace(after, pid=at.pid if at else None)
        case State.READY if at:
            return replace(after, address=at.address, pid=at.pid, started_at=at.since or after.started_at)
        case State.DRAINING if event is Event.STOP:
            return replace(after, address=instance.address)
        case State.CRASHED:
            return _crashed(instance, now=now, after=after, backoff=backoff)
        case State.STOPPED:
            return replace(after, pid=None, crashes=0)
        case _:
            return after


def may_start(instance: Instance, now: datetime) -> bool:
    """Whether opening this instance should start a process now."""
    return Event.OPEN in LIFE[instance.state] and not is_resting(instance, now)


def is_resting(instance: Instance, now: datetime) -> bool:
    """Whether it crashed and is left alone for a while."""
    return instance.retry_at is not None and now < instance.retry_at


def may_stop(instance: Instance) -> bool:
    """Whether there is something that can be told to stop."""
    return Event.STOP in LIFE[instance.state]


def is_idle(instance: Instance, now: datetime, *, idle_s: float) -> bool:
    """Whether a ready instance has been without people for `idle_s` seconds."""
    is_unused = instance.uses == 0 and now - instance.last_used_at >= timedelta(seconds=idle_s)
    return instance.state is State.READY and is_unused


def foremost(instances: Iterable[Instance]) -> Instance:
    """Of an app's instances (one at least) the one that says most of how the app is: the one that is furthest on its
    way to newcomers; of those that ended, the last."""

    def rank(instance: Instance) -> tuple[int, float, int]:
        is_telling = instance.state in _TELLING
        progress = _TELLING.index(instance.state) if is_telling else len(_TELLING)
        return (progress, 0.0 if is_telling else -instance.changed_at.timestamp(), instance.number)

    return min(instances, key=rank)


def diagram() -> str:
    """The table as a Mermaid state diagram, one line for each pair."""
    lines = [
        f"    {state.value} --> {after.value}: {event.value}"
        for state, row in LIFE.items()
        for event, after in row.items()
    ]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {State.COLD.value}", *lines])


def _crashed(before: Instance, *, now: datetime, after: Instance, backoff: Backoff) -> Instance:
    ready_for = now - before.changed_at
    is_forgiven = before.state is State.READY and ready_for >= timedelta(seconds=backoff.healthy_s)
    crashes = 1 if is_forgiven else before.crashes + 1
    return replace(after, pid=None, crashes=crashes, retry_at=now + timedelta(seconds=backoff.delay_s(crashes)))
