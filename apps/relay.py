"""A relay: a loopback port whose connections go, byte for byte, to somebody who listens elsewhere."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress

from vitrina.apps.life import Address, TcpAddress, UnixAddress

HOST = "127.0.0.1"
CHUNK_BYTES = 64 * 1024


def listener() -> socket.socket:
    """A socket bound to a free loopback port."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.bind((HOST, 0))
    return made


@asynccontextmanager
async def relay(bound: socket.socket, *, to: Callable[[], Address | None]) -> AsyncGenerator[None]:
    """Pass connections on for as long as this is held; `to` says where to (None: nowhere yet, then they are closed)."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = to()
        if address is not None:
            with suppress(OSError):
                await join((reader, writer), await connect(address))

    async with held(lambda connected: asyncio.start_server(connected, sock=bound), pass_on):
        yield


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]


@asynccontextmanager
async def held(
    start: Callable[[Connected], Awaitable[asyncio.Server]],
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]],
) -> AsyncGenerator[None]:
    """A server for as long as this is held; then its connections are cut too. Each is closed when it was served."""
    open_ones: set[asyncio.Task[None]] = set()

    async def to_its_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Tasks of our own: asyncio takes the cancelling of one that it made for a fault, and logs it."""
        task = asyncio.create_task(to_its_end(reader, writer))
        open_ones.add(task)
        task.add_done_callback(open_ones.discard)

    server = await start(connected)
    try:
        yield
    finally:
        server.close()
        for task in list(open_ones):
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)


async def connect(address: Address) -> Ends:
    """A connection to an address. Raises OSError."""
    match address:
        case UnixAddress(path):
            return await asyncio.open_unix_connection(path)
        case TcpAddress(host, port):
            return await asyncio.open_connection(host, port)


async def join(one: Ends, other: Ends) -> None:
    """Copy both ways until both have ended; then `other` is closed."""
    try:
        async with asyncio.TaskGroup() as both:
            both.create_task(_copy(one[0], other[1]))
            both.create_task(_copy(other[0], one[1]))
    finally:
        other[1].close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the end of what comes; then the other side is told so."""
    with suppress(OSError):
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
