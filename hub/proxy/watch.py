"""What goes on between browsers and apps past the front, as far as it must know: who is inside, and what is idle.

A server before the front says when a request, stream or WebSocket begins that may go on for long; the kernel says how
it goes on. A request or stream is use for as long as its connection is there. A WebSocket is open as long as a tab is,
so only what comes from the browser is use: more bytes than the pongs have with which browsers answer frameworks' pings.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from vitrina.apps.crowd import Seat
from vitrina.hub.proxy.connections import Client

log = logging.getLogger(__name__)

EVERY_S = 5.0

PONG_BYTES = 64
"""Within one interval: two pongs of four bytes with their masks and, where the server speaks https, its envelope."""


@dataclass(eq=False)
class _Followed:
    seat: Seat
    is_socket: bool
    held: ExitStack
    received: int | None = None


@dataclass
class Watch:
    """All that goes on past the front. Lives in one event loop; `received` is asked in a thread."""

    received: Callable[[], Mapping[Client, int]]
    _followed: dict[Client, _Followed] = field(default_factory=dict[Client, _Followed])

    def follow(self, client: Client, seat: Seat, *, is_person: bool, is_socket: bool) -> None:
        """Something begins on this connection; what was on it before has ended."""
        self._leave(client)
        followed = self._followed[client] = _Followed(seat, is_socket, ExitStack())
        followed.held.enter_context(seat.stay(is_person=is_person and not is_socket))

    async def check(self) -> None:
        """See what has ended, and where somebody did something."""
        if not self._followed:
            return
        before = set(self._followed)
        received = await asyncio.to_thread(self.received)
        for client in before:
            if client not in received:
                self._leave(client)
            elif (followed := self._followed.get(client)) is not None and followed.is_socket:
                _note(followed, received[client])

    async def run(self) -> None:
        """Check again and again, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.check()
            except OSError:  # what is open stays open for the front; apps then stop late, and none too early
                log.exception("Connections could not be followed.", extra={"action": "connections_unknown"})

    def _leave(self, client: Client) -> None:
        if (followed := self._followed.pop(client, None)) is not None:
            followed.held.close()


def _note(followed: _Followed, received: int) -> None:
    if followed.received is not None and received - followed.received > PONG_BYTES:
        followed.seat.note_person()
    followed.received = received
