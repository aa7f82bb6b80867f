"""Which app is to sit for its picture next, and when: one at a time, and only while nobody waits for anything.

An app that runs anyway is taken first. When all is quiet, an app that has no picture yet is started for it, as somebody
would who opens it, and stopped again if nobody came meanwhile. It counts against nobody; when somebody needs its room,
it is stopped at once, and sits for its picture another time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from vitrina.apps.allowances import RefusedError, Somebody
from vitrina.apps.errors import AppError, StartError
from vitrina.apps.life import UNDER_WAY, Address, Instance, State
from vitrina.apps.pictures import pixels
from vitrina.apps.supervisor import Supervisor
from vitrina.hub.proxy.openings import Openings
from vitrina.store.opening import Store
from vitrina.store.records import App

log = logging.getLogger(__name__)

EVERY_S = 5.0

SETTLED = timedelta(seconds=5)
"""Whoever opened an app has its first page by then."""

QUIET = timedelta(seconds=30)
"""Nobody opened, used or waited for any app for so long: the hub may start one by itself."""

READY_WITHIN_S = 120.0
REHEARSED_WITHIN_S = 60.0

TAKEN = "Its picture was taken, and nobody came meanwhile."


class Camera(Protocol):
    """Takes pictures of apps, one after the other (see `vitrina.apps.pictures.photographer`)."""

    async def take(self, url: str, *, address: Address) -> bytes:
        """A PNG of what somebody sees who opens `url`, which is served at `address`. Raises AppError."""
        ...


@dataclass(frozen=True, slots=True)
class Gallery:
    """Sees to it that every app has a picture. Lives in the supervisor's event loop; `since` is when the hub began."""

    store: Store
    supervisor: Supervisor
    openings: Openings
    camera: Camera
    clock: Callable[[], datetime]
    since: datetime

    async def run(self) -> None:
        """Until cancelled. While the store is away no picture is taken."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.look()
            except Exception:  # the store may be away for a minute: people open apps all the same
                log.exception("It could not be asked which apps lack a picture.", extra={"action": "gallery_failed"})

    async def look(self) -> App | None:
        """Take one picture, if any is due and this is a moment for it; of which app it was."""
        apps = await asyncio.to_thread(self._due)
        app = chosen(apps, self.supervisor.instances(), now=self.clock(), since=self.since)
        if app is None:
            return None
        try:
            png = await self._taken(app)
            width, height = pixels.size_of(png)
        except RefusedError:  # too much runs already: later
            return None
        except AppError as error:
            if self._gave_way(app):
                return None
            log.info("No picture of %s: %s", app.ref, error, extra={"action": "picture_failed", "app": app.label})
            await asyncio.to_thread(self.store.pictures.fail, app, str(error))
        else:
            log.info("A picture of %s was taken.", app.ref, extra={"action": "picture_taken", "app": app.label})
            await asyncio.to_thread(self.store.pictures.keep, app, png, width=width, height=height)
        return app

    def _gave_way(self, app: App) -> bool:
        """Whether it was stopped, and did not fail."""
        now = self.supervisor.get(app.label)
        return now is not None and now.state in {State.DRAINING, State.STOPPED} and now.reason != TAKEN

    def _due(self) -> list[App]:
        due = self.store.pictures.due()
        found = self.store.apps.by_revisions(due)
        return [found[number] for number in due if number in found]

    async def _taken(self, app: App) -> bytes:
        now = self.supervisor.get(app.label)
        if now is not None and now.state is State.READY:
            return await self._taken_of(app, now)
        opened = await self.supervisor.open(self.openings.order(app), payer=Somebody.CAMERA)
        ready = await self.supervisor.wait_ready(app.label, timeout_s=READY_WITHIN_S)
        if ready.state is not State.READY:
            raise StartError(f"It did not start. {ready.reason}")
        try:
            return await self._taken_of(app, ready)
        finally:
            await self._stop_again(app, opened)

    async def _taken_of(self, app: App, instance: Instance) -> bytes:
        assert instance.address is not None, "what is ready can be reached"
        await self.openings.rehearse(app, timeout_s=REHEARSED_WITHIN_S)
        site = self.openings.site_of(app)
        return await self.camera.take(f"{site.origin}{site.prefix}/", address=instance.address)

    async def _stop_again(self, app: App, opened: Instance) -> None:
        now = self.supervisor.get(app.label)
        is_wanted = now is None or now.people or now.uses or now.last_used_at != opened.last_used_at
        if not is_wanted and not app.serving.min_instances:
            await self.supervisor.stop(app.label, reason=TAKEN, drain=True)


def chosen(apps: Sequence[App], instances: Iterable[Instance], *, now: datetime, since: datetime) -> App | None:
    """Of the apps that lack a picture the one to be taken now; None: this is not the moment for any. Pure."""
    lively = list(instances)
    ready = {one.key for one in lively if one.state is State.READY and now - one.changed_at >= SETTLED}
    if any(one.state in UNDER_WAY for one in lively):
        return None
    running = next((app for app in apps if app.label in ready), None)
    if running is not None:
        return running
    of_people = [one for one in lively if one.reason != TAKEN]
    latest = max((max(one.changed_at, one.last_used_at) for one in of_people), default=since)
    is_quiet = now - max(latest, since) >= QUIET and not any(one.uses for one in lively)
    return next(iter(apps), None) if is_quiet else None
