"""What becomes of each app: the steps of its start, for those who wait, and its moves in the store, for the portal.

The supervisor tells every change (`note` is its `on_change`). Writing to the store happens beside, in order; of the
state of an instance only the newest is written, of its moves each: a store that is slow or away never holds an app up.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from vitrina.apps.life import Instance, State
from vitrina.store.instances import REHEARSED, STARTS_REMEMBERED, UNFIT
from vitrina.store.opening import Store
from vitrina.store.records import App, Move, Running

log = logging.getLogger(__name__)

SHORTEST_S = 0.1
"""A shorter wait for its turn is not shown as a step."""

AGAIN_S = 2.0
"""So long after a write that failed it is tried again."""

MOST_UNWRITTEN = 10_000
"""Moves that are kept while the store is away; then the oldest are lost."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a start. `seconds` is how long it took, or has taken so far; `is_over` tells which."""

    text: str
    seconds: float
    is_over: bool


@dataclass(slots=True)
class _Start:
    """The last start of one instance."""

    began: list[tuple[str, datetime]] = field(default_factory=list[tuple[str, datetime]])
    turn_at: datetime | None = None
    """When it had waited for its turn."""

    ended_at: datetime | None = None
    was_ready: bool = False


class Diary:
    """Lives in one event loop. `front` names this process among all that ever were (see `records.Running`)."""

    def __init__(self, store: Store, *, front: str, again_s: float = AGAIN_S) -> None:
        self._store = store
        self.front = front
        self._again_s = again_s
        self._revisions: dict[str, int] = {}
        self._starts: dict[tuple[str, int], _Start] = {}
        self._took_s: dict[int, deque[float]] = {}
        self._unwritten: dict[tuple[str, int], Instance] = {}
        self._moves = deque[Move](maxlen=MOST_UNWRITTEN)
        self._news = asyncio.Event()
        self._is_begun = self._is_behind = False
        self._over = asyncio.Event()

    async def begin(self) -> None:
        """Forget what earlier fronts told of instances, and learn how long starts took. Tried again while in vain."""
        try:
            kept = await asyncio.to_thread(self._begin)
        except Exception:  # waiting pages then do not say how long it takes, and others show what was before
            log.exception("What earlier fronts told is not known.", extra={"action": "recall_failed"})
            self._news.set()
            return
        self._is_begun = True
        for number, took in kept.items():
            self._took_s[number] = deque([*took, *self._took_s.get(number, ())], maxlen=STARTS_REMEMBERED)

    def know(self, app: App) -> None:
        """Of this app something may be heard soon."""
        self._revisions[app.label] = app.revision_id

    def note(self, instance: Instance) -> None:
        """The supervisor says how an instance is now."""
        revision_id = self._revisions.get(instance.key)
        if revision_id is None:
            return
        which = (instance.key, instance.number)
        start = self._starts.setdefault(which, _Start())
        match instance.state:
            case State.QUEUED:
                start = self._starts[which] = _Start([(instance.reason, instance.changed_at)])
            case State.BUILDING | State.STARTING:
                _note_step(start, instance)
            case State.READY if start.turn_at is not None:
                took = self._took_s.setdefault(revision_id, deque(maxlen=STARTS_REMEMBERED))
                took.append((instance.changed_at - start.turn_at).total_seconds())
                start.ended_at = instance.changed_at
                start.was_ready = True
            case _:
                start.ended_at = start.ended_at or instance.changed_at
        self._unwritten[which] = instance
        move = Move(revision_id, instance.number, instance.state.value, instance.reason, instance.changed_at)
        self._moves.append(move)
        self._news.set()

    def judge(self, app: App, *, number: int, failure: str | None, at: datetime) -> None:
        """An instance was rehearsed; `failure` says what came of it, None: its code ran."""
        word = REHEARSED if failure is None else UNFIT
        self._moves.append(Move(app.revision_id, number, word, failure or "", at))
        self._news.set()

    def steps(self, key: str, *, now: datetime, number: int = 1) -> Sequence[Step]:
        """The steps of an instance's last start so far, the first one first; none when it was never started here."""
        start = self._starts.get((key, number))
        if start is None or not start.began:
            return ()
        ends = [at for _, at in start.began[1:]] + [start.ended_at or now]
        last = len(ends) - 1
        return [
            Step(text, (end - at).total_seconds(), is_over=number < last or start.ended_at is not None)
            for number, ((text, at), end) in enumerate(zip(start.began, ends, strict=True))
        ]

    def usual_s(self, key: str) -> float | None:
        """How many seconds the app usually took to get ready, from its turn on: the median; None: it never did yet."""
        took = self._took_s.get(self._revisions.get(key, 0))
        return median(took) if took else None

    def was_ready(self, key: str, *, number: int = 1) -> bool:
        """Whether the instance's last start came so far that it served."""
        start = self._starts.get((key, number))
        return start is not None and start.was_ready

    async def write(self) -> None:
        """Write what was noted to the store, until `finish`.

        A write that is cancelled goes on in its thread, and could overtake the last one: wait for this to end instead.
        """
        while not self._over.is_set():
            await self._news.wait()
            if not await self.flush():
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._again_s):
                        await self._over.wait()
        await self.flush()

    def finish(self) -> None:
        """Let `write` end, with all that was noted written, if the store is there."""
        self._over.set()
        self._news.set()

    async def flush(self) -> bool:
        """Write all that was noted and is not written yet; False: it is to be tried again."""
        self._news.clear()
        if not self._is_begun:
            await self.begin()
        if not self._unwritten and not self._moves:
            return self._is_begun
        unwritten, self._unwritten = self._unwritten, {}
        moves = list(self._moves)
        self._moves.clear()
        try:
            await asyncio.to_thread(self._keep, [self._running(instance) for instance in unwritten.values()], moves)
        except Exception:  # pages show an older state meanwhile
            log.exception("The state of apps was not kept.", extra={"action": "note_failed"})
            self._unwritten = unwritten | self._unwritten
            self._moves.extendleft(reversed(moves))
            self._news.set()
            self._is_behind = True
            return False
        if self._is_behind:
            log.warning("The state of apps is kept again.", extra={"action": "note_kept_again"})
            self._is_behind = False
        return self._is_begun

    def _begin(self) -> Mapping[int, Sequence[float]]:
        self._store.instances.clear(except_front=self.front)
        return self._store.instances.start_times()

    def _keep(self, told: Sequence[Running], moves: Sequence[Move]) -> None:
        for running in told:
            self._store.instances.note(running)
        self._store.instances.record(moves)

    def _running(self, instance: Instance) -> Running:
        return Running(
            revision_id=self._revisions[instance.key],
            front=self.front,
            state=instance.state.value,
            reason=instance.reason,
            pid=instance.pid,
            log=str(instance.log or ""),
            started_at=instance.started_at,
            changed_at=instance.changed_at,
            number=instance.number,
        )


def _note_step(start: _Start, instance: Instance) -> None:
    if start.turn_at is None:
        start.turn_at = instance.changed_at
        if start.began and (instance.changed_at - start.began[0][1]).total_seconds() < SHORTEST_S:
            start.began.clear()  # it did not have to wait for its turn
    start.began.append((instance.reason, instance.changed_at))
