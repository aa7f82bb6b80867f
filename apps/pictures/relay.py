"""A port that leads to one app: the sandbox has no network, and asks the hub for each connection to the app.

Over the channel (packets that keep their borders) one word asks, and the answer brings a connected socket or none. So
nothing in the sandbox can name, find or reach any other socket of the machine.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import AsyncGenerator

ASK = b"connect"
HERE, NONE = b"connected", b"refused"
LONGEST_BYTES = 64

CHUNK_BYTES = 64 * 1024
HOST = "127.0.0.1"


@asynccontextmanager
async def relay(channel: socket.socket) -> AsyncGenerator[int]:
    """Listen on a port of this network while the block runs; it is what is given."""
    one_at_a_time = asyncio.Lock()

    async def pass_on(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            async with one_at_a_time:
                app = await asyncio.to_thread(connection, channel)
            if app is not None:
                await _both_ways(reader, writer, app)
        except OSError:  # either side may hang up at any time: the browser sees that, and so does the page
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(pass_on, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def connection(channel: socket.socket) -> socket.socket | None:
    """A new connection to the app; None when the hub has none to give. Raises OSError."""
    channel.send(ASK)
    answer, files, _, _ = socket.recv_fds(channel, LONGEST_BYTES, 1, socket.MSG_CMSG_CLOEXEC)
    return socket.socket(fileno=files[0]) if answer == HERE and files else None


async def _both_ways(reader: StreamReader, writer: StreamWriter, app: socket.socket) -> None:
    app.setblocking(False)
    to_read, to_write = await _streams_of(app)
    try:
        await asyncio.gather(_pump(reader, to_write), _pump(to_read, writer))
    finally:
        to_write.close()


async def _streams_of(connected: socket.socket) -> tuple[StreamReader, StreamWriter]:
    if connected.family is socket.AF_UNIX:
        return await asyncio.open_unix_connection(sock=connected)
    return await asyncio.open_connection(sock=connected)


async def _pump(source: StreamReader, target: StreamWriter) -> None:
    while chunk := await source.read(CHUNK_BYTES):
        target.write(chunk)
        await target.drain()
    with suppress(OSError):
        target.write_eof()
