"""What the front adds to a WebSocket's round trip at 100 open connections, and whether it holds 1,000 open.

    python benchmarks/proxy_sockets.py [--rounds 5]

App and front are processes of their own (`proxy_servers`), asked in turn; one connection after the other sends a line
and awaits its echo while all others are open.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator

import aiohttp
from proxy_servers import HOST, Target, server

AT_ONCE = 100
HELD = 1000
MOST_MS = 1.0
CONNECTING = 50


@contextlib.asynccontextmanager
async def sockets(target: Target, count: int) -> AsyncGenerator[list[aiohttp.ClientWebSocketResponse]]:
    """So many open WebSockets."""
    few = asyncio.Semaphore(CONNECTING)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:

        async def connect() -> aiohttp.ClientWebSocketResponse:
            async with few:
                return await client.ws_connect(f"http://{HOST}:{target.port}/ws", headers=target.headers)

        yield await asyncio.gather(*(connect() for _ in range(count)))


async def echo_ms(socket: aiohttp.ClientWebSocketResponse) -> float:
    begun = time.perf_counter()
    await socket.send_str("hello")
    assert (await socket.receive()).data == "hello"
    return (time.perf_counter() - begun) * 1e3


async def round_trip_ms(target: Target) -> float:
    async with sockets(target, AT_ONCE) as opened:
        return statistics.median([await echo_ms(socket) for socket in opened * 3])


async def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="vb-") as folder, contextlib.ExitStack() as stack:
        place = f"{folder}/app"
        direct = stack.enter_context(server("direct", "app", place))
        front = stack.enter_context(server("front", "front", place))
        async with aiohttp.ClientSession() as client, client.get(f"http://{HOST}:{front.port}/", headers=front.headers):
            pass  # it wakes the app
        rows = [(await round_trip_ms(direct), await round_trip_ms(front)) for _ in range(rounds)]
        added_ms = statistics.median(through - without for without, through in rows)
        print(
            f"{AT_ONCE} connections, medians of {rounds} rounds: direct {statistics.median(r[0] for r in rows):.2f} ms,"
        )
        print(
            f"through the front {statistics.median(r[1] for r in rows):.2f} ms, added {added_ms:.2f} (goal {MOST_MS})"
        )
        async with sockets(front, HELD) as opened:
            slowest_ms = max(await asyncio.gather(*map(echo_ms, opened)))
            print(f"{len(opened):,} held: all answered at once within {slowest_ms:,.0f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    asyncio.run(main(parser.parse_args().rounds))
