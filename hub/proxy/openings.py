"""From "somebody wants this app" to a place that serves them. Many may want it at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from vitrina.apps.allowances import Payer, RefusedError, Somebody
from vitrina.apps.crowd import Seat
from vitrina.apps.errors import AppError, StartError
from vitrina.apps.life import UNDER_WAY, State
from vitrina.apps.order import OnStep, Order
from vitrina.apps.spec import AppSpec
from vitrina.apps.supervisor import Supervisor
from vitrina.hub.measures.front import FrontMeasures
from vitrina.hub.proxy.diary import Diary
from vitrina.hub.proxy.inbox import Inbox
from vitrina.hub.proxy.libraries import Libraries
from vitrina.hub.proxy.placing import Shelf
from vitrina.hub.proxy.visits import Visit
from vitrina.hub.sites import Site
from vitrina.store.errors import VitrinaError
from vitrina.store.records import App

log = logging.getLogger(__name__)

CRASH_SHOWN = timedelta(seconds=30)
"""So long an app that crashed is shown as such; who comes later finds it starting again by itself."""

ASKED_AGAIN_S = 5.0
"""Whoever is held says so often that they still wait: less than the supervisor's patience."""

LOOKING = "One moment: the hub has just started, and looks which apps run already."


@dataclass(frozen=True, slots=True)
class Seen:
    """How an app is, for somebody who wants it now and is not served."""

    state: State
    reason: str
    """One line for people; empty when there is nothing to say."""

    changed_at: datetime
    number: int = 1
    """Which of the app's instances is meant."""

    retry_at: datetime | None = None
    """Before this it is not started again; None: at any time."""

    position: int | None = None
    """Their place among those who wait; None: they do not wait for others."""

    refusal: RefusedError | None = None
    """Why it is not started for them."""

    @property
    def is_under_way(self) -> bool:
        """Whether waiting helps."""
        return self.state in UNDER_WAY | {State.DRAINING}


