"""A look at a page: what it asks of other hosts is refused and listed; a browser that does not work is said."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from vitrina.apps import relay
from vitrina.apps.life import TcpAddress, UnixAddress
from vitrina.hub import looking
from vitrina.hub.looking import BrowserError, Look

PAGE = """<!doctype html><title>x</title>
<link rel="stylesheet" href="https://style.example.org/x.css">
<img src="//user@picture.example.org:8443/x.png"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
<iframe src="https://frame.example.org/"></iframe><iframe src="/inner"></iframe>
<script>
fetch("/own").then(answer => answer.text()).then(() => fetch("https://late.example.org/"));
new WebSocket("wss://socket.example.org/");
new WebSocket(location.origin.replace("http", "ws") + "/socket").onmessage = () => new Image().src = "http://192.0.2.7/x";
new Worker(URL.createObjectURL(new Blob(["fetch('https://worker.example.org/')"])));
</script>"""

HOSTS = (
    *("192.0.2.7", "frame.example.org", "inner.example.org", "late.example.org", "picture.example.org:8443"),
    *("socket.example.org", "style.example.org", "worker.example.org"),
)


async def page(request: web.Request) -> web.Response:
    return web.Response(text=PAGE, content_type="text/html")


async def inner(request: web.Request) -> web.Response:
    return web.Response(text="<script src='https://inner.example.org/x.js'></script>", content_type="text/html")


async def own(request: web.Request) -> web.Response:
    return web.Response(text="own")


async def plain(request: web.Request) -> web.Response:
    return web.Response(text="<p>Nothing but text.", content_type="text/html")


async def socket(request: web.Request) -> web.WebSocketResponse:
    answer = web.WebSocketResponse()
    await answer.prepare(request)
    await answer.send_str("hello")
    async for _ in answer:
        pass
    return answer


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[str]:
    """The address of the pages above, served on a Unix socket and reached through a relay."""
    app = web.Application()
    app.add_routes(
        [web.get(path, do) for path, do in [("/", page), ("/inner", inner), ("/own", own), ("/plain", plain)]]
    )
    app.add_routes([web.get("/socket", socket)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, str(folder / "s")).start()
    bound = relay.listener()
    try:
        async with relay.relay(bound, to=lambda: UnixAddress(folder / "s")):
            yield f"http://trial.localhost:{bound.getsockname()[1]}"
    finally:
        await runner.cleanup()


async def looked(url: str) -> Look:
    found = looking.find_chromium()
    assert found, "Chromium is not installed: apt-get install chromium"
    return await looking.look_at(url, chromium=found, hub_environment=os.environ, timeout_s=20)


@pytest.mark.slow
def test_every_other_host_that_a_page_asks_is_listed(tmp_path: Path) -> None:
    async def story() -> Look:
        async with served(tmp_path) as origin:
            return await looked(f"{origin}/")

    look = asyncio.run(story())
    assert look.hosts == HOSTS
    assert look.seconds is not None


@pytest.mark.slow
def test_a_page_of_its_own_asks_nobody(tmp_path: Path) -> None:
    async def story() -> Look:
        async with served(tmp_path) as origin:
            return await looked(f"{origin}/plain")

    assert asyncio.run(story()).hosts == ()


@pytest.mark.slow
@pytest.mark.parametrize("program", ["true", "cat"])
def test_a_browser_that_does_not_work_is_said(program: str) -> None:
    found = shutil.which(program)
    assert found
    with pytest.raises(BrowserError, match=rf"{program} does not work here"):
        asyncio.run(
            looking.look_at(
                "http://trial.localhost/",
                chromium=Path(found),
                hub_environment=os.environ,
                timeout_s=0.1,
            )
        )


def test_a_relay_passes_bytes_and_ends_both_ways(tmp_path: Path) -> None:
    async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read()).upper())  # it answers only when the asking has ended
        writer.close()

    async def story() -> tuple[bytes, bytes]:
        shouting = await asyncio.start_server(shout, "127.0.0.1", 0)
        address = TcpAddress(*shouting.sockets[0].getsockname()[:2])
        target: list[TcpAddress | None] = [address]
        bound = relay.listener()
        answers: list[bytes] = []
        async with relay.relay(bound, to=lambda: target[0]):
            for to in (address, None):
                target[0] = to
                reader, writer = await asyncio.open_connection(*bound.getsockname()[:2])
                if to is not None:
                    writer.write(b"hello")
                    writer.write_eof()
                answers.append(await reader.read())
                writer.close()
        shouting.close()
        return answers[0], answers[1]

    assert asyncio.run(story()) == (b"HELLO", b"")
