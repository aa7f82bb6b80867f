"""What goes on between browsers and apps past the front, as far as it must know: an upload, a long answer to one.

A server before the front says when a request begins that may go on for long; the kernel says how long its connection
is there, and for so long it is use of the app.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from vitrina.apps.crowd import Seat
from vitrina.hub.proxy.connections import Client

log = logging.getLogger(__name__)

EVERY_S = 5.0


@dataclass
class Watch:
    """All that goes on past the front. Lives in one event loop; `opened` is asked in a thread."""

    opened: Callable[[], frozenset[Client]]
    _followed: dict[Client, ExitStack] = field(default_factory=dict[Client, ExitStack])

    def follow(self, client: Client, seat: Seat, *, is_person: bool) -> None:
        """Something begins on this connection; what was on it before has ended."""
        self._leave(client)
        held = self._followed[client] = ExitStack()
        held.enter_context(seat.stay(is_person=is_person))

    async def check(self) -> None:
        """See what has ended."""
        if not self._followed:
            return
        before = set(self._followed)
        for client in before - await asyncio.to_thread(self.opened):
            self._leave(client)

    async def run(self) -> None:
        """Check again and again, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.check()
            except OSError:  # what is open stays open for the front; apps then stop late, and none too early
                log.exception("Connections could not be followed.", extra={"action": "connections_unknown"})

    def _leave(self, client: Client) -> None:
        if (held := self._followed.pop(client, None)) is not None:
            held.close()
