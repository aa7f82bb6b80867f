"""What the front costs: requests a second through it, beside the same requests without it, in one run.

    python benchmarks/proxy.py [--seconds 3] [--rounds 5]

Every server is a process of its own (`proxy_servers`). They are asked in turn, round after round, by 16 connections
that are kept open, and the medians are shown; what is held against another is the median of the rounds' ratios.
Processor time is that of the server alone, which other work on the machine changes less. `direct` is the app's own
server, without anything between. `bare proxy` is the least that can be written with aiohttp: no rights, no headers, no
pages. `configurable-http-proxy` is measured when it is on the PATH. The nginxes are measured before an app that is no
brake (another nginx), by connections that send eight requests at a time, so that the asking is none either.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from proxy_servers import HOST, LARGE, SMALL, Target, configurable_http_proxy, server

CONNECTIONS = 16
AT_A_TIME = 8


@dataclass(frozen=True)
class Row:
    """What one round shows of one target."""

    rate: float
    cost_us: float
    flow: float


async def ask_for_small(target: Target, *, seconds: float, at_a_time: int) -> tuple[float, float]:
    """Small answers, on each of 16 connections: requests a second, microseconds of each."""
    until, used_s = time.perf_counter() + seconds, target.used_s
    count = sum(await asyncio.gather(*(ask(target, until, at_a_time) for _ in range(CONNECTIONS))))
    return count / seconds, (target.used_s - used_s) / count * 1e6


async def ask(target: Target, until: float, at_a_time: int) -> int:
    reader, writer = await asyncio.open_connection(HOST, target.port)
    request, count = target.request("/small"), 0
    for _ in range(2):  # the first one may wake the app, and is answered by others then
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        await reader.readexactly(len(SMALL))
    whole = len(head) + len(SMALL)
    while time.perf_counter() < until:
        writer.write(request * at_a_time)
        answers = await reader.readexactly(whole * at_a_time)
        assert answers.startswith(b"HTTP/1.1 200"), answers[:200]
        count += at_a_time
    writer.close()
    return count


async def megabytes_per_s(target: Target) -> float:
    reader, writer = await asyncio.open_connection(HOST, target.port, limit=2**20)
    begun = time.perf_counter()
    writer.write(target.request("/large"))
    await reader.readuntil(b"\r\n\r\n")
    async for part in parts(reader, len(LARGE)):
        assert part
    writer.close()
    return len(LARGE) / 1e6 / (time.perf_counter() - begun)


async def parts(reader: asyncio.StreamReader, size: int) -> AsyncIterator[bytes]:
    while size:
        part = await reader.read(2**18)
        size -= len(part)
        yield part


async def measure(targets: Sequence[Target], *, rounds: int, seconds: float, at_a_time: int) -> None:
    """One table; each target is held against the one before it and the first."""
    rows: dict[str, list[Row]] = {target.name: [] for target in targets}
    for _ in range(rounds):
        for target in targets:
            rate, cost_us = await ask_for_small(target, seconds=seconds, at_a_time=at_a_time)
            flow = await megabytes_per_s(target) if at_a_time == 1 else 0.0
            rows[target.name].append(Row(rate, cost_us, flow))
    first, last = targets[0].name, targets[-1].name
    print(f"medians of {rounds} rounds of {seconds:g} s")
    print(f"{'':26}{'requests/s':>12}{'of ' + first:>14}{'us each':>9}{'MB/s':>7}   of {last}")
    for name, own in rows.items():
        rate, cost_us, flow = (statistics.median(column) for column in zip(*map(as_tuple, own), strict=True))
        of_first, of_last = (statistics.median(ratios(own, rows[other])) for other in (first, last))
        print(f"{name:26}{rate:12,.0f}{of_first:14.2f}{cost_us:9,.0f}{flow:7,.0f}{of_last:7.2f}")
    print()


def as_tuple(row: Row) -> tuple[float, float, float]:
    return row.rate, row.cost_us, row.flow


def ratios(own: Sequence[Row], other: Sequence[Row]) -> list[float]:
    return [one.rate / two.rate for one, two in zip(own, other, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vb-") as folder, contextlib.ExitStack() as stack:
        place = f"{folder}/app"
        direct = stack.enter_context(server("direct", "app", place))
        targets = [
            direct,
            stack.enter_context(server("bare proxy", "bare", place)),
            stack.enter_context(server("front", "front", place)),
            stack.enter_context(configurable_http_proxy(direct)),
        ]
        present = [one for one in targets if one]
        asyncio.run(measure(present, rounds=given.rounds, seconds=given.seconds, at_a_time=1))
    with tempfile.TemporaryDirectory(prefix="vb-") as folder, contextlib.ExitStack() as stack:
        place = f"{folder}/app"
        stack.enter_context(server("fast app", "fast", place))
        before = [stack.enter_context(server(name, name, place)) for name in ("nginx", "edge")]
        asyncio.run(measure(before, rounds=given.rounds, seconds=given.seconds, at_a_time=AT_A_TIME))


if __name__ == "__main__":
    main()
