"""What the front costs: requests a second through it, beside the same requests without it, in one run.

    python benchmarks/proxy.py [--seconds 3] [--rounds 5]

Every server is a process of its own. They are asked in turn, round after round, by 16 connections that are kept open,
and the medians are shown; the processor time is that of the server alone, which other work on the machine changes less.
`direct` is the app's own server, without anything between. `bare proxy` is the least that can be written with aiohttp:
no rights, no headers, no pages. `configurable-http-proxy` is measured when it is on the PATH.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

CONNECTIONS = 16
SMALL = b"x" * 1024
LARGE = b"x" * (16 * 2**20)
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Target:
    """Where requests go."""

    name: str
    port: int
    headers: Mapping[str, str]
    pid: int

    @property
    def used_s(self) -> float:
        """Processor time that its process has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def request(self, path: str) -> bytes:
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


# ---------- what is measured, each in a process of its own


async def serve_app(place: str) -> None:
    """The app: small answers, and a large one. Says its port, and serves on a Unix socket too."""

    async def answer(request: web.BaseRequest) -> web.Response:
        return web.Response(body=LARGE if request.path == "/large" else SMALL)

    runner = web.ServerRunner(web.Server(answer), access_log=None)
    await runner.setup()
    await web.UnixSite(runner, place).start()
    with socket.create_server((HOST, 0)) as listener:
        await web.SockSite(runner, listener).start()
        say(port=listener.getsockname()[1])
        await asyncio.Event().wait()


async def serve_bare_proxy(place: str) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(place, limit=0), auto_decompress=False) as client:

        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            async with client.get(f"http://app{request.raw_path}") as told:
                response = web.StreamResponse(
                    status=told.status, headers={"Content-Length": told.headers["Content-Length"]}
                )
                await response.prepare(request)
                async for chunk in told.content.iter_any():
                    await response.write(chunk)
                await response.write_eof()
                return response

        runner = web.ServerRunner(web.Server(answer), access_log=None)
        await runner.setup()
        with socket.create_server((HOST, 0)) as listener:
            await web.SockSite(runner, listener).start()
            say(port=listener.getsockname()[1])
            await asyncio.Event().wait()


async def serve_front(place: str) -> None:
    """The whole front over a store in memory's place; only the app's process is played."""
    from vitrina.apps.launchers.memory import MemoryLauncher
    from vitrina.apps.life import UnixAddress
    from vitrina.apps.supervisor import Supervisor
    from vitrina.hub import front
    from vitrina.hub.proxy.diary import Diary
    from vitrina.hub.proxy.passes import Pass, Passes
    from vitrina.hub.settings import Settings
    from vitrina.store.apps import AppDraft
    from vitrina.store.opening import open_store
    from vitrina.store.records import Visibility
    from vitrina.store.refs import Noun
    from vitrina.store.registry import Draft

    home = Path(place).parent / "home"
    with open_store(home=home) as store, socket.create_server((HOST, 0)) as listener:
        project = store.projects.describe(store.projects.ensure("demo", "cost"), visibility=Visibility.PUBLIC)
        file = home / "file"
        file.write_bytes(b"content")
        version = store.registry.log(project, Noun.MODEL, "model", Draft([("file", file)])).version
        app = store.apps.log(version, "app", AppDraft(file, "a" * 64, "gradio", "app.py", "."))
        settings = Settings(place=store.place, apps_port=listener.getsockname()[1])
        diary, launcher = Diary(store, front=front.name_of_front()), MemoryLauncher()
        runner = front.runner(
            front.create_front(settings, store, Supervisor(launcher, on_change=diary.note), diary=diary)
        )
        await runner.setup()
        await web.SockSite(runner, listener).start()
        cookie = Passes(settings.secret, clock=time.time).cookie(Pass(app.revision_id, None)).partition(";")[0]
        front.set_memory_apart()
        say(port=settings.apps_port, Host=settings.sites.of(app).origin.removeprefix("http://"), Cookie=cookie)
        while True:
            started = await launcher.arrivals.get()
            started.address = UnixAddress(Path(place))
            started.answer()


