"""The new version is tried while people are at the old one: newcomers neither wait for it nor find it broken.

`latest`, an alias, a stage, or an app without its revision names something else from one day to the next, and the log
of changes says when. If people are inside of what it named before, what it names now is started at once, and its code
is run as for a person who comes. What fails so counts as what does not start (see `vitrina.hub.rollout`): the last
that worked goes on serving. What is to run though nobody comes is rehearsed after each start, too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from vitrina.apps.allowances import RefusedError, Somebody
from vitrina.apps.errors import AppError
from vitrina.apps.life import State
from vitrina.apps.supervisor import Supervisor
from vitrina.hub.proxy.openings import Openings
from vitrina.store.errors import NotFoundError
from vitrina.store.opening import Store
from vitrina.store.records import App, Change
from vitrina.store.versions import LATEST, Stage

log = logging.getLogger(__name__)

EVERY_S = 2.0

READY_WITHIN_S = 120.0
REHEARSED_WITHIN_S = 60.0

FAILED = "Its rehearsal failed."


@dataclass
class Rehearsals:
    """Tries what names have moved to. Lives in the supervisor's event loop."""

    store: Store
    supervisor: Supervisor
    openings: Openings
    _read: int | None = None
    """So far the log of changes is read; None: it is not begun."""

    _tried: dict[str, datetime | None] = field(default_factory=dict[str, "datetime | None"])
    """Of apps that run though nobody comes: which start was rehearsed."""

    async def run(self) -> None:
        """Until cancelled. While the store is away nothing is tried."""
        while True:
            try:
                await self.look()
            except Exception:  # the store may be away for a minute: what moved meanwhile is read afterwards
                log.exception("It could not be asked which names have moved.", extra={"action": "rehearsals_failed"})
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Try all to which names have moved since the last look, one after the other."""
        inside = [one.key for one in self.supervisor.instances() if one.people and one.address is not None]
        for app in await asyncio.to_thread(self._due, inside):
            await self._try(app)
        for app in await asyncio.to_thread(self.store.apps.kept):
            now = self.supervisor.get(app.label)
            if now is not None and now.state is State.READY and self._tried.get(app.label) != now.started_at:
                self._tried[app.label] = now.started_at
                await self._rehearsed(app)

    async def _try(self, app: App) -> None:
        """Start an app and run its code; it then waits for newcomers, or ends when it failed and nobody came."""
        try:
            await self.supervisor.open(self.openings.order(app), payer=Somebody.HUB)
        except RefusedError:  # too much runs: whoever comes starts it, or is told
            return
        now = await self.supervisor.wait_ready(app.label, timeout_s=READY_WITHIN_S)
        if now.state is not State.READY or await self._rehearsed(app):
            return
        now = self.supervisor.get(app.label)
        if now is not None and not now.people and not app.serving.min_instances:
            await self.supervisor.stop(app.label, reason=FAILED, drain=True)

    async def _rehearsed(self, app: App) -> bool:
        try:
            await self.openings.rehearse(app, timeout_s=REHEARSED_WITHIN_S)
        except AppError as error:
            log.warning("%s failed its rehearsal: %s", app.ref, error, extra={"action": "rehearsal_failed"})
            return False
        return True

    def _due(self, inside: Sequence[str]) -> list[App]:
        """What names moved to since the last look, where people are inside of the same app elsewhere."""
        if self._read is None:
            self._read = self.store.changes.last()
        changes = self.store.changes.since(self._read)
        found = {app.label: app for change in changes for app in self._led_to(change)} if inside else {}
        others = self.store.apps.by_labels(inside) if found else []
        if changes:
            self._read = changes[-1].id
        return [app for app in found.values() if any(self._takes_over(app, other) for other in others)]

    def _led_to(self, change: Change) -> list[App]:
        """The apps to which a name leads, as a change says."""
        try:
            match change:
                case Change(kind="version", action="promoted" | "aliased") if change.data.get("name") != Stage.ARCHIVED:
                    version = self.store.find(change.ref).version
                    return self.store.apps.of_versions([version.id])[version.id] if version is not None else []
                case Change(kind="app", action="logged"):
                    app = self.store.find(change.ref).app
                    return [app] if app is not None else []
                case _:
                    return []
        except NotFoundError:  # it is deleted by now
            return []

    def _takes_over(self, app: App, other: App) -> bool:
        """Whether names that led to `other` may lead to `app` now."""
        if app.name != other.name or app.version.collection.id != other.version.collection.id:
            return False
        if app.version.id == other.version.id:
            return app.revision > other.revision
        version, registry = app.version, self.store.registry
        return bool(version.aliases or version.stage) or registry.resolve(version.collection, LATEST).id == version.id
