"""From "somebody wants this app" to a place that serves it: files, process, first answer. Many may want it at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vitrina.apps.life import Address, State
from vitrina.apps.supervisor import Supervisor
from vitrina.hub.proxy.diary import Diary
from vitrina.hub.proxy.placing import Shelf
from vitrina.store.errors import VitrinaError
from vitrina.store.records import App

log = logging.getLogger(__name__)

CRASH_SHOWN = timedelta(seconds=30)
"""So long an app that crashed is shown as such; who comes later finds it starting again by itself."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How an app is, for whoever wants it now."""

    state: State
    reason: str
    """One line for people; empty when there is nothing to say."""

    changed_at: datetime
    address: Address | None = None
    """Where it serves; set exactly when it is ready."""

    retry_at: datetime | None = None
    """Before this it is not started again; None: at any time."""

    @property
    def is_under_way(self) -> bool:
        """Whether waiting helps."""
        return self.state in {State.STARTING, State.DRAINING}


@dataclass(frozen=True, slots=True)
class Openings:
    """Opens apps through a supervisor. Lives in the supervisor's event loop."""

    supervisor: Supervisor
    shelf: Shelf
    diary: Diary
    origin_of: Callable[[str], str]
    """From an app's label to its origin."""

    clock: Callable[[], datetime]
    _fetching: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, "asyncio.Task[None]"])
    _failed: dict[str, Seen] = field(default_factory=dict[str, Seen])

    def seen(self, app: App) -> Seen:
        """How the app is now."""
        if app.label in self._fetching:
            return Seen(State.STARTING, "Fetching its files.", self.clock())
        if failed := self._failed.get(app.label):
            return failed
        now = self.supervisor.get(app.label)
        if now is None:
            return Seen(State.COLD, "", self.clock())
        return Seen(now.state, now.reason, now.changed_at, address=now.address, retry_at=now.retry_at)

    def wakes(self, app: App) -> bool:
        """Whether somebody who simply comes to the app starts it."""
        seen, now = self.seen(app), self.clock()
        match seen.state:
            case State.COLD | State.STOPPED | State.DRAINING:
                return True
            case State.CRASHED:
                return now - seen.changed_at >= CRASH_SHOWN and (seen.retry_at is None or now >= seen.retry_at)
            case State.STARTING | State.READY:
                return False

    def start(self, app: App) -> None:
        """Have the app started, unless it runs, is on its way or must be left alone for now; returns at once."""
        seen = self.seen(app)
        must_rest = seen.retry_at is not None and self.clock() < seen.retry_at
        if seen.state not in {State.STARTING, State.READY} and not must_rest:
            self._failed.pop(app.label, None)
            self._fetching[app.label] = asyncio.create_task(self._start(app), name=f"open {app.label}")

    async def settled(self, app: App, *, timeout_s: float) -> Seen:
        """Wait until nothing is under way, at most `timeout_s` seconds; the answer is how the app is then."""
        try:
            async with asyncio.timeout(timeout_s):
                while self.seen(app).is_under_way:
                    if fetching := self._fetching.get(app.label):
                        await asyncio.wait({fetching})
                    else:
                        await self.supervisor.wait_ready(app.label, timeout_s=timeout_s)
        except TimeoutError:
            pass
        return self.seen(app)

    async def finish(self) -> None:
        """Wait for what is being fetched: threads cannot be stopped."""
        await asyncio.gather(*self._fetching.values())

    async def _start(self, app: App) -> None:
        self.diary.begin(app, now=self.clock())
        try:
            spec = await asyncio.to_thread(self.shelf.spec, app, origin=self.origin_of(app.label))
            await self.supervisor.open(spec)
        except VitrinaError as error:
            self._fail(app, str(error))
        except (
            Exception
        ) as error:  # a disk or a store may fail in any way: the app must not look as if it were starting
            log.exception("an app could not be placed", extra={"action": "app_not_placed", "app": app.label})
            self._fail(app, f"Its files could not be fetched ({type(error).__name__}). The hub's log says more.")
        finally:
            del self._fetching[app.label]

    def _fail(self, app: App, reason: str) -> None:
        log.warning("%s was not started. %s", app.ref, reason, extra={"action": "app_not_started"})
        self._failed[app.label] = Seen(State.CRASHED, reason, self.clock())
