"""Apps without manners behind a front, as real processes: nobody else is harmed, and people are told what it is."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import update

from vitrina.hub import front
from vitrina.hub.proxy.routes import ENTER
from vitrina.hub.settings import Settings
from vitrina.store import bundles
from vitrina.store.apps import AppDraft
from vitrina.store.opening import Store
from vitrina.store.records import App
from vitrina.store.schema.registry import VersionRow

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

STORIES = Path(__file__).parent / "stories"
PLUGIN = Path(__file__).parents[2] / "apps" / "stories" / "plugin"
CHUNK = bytes(65536)
LARGE_BYTES = 64 * 2**20
IN_FLIGHT_BYTES = 24 * 2**20
"""More than all buffers on the way hold; a front that collects bodies takes the whole."""

DOCUMENT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}


@dataclass(frozen=True)
class Inside:
    """Somebody who is inside an app."""

    client: aiohttp.ClientSession
    url: str
    headers: dict[str, str]

    def get(self, path: str, **headers: str):
        return self.client.get(f"{self.url}{path}", headers=self.headers | headers, allow_redirects=False)

    async def text(self, path: str) -> tuple[int, str]:
        async with self.get(path) as answer:
            return answer.status, await answer.text()

    async def until_told(self, state: str) -> str:
        """The page that says so to somebody who comes; each look is a request that the front answers."""
        while True:
            async with self.get("/", **DOCUMENT) as answer:
                if answer.headers.get("X-Vitrina-App-State") == state:
                    return await answer.text()


@pytest.fixture
def logged(store: Store, shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Logs a story as an app."""
    monkeypatch.syspath_prepend(str(PLUGIN))
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))

    def log(name: str) -> App:
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(STORIES / f"{name}.py", folder)
        command = "python rude.py {port}" if name == "rude" else None
        bundle = bundles.pack(folder, command=command, framework=None if command else "plain")
        archive = tmp_path / f"{name}.tar"
        archive.write_bytes(bundle.data)
        draft = AppDraft(archive, bundle.digest, bundle.framework, bundle.entry, bundle.cwd)
        return store.apps.log(shown.version, name, draft)

    return log


@pytest.fixture
def inside(settings: Settings, store: Store, listener: socket.socket):
    """A front that serves, and somebody who is inside an app that runs."""

    @asynccontextmanager
    async def come(app: App) -> AsyncIterator[Inside]:
        stop, is_ready = asyncio.Event(), asyncio.Event()
        serving = asyncio.create_task(front.serve(settings, store, listener, stop=stop, say_ready=is_ready.set))
        await is_ready.wait()
        host = settings.sites.of(app).origin.removeprefix("http://")
        url = f"http://127.0.0.1:{settings.apps_port}"
        async with aiohttp.ClientSession() as client:
            ticket = store.instances.make_ticket(app.revision_id, None)
            async with client.get(
                f"{url}{ENTER}?ticket={ticket}", headers={"Host": host}, allow_redirects=False
            ) as answer:
                cookie = answer.headers["Set-Cookie"].partition(";")[0]
            found = Inside(client, url, {"Host": host, "Cookie": cookie})
            assert await found.text("/") == (200, "hello")  # a program is held until the app serves
            try:
                yield found
            finally:
                stop.set()
                await serving

    return come


async def test_garbage_is_told_and_never_passed_on(inside, logged) -> None:
    async with inside(logged("rude")) as alice:
        status, told = await alice.text("/garbage")
        assert (status, "no HTTP" in told) == (502, False)
        async with alice.get("/garbage", **DOCUMENT) as page:
            assert "The app did not answer" in await page.text()
        with pytest.raises(aiohttp.ClientPayloadError):
            await alice.text("/half")
        assert await alice.text("/") == (200, "hello"), "one bad answer is no crash"


async def test_a_slow_writer_is_passed_on_as_it_writes(inside, logged) -> None:
    async with inside(logged("rude")) as alice, alice.get("/drips") as answer:
        assert await answer.content.readexactly(5) == b"first"
        assert await alice.text("/") == (200, "hello"), "nobody else waits for it"
        assert await alice.text("/go") == (200, "gone")
        assert await answer.content.read() == b"second"


async def test_a_slow_reader_holds_its_own_sender_up_and_nobody_else(inside, logged) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < LARGE_BYTES:
            sent += len(CHUNK)
            yield CHUNK
        yield b"end"

    async with inside(logged("rude")) as alice:
        length = {"Content-Length": str(LARGE_BYTES + 3)}
        sending = asyncio.create_task(
            alice.client.post(f"{alice.url}/sips", data=body(), headers=alice.headers | length)
        )
        for _ in range(20):
            assert await alice.text("/") == (200, "hello")
        assert sent < IN_FLIGHT_BYTES
        assert await alice.text("/go") == (200, "gone")
        async with await sending as answer:
            assert await answer.text() == "drunk"
        assert sent == LARGE_BYTES


async def test_an_app_that_ends_while_it_is_used_is_told_with_its_reason(inside, logged) -> None:
    async with inside(logged("rude")) as alice:
        assert (await alice.text("/leave"))[0] == 502
        page = await alice.until_told("crashed")
        assert "exit 3" in page
        assert "Start again" in page


async def test_an_app_that_closes_its_socket_has_crashed(inside, logged) -> None:
    """Its process would be there for ever, and nobody could reach it, nor start it again."""
    async with inside(logged("deaf")) as alice:
        assert (await alice.text("/close"))[0] == 200
        async with alice.get("/", **DOCUMENT) as page:
            assert (page.status, "The app did not answer" in await page.text()) == (502, True)
        told = await alice.until_told("crashed")
        assert "closed the socket" in told
        assert "Start again" in told


async def test_a_version_that_is_deleted_is_not_there_for_those_who_are_inside(inside, logged, store: Store) -> None:
    app = logged("rude")
    async with inside(app) as alice:
        with store.database.writing() as transaction:
            changed = update(VersionRow).where(VersionRow.id == app.version.id).values(deleted_at=transaction.now)
            transaction.connection.execute(changed)
        while (told := (await alice.text("/"))[0]) == 200:
            """What was allowed holds for some seconds."""
        assert told == 404