@dataclass(frozen=True, slots=True)
class Openings:
    """Opens apps through a supervisor. Lives in the supervisor's event loop."""

    supervisor: Supervisor
    shelf: Shelf
    diary: Diary
    site_of: Callable[[App], Site]
    """Where browsers see an app."""

    clock: Callable[[], datetime]
    libraries: Libraries
    measures: FrontMeasures
    inbox: Inbox
    _fetching: set[asyncio.Future[AppSpec]] = field(default_factory=set["asyncio.Future[AppSpec]"])

    def seat(self, visit: Visit) -> Seat | None:
        """Where this visitor is served; None when they are not. Asked at every request."""
        if self.supervisor.is_looking:
            return None
        return self.supervisor.seat(visit.app.label, visit.shown.session)

    def seen(self, visit: Visit) -> Seen:
        """How the app is now, for a visitor who is not served."""
        if self.supervisor.is_looking:
            return Seen(State.QUEUED, LOOKING, self.clock())
        label, session = visit.app.label, visit.shown.session
        now = self.supervisor.get(label, session)
        if now is None:
            return Seen(State.COLD, "", self.clock())
        if now.state is State.READY:
            now = self.supervisor.coming(label)
            if now is None:
                return self._full(visit)
        return Seen(now.state, now.reason, now.changed_at, now.number, retry_at=now.retry_at, position=now.position)

    def wakes(self, visit: Visit) -> bool:
        """Whether somebody who simply comes to the app starts it, or says by it that they still wait."""
        seen, now = self.seen(visit), self.clock()
        match seen.state:
            case State.COLD | State.STOPPED | State.DRAINING | State.QUEUED:
                return not self.supervisor.is_looking
            case State.CRASHED:
                return now - seen.changed_at >= CRASH_SHOWN and (seen.retry_at is None or now >= seen.retry_at)
            case State.BUILDING | State.STARTING | State.READY:
                return False

    async def start(self, visit: Visit) -> Seen:
        """Have the app started, unless it runs, is on its way or must be left alone for now."""
        payer: Payer = visit.subject.name or Somebody.VISITOR
        try:
            await self.supervisor.open(self.order(visit.app), session=visit.shown.session, payer=payer)
        except RefusedError as error:
            return Seen(State.COLD, str(error), self.clock(), refusal=error)
        except AppError as error:  # the hub is stopping
            return Seen(State.STOPPED, str(error), self.clock())
        return self.seen(visit)

    async def settled(self, visit: Visit, *, timeout_s: float) -> Seen | Seat:
        """Wait until they are served or nothing is under way, at most `timeout_s` seconds; how it is then."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self.seat(visit) is None and self.seen(visit).is_under_way:
                    await self._news_of(visit)
        return self.seat(visit) or self.seen(visit)

    async def rehearse(self, app: App, *, timeout_s: float) -> None:
        """Run the code of an app that is ready as for a person who comes, and keep what came of it.

        Raises as `Supervisor.rehearse` does.
        """
        now = self.supervisor.get(app.label)
        number = now.number if now is not None else 1
        try:
            await self.supervisor.rehearse(app.label, timeout_s=timeout_s)
        except StartError as error:
            self.diary.judge(app, number=number, failure=error.message, at=self.clock())
            raise
        self.diary.judge(app, number=number, failure=None, at=self.clock())

    def order(self, app: App) -> Order:
        """How to have this app running."""
        self.diary.know(app)
        self.measures.know(app)
        self.inbox.know(app)

        async def build(on_step: OnStep) -> AppSpec:
            now = self.supervisor.get(app.label)
            interpreter = await self.libraries.of(app, on_step=on_step)
            spec = await self._fetched(app, is_doubted=now is not None and now.crashes == 1)
            return replace(spec, interpreter=interpreter)

        site = self.site_of(app)
        return Order(
            key=app.label,
            ref=f"{app.ref}@{app.revision}",
            project=app.version.collection.project.ref,
            bundle_digest=app.blob.digest,
            origin=site.origin,
            prefix=site.prefix,
            build=build,
            first_step=f"Fetching the files of version {app.version.number}.",
            serving=app.serving,
        )

    async def order_of(self, label: str) -> Order | None:
        """The same for a label; None when no app has it (any more)."""
        app = await asyncio.to_thread(self.shelf.store.apps.by_label, label)
        return self.order(app) if app is not None else None

    async def finish(self) -> None:
        """Wait for what is being fetched: threads cannot be stopped."""
        await asyncio.gather(*self._fetching, return_exceptions=True)

    async def _news_of(self, visit: Visit) -> None:
        """Wait for something new; say now and then that somebody still waits for their turn."""
        try:
            async with asyncio.timeout(ASKED_AGAIN_S):
                await self.supervisor.news()
        except TimeoutError:
            if self.seen(visit).state is State.QUEUED and not self.supervisor.is_looking:
                await self.start(visit)

    def _full(self, visit: Visit) -> Seen:
        """All places of an app are taken."""
        position = self.supervisor.position(visit.app.label, visit.shown.session)
        places = visit.app.serving.people or 0
        reason = f"All its places are taken: {places} in each instance, and it may have no more instances."
        return Seen(State.QUEUED, reason, self.clock(), position=position)

    async def _fetched(self, app: App, *, is_doubted: bool) -> AppSpec:
        work = asyncio.to_thread(self.shelf.spec, app, site=self.site_of(app), is_doubted=is_doubted)
        fetching = asyncio.ensure_future(work)
        self._fetching.add(fetching)
        fetching.add_done_callback(self._fetching.discard)
        try:
            return await asyncio.shield(fetching)
        except VitrinaError:
            raise
        except Exception as error:  # a disk or a store may fail in any way: people are told of it, the log more
            log.exception("an app could not be placed", extra={"action": "app_not_placed", "app": app.label})
            raise AppError(
                f"Its files could not be fetched ({type(error).__name__}).", hint="The hub's log says more."
            ) from error