def say(**told: object) -> None:
    print(json.dumps(told), flush=True)


# ---------- the measuring


@contextlib.contextmanager
def server(name: str, role: str, place: str) -> Generator[Target]:
    """A process of this file that plays a role."""
    command = [sys.executable, __file__, "--role", role, "--place", place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            told = json.loads(process.stdout.readline())
            port = int(told.pop("port"))
            yield Target(name, port, {"Host": f"{HOST}:{port}"} | told, process.pid)
        finally:
            process.terminate()


@contextlib.contextmanager
def configurable_http_proxy(target: Target) -> Generator[Target | None]:
    program = shutil.which("configurable-http-proxy")
    if program is None:
        yield None
        return
    with socket.create_server((HOST, 0)) as one, socket.create_server((HOST, 0)) as other:
        port, api = one.getsockname()[1], other.getsockname()[1]
    command = [program, "--ip", HOST, "--port", str(port), "--api-port", str(api), "--log-level", "error"]
    with subprocess.Popen([*command, "--default-target", f"http://{HOST}:{target.port}"]) as process:
        try:
            await_port(port)
            yield Target("configurable-http-proxy", port, {"Host": f"{HOST}:{port}"}, process.pid)
        finally:
            process.terminate()


def await_port(port: int) -> None:
    while True:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection((HOST, port)):
            return
        time.sleep(0.05)


async def ask_for_small(target: Target, *, seconds: float) -> tuple[float, float]:
    """Small answers, asked one after the other on each of 16 connections: requests a second, microseconds of each."""
    until, used_s = time.perf_counter() + seconds, target.used_s
    count = sum(await asyncio.gather(*(ask(target, until) for _ in range(CONNECTIONS))))
    return count / seconds, (target.used_s - used_s) / count * 1e6


async def ask(target: Target, until: float) -> int:
    reader, writer = await asyncio.open_connection(HOST, target.port)
    request, count = target.request("/small"), 0
    while time.perf_counter() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        assert await reader.readexactly(len(SMALL)) == SMALL
        count += 1
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


async def measure(targets: list[Target], *, rounds: int, seconds: float) -> None:
    figures: dict[str, list[tuple[float, float, float]]] = {target.name: [] for target in targets}
    for _ in range(rounds):
        for target in targets:
            rate, cost_us = await ask_for_small(target, seconds=seconds)
            figures[target.name].append((rate, cost_us, await megabytes_per_s(target)))
    medians = {
        name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in figures.items()
    }
    reference = medians[targets[0].name][0]
    print(f"medians of {rounds} rounds of {seconds:g} s")
    print(f"{'':26}{'requests/s':>12}{'of direct':>11}{'us each':>9}{'MB/s':>7}")
    for name, (rate, cost_us, flow) in medians.items():
        print(f"{name:26}{rate:12,.0f}{rate / reference:11.2f}{cost_us:9,.0f}{flow:7,.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--role", choices=ROLES, help=argparse.SUPPRESS)
    parser.add_argument("--place", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.role:
        asyncio.run(ROLES[given.role](given.place))
        return
    with tempfile.TemporaryDirectory(prefix="vb-") as folder, contextlib.ExitStack() as stack:
        place = f"{folder}/app"
        direct = stack.enter_context(server("direct", "app", place))
        targets = [
            direct,
            stack.enter_context(server("bare proxy", "bare", place)),
            stack.enter_context(server("front", "front", place)),
            stack.enter_context(configurable_http_proxy(direct)),
        ]
        asyncio.run(measure([one for one in targets if one], rounds=given.rounds, seconds=given.seconds))


ROLES = {"app": serve_app, "bare": serve_bare_proxy, "front": serve_front}

if __name__ == "__main__":
    main()
