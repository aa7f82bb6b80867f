"""The front's end of the portal's line: wishes are heard one after the other, and fulfilled beside each other.

To stop an app takes seconds, with people inside an hour; nobody else waits for that.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import assert_never

from vitrina.apps.supervisor import Supervisor
from vitrina.hub import front_line
from vitrina.hub.front_line import GarbledWishError, StopApp, TellFigures, Wish
from vitrina.hub.measures.told import Told

log = logging.getLogger(__name__)


async def obey(line: socket.socket, supervisor: Supervisor, *, tell: Callable[[], Told]) -> None:
    """Do what the portal wishes until cancelled. `tell` says how everything stands."""
    under_way = set[asyncio.Task[None]]()
    try:
        while True:
            try:
                wish = await front_line.heard(line)
            except GarbledWishError:
                log.exception("What came from the portal was no wish.", extra={"action": "wish_failed"})
                continue
            doing = asyncio.create_task(_fulfil(wish, supervisor, tell))
            under_way.add(doing)
            doing.add_done_callback(under_way.discard)
    finally:
        for doing in under_way:
            doing.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _fulfil(wish: Wish, supervisor: Supervisor, tell: Callable[[], Told]) -> None:
    try:
        match wish:
            case StopApp(label, reason, drain):
                if supervisor.get(label) is not None:
                    await supervisor.stop(label, reason=reason, drain=drain)
            case TellFigures():
                await front_line.answer(wish, tell())
            case _:
                assert_never(wish)
    except Exception:  # one wish that fails must not be the last that is heard
        log.exception("A wish of the portal failed.", extra={"action": "wish_failed"})
