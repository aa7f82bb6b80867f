"""What maintainers decide of how apps are served, carried to the supervisor while it runs."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from vitrina.apps.life import LIVING
from vitrina.apps.supervisor import Supervisor
from vitrina.hub.proxy.openings import Openings
from vitrina.store.opening import Store
from vitrina.store.records import App

log = logging.getLogger(__name__)

ASK_S = 5.0
"""As late a decision may be felt."""


@dataclass(frozen=True, slots=True)
class Tending:
    """Asks the store again and again: which apps are to run though nobody comes, and what became of those that run."""

    store: Store
    supervisor: Supervisor
    openings: Openings

    async def look(self) -> None:
        """Once."""
        running = {instance.key for instance in self.supervisor.instances() if instance.state in LIVING}
        for app in await asyncio.to_thread(self._apps, running):
            await self.supervisor.keep(self.openings.order(app))

    async def run(self) -> None:
        """Until cancelled. While the store is away all stays as it is."""
        while True:
            try:
                await self.look()
            except Exception:  # the store may be away for a minute: what runs goes on
                log.exception("It could not be asked how apps are served.", extra={"action": "tending_failed"})
            await asyncio.sleep(ASK_S)

    def _apps(self, running: set[str]) -> list[App]:
        kept = {app.label: app for app in self.store.apps.kept()}
        return [*kept.values(), *self.store.apps.by_labels(sorted(running - kept.keys()))]
