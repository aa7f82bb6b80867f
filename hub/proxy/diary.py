"""What becomes of each app: the steps of its start, for those who wait, and its state in the store, for the portal.

The supervisor tells every change (`note` is its `on_change`). Writing to the store happens beside, in order, and only
the newest state of an app is written: a store that is slow or away never holds an app up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from vitrina.apps.life import Instance, State
from vitrina.store.opening import Store
from vitrina.store.records import App, Running

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a start. `seconds` is how long it took, or has taken so far; `is_over` tells which."""

    text: str
    seconds: float
    is_over: bool


@dataclass(slots=True)
class _Start:
    """The last start of one app, and how long its starts took."""

    revision_id: int
    began: list[tuple[str, datetime]] = field(default_factory=list[tuple[str, datetime]])
    ended_at: datetime | None = None
    was_ready: bool = False
    usual_s: float | None = None


class Diary:
    """Lives in one event loop. `front` names this process among all that ever were (see `records.Running`)."""

    def __init__(self, store: Store, *, front: str) -> None:
        self._store = store
        self.front = front
        self._starts: dict[str, _Start] = {}
        self._unwritten: dict[str, Instance] = {}
        self._news = asyncio.Event()
        self._is_over = False

    def begin(self, app: App, *, now: datetime) -> None:
        """A start begins, with what the front itself does for it."""
        start = self._starts.setdefault(app.label, _Start(app.revision_id))
        start.began = [(f"Fetching the files of version {app.version.number}.", now)]
        start.ended_at = None
        start.was_ready = False

    def note(self, instance: Instance) -> None:
        """The supervisor says how an app is now."""
        start = self._starts.get(instance.key)
        if start is None:
            return
        match instance.state:
            case State.STARTING:
                start.began.append((instance.reason, instance.changed_at))
            case State.READY if start.began:
                start.usual_s = (instance.changed_at - start.began[0][1]).total_seconds()
                start.ended_at = instance.changed_at
                start.was_ready = True
            case _:
                start.ended_at = start.ended_at or instance.changed_at
        self._unwritten[instance.key] = instance
        self._news.set()

    def steps(self, key: str, *, now: datetime) -> Sequence[Step]:
        """The steps of an app's last start so far, the first one first; none when it was never started here."""
        start = self._starts.get(key)
        if start is None:
            return ()
        ends = [at for _, at in start.began[1:]] + [start.ended_at or now]
        last = len(ends) - 1
        return [
            Step(text, (end - at).total_seconds(), is_over=number < last or start.ended_at is not None)
            for number, ((text, at), end) in enumerate(zip(start.began, ends, strict=True))
        ]

    def usual_s(self, key: str) -> float | None:
        """How many seconds the app took to get ready the last time it did; None: never yet."""
        start = self._starts.get(key)
        return start.usual_s if start is not None else None

    def was_ready(self, key: str) -> bool:
        """Whether the app's last start came so far that it served."""
        start = self._starts.get(key)
        return start is not None and start.was_ready

    async def write(self) -> None:
        """Write what was noted to the store, until `finish`.

        A write that is cancelled goes on in its thread, and could overtake the last one: wait for this to end instead.
        """
        while not self._is_over:
            await self._news.wait()
            await self.flush()

    def finish(self) -> None:
        """Let `write` end, with all that was noted written."""
        self._is_over = True
        self._news.set()

    async def flush(self) -> None:
        """Write all that was noted and is not written yet."""
        self._news.clear()
        unwritten, self._unwritten = self._unwritten, {}
        for instance in unwritten.values():
            running = self._running(instance)
            try:
                await asyncio.to_thread(self._store.instances.note, running)
            except Exception:  # pages show an older state meanwhile; the next change is written again
                log.exception("The state of %s was not kept.", instance.ref, extra={"action": "note_failed"})

    def _running(self, instance: Instance) -> Running:
        return Running(
            revision_id=self._starts[instance.key].revision_id,
            front=self.front,
            state=instance.state.value,
            reason=instance.reason,
            pid=instance.pid,
            log=str(instance.log or ""),
            started_at=instance.started_at,
            changed_at=instance.changed_at,
        )
