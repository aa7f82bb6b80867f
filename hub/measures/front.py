"""All that the front counts, in one place: who counts what, what is written to the store, what the portal is told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from vitrina.apps.launchers.stock import Stock
from vitrina.apps.life import Instance
from vitrina.apps.supervisor import Supervisor
from vitrina.hub.measures import told
from vitrina.hub.measures.book import Book, key_of
from vitrina.hub.measures.builds import Builds
from vitrina.hub.measures.recordings import Recordings
from vitrina.hub.measures.starts import Starts
from vitrina.hub.measures.told import Told
from vitrina.hub.measures.traffic import Traffic
from vitrina.hub.settings import Settings
from vitrina.store.opening import Store
from vitrina.store.records import App

log = logging.getLogger(__name__)

WEIGHED_S = 10.0
"""How often it is looked what apps take; the supervisor weighs them less often."""

FOLD_S = 24 * 3600.0


class FrontMeasures:
    """Lives in the supervisor's event loop. `clock` gives the moment in UTC."""

    def __init__(
        self, settings: Settings, store: Store, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store = store
        self._apps: dict[str, App] = {}
        self.book = Book(store, key=key_of(settings.secret), clock=clock)
        self.traffic = Traffic(self.book)
        self.starts = Starts(self.book, self._apps.get)
        self.builds = Builds()
        self.recordings = Recordings()

    def know(self, app: App) -> None:
        """Of this app something may be heard soon."""
        self._apps[app.label] = app

    def note(self, instance: Instance) -> None:
        """The supervisor says how an instance is now."""
        self.starts.note(instance)

    def told(self, supervisor: Supervisor, stock: Callable[[], Sequence[Stock]]) -> Told:
        """Everything, as it is at this moment."""
        instances = supervisor.instances()
        running = told.of_instances(instances, self._apps.get)
        counting = (self.traffic, self.starts, self.builds, self.recordings)
        counted = [family for one in counting for family in one.families()]
        return Told([*counted, *told.standing(instances, running, stock())], running)

    def weigh(self, supervisor: Supervisor) -> None:
        """Note what each app takes, as far as that is known."""
        for one in supervisor.instances():
            if one.memory_bytes is not None and (app := self._apps.get(one.key)) is not None:
                self.book.weighed(app.id, one.memory_bytes)

    async def run(self, supervisor: Supervisor) -> None:
        """Do by and by what nobody asks for, until cancelled."""
        await asyncio.gather(self._weigh_often(supervisor), self._fold_daily())

    async def _weigh_often(self, supervisor: Supervisor) -> None:
        while True:
            await asyncio.sleep(WEIGHED_S)
            self.weigh(supervisor)

    async def _fold_daily(self) -> None:
        """Forget who came long ago."""
        while True:
            try:
                await asyncio.to_thread(self._store.use.fold)
            except Exception:  # the store may be away: tomorrow is another day
                log.exception("Viewers of long ago were not folded.", extra={"action": "not_folded"})
            await asyncio.sleep(FOLD_S)
