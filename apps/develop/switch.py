"""The switch: one address, whose connections go, byte for byte, to the start of an app that serves now."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

from vitrina.apps import relay
from vitrina.apps.life import Address


class Switch:
    """Whoever comes before anything was ever served waits. Lives in one event loop."""

    def __init__(self) -> None:
        self._to: Address | None = None
        self._line = ""
        self._is_set = asyncio.Event()
        self._joined: set[asyncio.Task[Any]] = set()

    def turn(self, to: Address | None, *, line: str = "") -> None:
        """From now on people go there; those who are elsewhere are cut off, and come back by themselves or by hand.

        None: nobody serves; people are told `line`.
        """
        self._to, self._line = to, line
        self._is_set.set()
        for task in list(self._joined):
            task.cancel()

    @asynccontextmanager
    async def on(self, bound: socket.socket) -> AsyncGenerator[None]:
        """Take connections on a bound socket for as long as this is held."""
        async with relay.held(lambda connected: asyncio.start_server(connected, sock=bound), self._pass_on):
            yield

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._is_set.wait()
        with suppress(OSError):
            if self._to is None:
                await _tell(reader, writer, self._line)
                return
            task = asyncio.current_task()
            assert task is not None
            self._joined.add(task)
            try:
                await relay.join((reader, writer), await relay.connect(self._to))
            finally:
                self._joined.discard(task)


async def _tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: str) -> None:
    """Answer one request, whatever it is, with a line."""
    with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        await reader.readuntil(b"\r\n\r\n")
    body = f"{line}\n".encode()
    head = (
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n"
        f"Retry-After: 1\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
