"""The use of apps by day, on its way to the store: counted here, and written there in batches.

However much happens, the store is written once in `EVERY_S` at most. While it is away everything is kept, added up: for
each app and day one line of figures, and who came, up to a bound. A front that is killed loses what it had not written.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from vitrina.hub.proxy.passes import Pass
from vitrina.store.opening import Store
from vitrina.store.usage import DayOfApp, Figures, Viewer

log = logging.getLogger(__name__)

EVERY_S = 5.0
"""Between two writes; so much is lost when the front is killed."""

MOST_VIEWERS = 100_000
"""Who came is kept while the store is away; beyond this, newcomers are not counted."""

KEY_DIGITS = 32
"""Of what stands for a viewer: 128 bits, so that no two are taken for one."""


def key_of(secret: str) -> bytes:
    """With what viewers are made unknown. It is kept beside the store, never in it."""
    return hmac.new(secret.encode(), b"vitrina viewers", hashlib.sha256).digest()


def who(key: bytes, app_id: int, given: Pass) -> str:
    """What stands for a viewer of one app: a person who is signed in, else a browser.

    It tells that the same one came again, and nothing else: without the key it cannot be found out who it is, and at
    another app the same one is another.
    """
    name = f"session {given.session}" if given.user_id is None else f"user {given.user_id}"
    return hmac.new(key, f"{app_id} {name}".encode(), hashlib.sha256).hexdigest()[:KEY_DIGITS]


@dataclass(slots=True)
class _Unwritten:
    """What is not in the store yet. Adding to it is what each request costs."""

    figures: dict[DayOfApp, Figures] = field(default_factory=dict[DayOfApp, Figures])
    viewers: set[Viewer] = field(default_factory=set[Viewer])

    def of(self, day: DayOfApp) -> Figures:
        figures = self.figures.get(day)
        if figures is None:
            figures = self.figures[day] = Figures()
        return figures

    def put_back(self, failed: _Unwritten) -> None:
        """A write failed: its content counts with what came meanwhile."""
        for day, figures in failed.figures.items():
            self.of(day).add(figures)
        for viewer in failed.viewers:
            if len(self.viewers) < MOST_VIEWERS:
                self.viewers.add(viewer)


class Book:
    """Lives in one event loop. `key` is of `key_of`; days are UTC's by `clock`."""

    def __init__(
        self,
        store: Store,
        *,
        key: bytes,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        every_s: float = EVERY_S,
    ) -> None:
        self._store = store
        self._key = key
        self._clock = clock
        self._every_s = every_s
        self._unwritten = _Unwritten()
        self._known: tuple[date, set[tuple[int, int | str]]] = (date.min, set())
        self._heaviest: dict[DayOfApp, int] = {}
        self._news = asyncio.Event()
        self._over = asyncio.Event()

    def opened(self, app_id: int, given: Pass, *, is_new: bool) -> None:
        """Somebody came in; `is_new`: their session begins."""
        figures = self._today(app_id)
        figures.openings += 1
        figures.sessions += is_new
        self.seen(app_id, given)

    def seen(self, app_id: int, given: Pass) -> None:
        """Somebody is at the app. Asked at every request, so that those are counted who stay over midnight."""
        today = self._clock().date()
        if self._known[0] != today:
            self._known = (today, set())
        known, them = self._known[1], (app_id, given.session if given.user_id is None else given.user_id)
        if them in known or len(self._unwritten.viewers) >= MOST_VIEWERS:
            return
        if len(known) >= MOST_VIEWERS:  # the store knows them, too: it costs a row that is there already
            known.clear()
        known.add(them)
        self._unwritten.viewers.add(Viewer(app_id, today, who(self._key, app_id, given)))
        self._news.set()

    def answered(self, app_id: int, *, is_error: bool) -> None:
        """A request was passed on to the app; `is_error`: it failed there."""
        figures = self._today(app_id)
        figures.requests += 1
        figures.errors += is_error

    def started(self, app_id: int) -> None:
        """A start of the app began."""
        self._today(app_id).starts += 1

    def ready(self, app_id: int, seconds: float) -> None:
        """A start ended well, after so long."""
        figures = self._today(app_id)
        figures.ready += 1
        figures.ready_s += seconds
        figures.ready_most_s = max(figures.ready_most_s, seconds)

    def crashed(self, app_id: int) -> None:
        """It ended by itself, while it started or later."""
        self._today(app_id).crashes += 1

    def weighed(self, app_id: int, memory_bytes: int) -> None:
        """An instance was found to take so much memory: worth a line only when it never took more that day."""
        day = DayOfApp(app_id, self._clock().date())
        if memory_bytes > self._heaviest.get(day, 0):
            self._heaviest = {one: most for one, most in self._heaviest.items() if one.day == day.day}
            self._heaviest[day] = memory_bytes
            self._today(app_id).memory_most_bytes = memory_bytes

    async def write(self) -> None:
        """Write what was counted to the store, again and again, until `finish`; then all that is left.

        A write that is cancelled goes on in its thread: wait for this to end instead.
        """
        while not self._over.is_set():
            await self._news.wait()
            await self._pause()
            await self.flush()
        await self.flush()

    def finish(self) -> None:
        """Let `write` end."""
        self._over.set()
        self._news.set()

    async def flush(self) -> None:
        """Write what is not written yet, in one transaction."""
        self._news.clear()
        unwritten, self._unwritten = self._unwritten, _Unwritten()
        if not unwritten.figures and not unwritten.viewers:
            return
        try:
            await asyncio.to_thread(self._store.use.record, unwritten.figures, unwritten.viewers)
        except Exception:  # the store may be away for a minute: what was counted is written later
            log.exception("The use of apps was not kept.", extra={"action": "use_not_kept"})
            self._unwritten.put_back(unwritten)
            self._news.set()

    def _today(self, app_id: int) -> Figures:
        self._news.set()
        return self._unwritten.of(DayOfApp(app_id, self._clock().date()))

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._every_s):
                await self._over.wait()
        except TimeoutError:
            return
