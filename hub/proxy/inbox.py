"""What apps record on its way into the store: taken at once, written beside, within each version's room.

An instance's launcher says which app it is that speaks (`take`, in the front's event loop, which it never holds up).
While the store is away entries wait here, as many as there is room for; no app may take more of that than its share.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from vitrina.apps.feedback import MOST_BYTES, Recorded, Said
from vitrina.store.feedback import FeedbackDraft, FeedbackRoom
from vitrina.store.opening import Store
from vitrina.store.records import App

log = logging.getLogger(__name__)

MOST_WAITING = 2000
MOST_WAITING_BYTES = 32 * 1024 * 1024
"""Entries that are not written yet, of all apps."""

SHARE = 4
"""No app revision has more than this part of them."""

AGAIN_S = 5.0
"""After the store did not take them."""

BATCH = 200
"""Written in one transaction."""

UUID_BYTES = 8


@dataclass(frozen=True, slots=True)
class _Entry:
    """Of an instance of the app revision with this label."""

    uuid: str
    label: str
    number: int
    at: datetime
    said: Said

    @property
    def size_bytes(self) -> int:
        return len(self.said.inputs) + len(self.said.output) + len(self.said.note)


class Inbox:
    """Lives in one event loop. `room` is what each version has in the store; `most_waiting` entries may wait."""

    def __init__(
        self, store: Store, *, room: FeedbackRoom, clock: Callable[[], datetime], most_waiting: int = MOST_WAITING
    ) -> None:
        self._store = store
        self._room = room
        self._clock = clock
        self._most_waiting = most_waiting
        self._apps: dict[str, App] = {}
        self._waiting: list[_Entry] = []
        self._full = set[int]()
        self._refused = Counter[int]()
        self._news = asyncio.Event()
        self._is_over = False

    def know(self, app: App) -> None:
        """How an app is now: something may be heard of it."""
        self._apps[app.label] = app

    def take(self, key: str, number: int, said: Said, /) -> Recorded:
        """An instance's launcher heard this of it (see `vitrina.apps.feedback.Intake`)."""
        app = self._apps.get(key)
        if app is not None and not app.serving.feedback:
            return Recorded.SWITCHED_OFF
        if app is not None and app.version.id in self._full:
            self._refused[app.version.id] += 1
            self._news.set()
            return Recorded.FULL
        entry = _Entry(secrets.token_hex(UUID_BYTES), key, number, self._clock(), said)
        if not self._has_room_for(entry):
            return Recorded.NOT_NOW
        self._waiting.append(entry)  # also of an app that nobody has told of yet: an instance that was just adopted
        self._news.set()
        return Recorded.KEPT

    async def write(self) -> None:
        """Write what was taken to the store, until `finish`. See `Diary.write` for why it is not to be cancelled."""
        while not self._is_over:
            await self._news.wait()
            self._news.clear()
            if not await self.flush() and not self._is_over:
                await self._pause()
                self._news.set()
        await self.flush()

    def finish(self) -> None:
        """Let `write` end, with all written that was taken."""
        self._is_over = True
        self._news.set()

    async def flush(self) -> bool:
        """Write what waits; whether the store took it. What it did not take waits on."""
        while self._waiting or self._refused:
            batch, refused = self._waiting[:BATCH], self._refused.copy()
            try:
                full, asked = await asyncio.to_thread(self._keep, batch, refused)
            except Exception:  # the store may be away for a minute: what people tried is not lost for that
                log.exception("Feedback was not written; it waits.", extra={"action": "feedback_waits"})
                return False
            del self._waiting[: len(batch)]
            self._refused -= refused
            self._full = (self._full - asked) | full
        return True

    async def _pause(self) -> None:
        """Before it is tried again; a hub that ends does not wait."""
        ending = asyncio.create_task(self._ending())
        await asyncio.wait({ending}, timeout=AGAIN_S)
        ending.cancel()

    async def _ending(self) -> None:
        while not self._is_over:
            self._news.clear()
            await self._news.wait()

    def _has_room_for(self, entry: _Entry) -> bool:
        """Among what waits, for it and its version."""
        own = [other for other in self._waiting if other.label == entry.label]
        return self._fit([*self._waiting, entry], part=1) and self._fit([*own, entry], part=SHARE)

    def _fit(self, waiting: Sequence[_Entry], *, part: int) -> bool:
        """Whether so much may wait in this part of the room."""
        size_bytes = sum(entry.size_bytes for entry in waiting)
        return len(waiting) <= self._most_waiting // part and size_bytes <= MOST_WAITING_BYTES // part

    def _keep(self, batch: Sequence[_Entry], refused: Counter[int]) -> tuple[set[int], set[int]]:
        """In a thread. Which versions are full now, of which it was asked."""
        known = {app.label: app for app in self._store.apps.by_labels(sorted({entry.label for entry in batch}))}
        drafts = [_draft(entry, app) for entry in batch if (app := known.get(entry.label)) and app.serving.feedback]
        self._store.feedback.keep(drafts, self._room)
        for version_id, count in refused.items():
            self._store.feedback.refuse(version_id, count)
        asked = {draft.version_id for draft in drafts} | set(refused)
        sizes = self._store.feedback.sizes(sorted(asked))
        return {version_id for version_id, size in sizes.items() if self._is_full(*size)}, asked

    def _is_full(self, entries: int, size_bytes: int) -> bool:
        """Whether one more, of whatever size, might not fit."""
        return entries >= self._room.entries or size_bytes + MOST_BYTES > self._room.size_bytes


def _draft(entry: _Entry, app: App) -> FeedbackDraft:
    said = entry.said
    return FeedbackDraft(
        uuid=entry.uuid,
        version_id=app.version.id,
        revision_id=app.revision_id,
        instance=entry.number,
        at=entry.at,
        inputs=said.inputs,
        output=said.output,
        note=said.note,
        flag=said.flag,
        viewer=said.user,
        visitor=said.visitor,
    )
