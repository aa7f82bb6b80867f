"""Who is inside, so that long answers and sockets end when their reader's right does.

A short request is decided once, when it comes. A stream that stays open is asked about again and again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from vitrina.hub.proxy.visits import FRESH_S, Visit, Visits

log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Stay:
    visit: Visit
    leave: Callable[[], None]


@dataclass
class Presence:
    """All requests and sockets that are open now. Lives in one event loop."""

    visits: Visits
    _stays: set[_Stay] = field(default_factory=set[_Stay])

    @contextmanager
    def stay(self, visit: Visit, leave: Callable[[], None]) -> Generator[None]:
        """Hold this while a request or socket is open. `leave` must cut it off at once; it may be called late."""
        stay = _Stay(visit, leave)
        self._stays.add(stay)
        try:
            yield
        finally:
            self._stays.discard(stay)

    async def check(self) -> None:
        """Cut off everybody who may no longer be where they are."""
        for stay in list(self._stays):
            if stay in self._stays and not await self.visits.still(stay.visit):
                log.info("%s is closed to a reader.", stay.visit.app.ref, extra={"action": "visit_ended"})
                stay.leave()

    async def run(self) -> None:
        """Check again and again, until cancelled. While the store is away nobody is cut off."""
        while True:
            await asyncio.sleep(FRESH_S)
            try:
                await self.check()
            except Exception:  # the store may be away for a minute: those inside go on, and are asked about again
                log.exception("Rights could not be asked for.", extra={"action": "rights_unknown"})
