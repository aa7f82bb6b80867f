"""The front as its process runs it: on a given socket, with real apps, obeying the portal, leaving nothing behind."""

from __future__ import annotations

import asyncio
import os
import socket
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from vitrina.apps import trial
from vitrina.apps.errors import AppError
from vitrina.apps.levels import Level
from vitrina.hub import front, front_line
from vitrina.hub.front_line import FrontLine
from vitrina.hub.measures.told import Told
from vitrina.hub.obeying import obey
from vitrina.hub.proxy.routes import ENTER
from vitrina.store import bundles
from vitrina.store.apps import AppDraft

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

PLUGIN = Path(__file__).parents[2] / "apps" / "stories" / "plugin"
HELLO = """\
def answer(path):
    return f"hello at {path}".encode()
"""


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A framework of somebody else's that starts fast; apps inherit the path on which it is found."""
    monkeypatch.syspath_prepend(str(PLUGIN))
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))


@pytest.fixture
def hello(store, shown, plain, tmp_path: Path):
    source = tmp_path / "hello.py"
    source.write_text(HELLO)
    bundle, archive = bundles.pack(source, framework="plain"), tmp_path / "hello.tar"
    archive.write_bytes(bundle.data)
    draft = AppDraft(archive, bundle.digest, bundle.framework, bundle.entry, bundle.cwd)
    return store.apps.log(shown.version, "hello", draft)


class Served:
    """A front that serves, until it is told to stop."""

    def __init__(self, settings, store, listener) -> None:
        self.settings = settings
        self.store = store
        self.stop = asyncio.Event()
        self.is_ready = asyncio.Event()
        self.task = asyncio.create_task(
            front.serve(settings, store, listener, stop=self.stop, say_ready=self.is_ready.set)
        )

    async def __aenter__(self) -> Served:
        await self.is_ready.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop.set()
        await self.task

    async def get(self, client: aiohttp.ClientSession, app, path: str, **headers: str) -> aiohttp.ClientResponse:
        host = self.settings.sites.of(app).origin.removeprefix("http://")
        url = f"http://127.0.0.1:{self.settings.apps_port}{path}"
        async with client.get(url, headers={"Host": host} | headers, allow_redirects=False) as answer:
            await answer.read()
            return answer

    async def open(self, client: aiohttp.ClientSession, app, path: str) -> str:
        """Comes in by a ticket, and waits for the app as a program does."""
        ticket = self.store.instances.make_ticket(app.revision_id, None)
        entered = await self.get(client, app, f"{ENTER}?ticket={ticket}")
        cookie = entered.headers["Set-Cookie"].partition(";")[0]
        answer = await self.get(client, app, path, Cookie=cookie)
        assert answer.status == 200, await answer.text()
        return await answer.text()

    def state(self, app) -> tuple[str, str, int | None]:
        running = self.store.instances.of_revisions([app.revision_id])[app.revision_id]
        return running.state, running.reason, running.pid


async def test_it_serves_an_app_and_leaves_nothing_behind(settings, store, listener, hello) -> None:
    async with Served(settings, store, listener) as served, aiohttp.ClientSession() as client:
        assert await served.open(client, hello, "/page") == "hello at /page"
        log = settings.home / "apps" / "logs" / f"{hello.label}.log"
        assert log.exists()
    assert served.state(hello) == ("stopped", "The hub stopped.", None)
    assert list((settings.home / "apps" / "running").iterdir()) == []
    assert not [path for path in settings.home.rglob("*") if path.is_socket()]


async def test_the_portal_can_have_an_app_stopped(house, shown) -> None:
    async def app(_: web.Request) -> web.Response:
        return web.Response()

    portal, theirs = front_line.pair()
    with portal, theirs:
        obeying = asyncio.create_task(obey(theirs, house.supervisor, tell=lambda: Told((), ())))
        await house.running(shown.app, app)
        FrontLine(portal).stop("no-such-0000000000", reason="nothing happens")
        portal.send(b"no wish")
        FrontLine(portal).stop(shown.app.label, reason="Alice stopped it.")
        await house.until(shown.app, "stopped")
        assert house.supervisor.get(shown.app.label).reason == "Alice stopped it."
        obeying.cancel()
        await asyncio.wait({obeying})


async def test_what_an_earlier_front_said_is_forgotten(settings, store, listener, hello) -> None:
    async with Served(settings, store, listener) as served, aiohttp.ClientSession() as client:
        await served.open(client, hello, "/")
    with socket.create_server(("127.0.0.1", 0)) as other:
        async with Served(settings, store, other):
            assert store.instances.of_revisions([hello.revision_id]) == {}


async def test_a_home_has_one_front(settings, store, listener, hello) -> None:
    async with Served(settings, store, listener):
        with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(AppError, match="Another hub runs apps"):
            await front.serve(settings, store, other, stop=asyncio.Event())


def test_a_fronts_name_is_its_own_and_short() -> None:
    assert str(os.getpid()) in front.name_of_front()
    assert len(front.name_of_front()) <= front.LONGEST_NAME


GREETING = """\
import greeting

def answer(path):
    return greeting.VERSION.encode()
"""


@pytest.fixture
def greeter(store, shown, plain, shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Logs an app that needs a library which the hub does not have; gives it by what it needs."""
    entry = "[vitrina.frameworks]\nplain = vitrina_plain:Plain\n"
    shop.put(
        "vitrina-plain", "1.0", {"vitrina_plain.py": (PLUGIN / "vitrina_plain.py").read_text()}, entry_points=entry
    )
    monkeypatch.setenv("VITRINA_INDEX_URL", shop.index.url)
    source = tmp_path / "greeter.py"
    source.write_text(GREETING)

    def log(name: str, needs: str):
        bundle, archive = bundles.pack(source, framework="plain", requirements=needs), tmp_path / f"{name}.tar"
        archive.write_bytes(bundle.data)
        draft = AppDraft(archive, bundle.digest, bundle.framework, bundle.entry, bundle.cwd, bundle.requirements)
        return store.apps.log(shown.version, name, draft)

    return log


@pytest.mark.parametrize("level", ["process", "sandbox"])
async def test_apps_are_served_with_the_libraries_that_they_need(
    settings, store, listener, greeter, level: str
) -> None:
    if reason := trial.available().lacking.get(Level(level)):
        pytest.skip(f"THIS MACHINE CANNOT GIVE {level}: {reason}")
    old, new = greeter("old", "greeting==1.0\n"), greeter("new", "greeting==2.0\n")
    async with (
        Served(replace(settings, isolation=Level(level)), store, listener) as served,
        aiohttp.ClientSession() as client,
    ):
        answers = await asyncio.gather(
            served.open(client, old, "/"), served.open(client, new, "/"), return_exceptions=True
        )
        assert answers == ["1.0", "2.0"], [served.state(app) for app in (old, new)]


async def test_a_library_that_does_not_exist_is_said_where_the_app_is_wanted(
    settings, store, listener, greeter
) -> None:
    app = greeter("lost", "no-such-library==1\n")
    async with Served(settings, store, listener) as served, aiohttp.ClientSession() as client:
        with pytest.raises(AssertionError):
            await served.open(client, app, "/")
        while (told := served.state(app))[0] == "building":  # each opening is held for a while
            with pytest.raises(AssertionError):
                await served.open(client, app, "/")
        state, reason, _ = told
        assert state == "crashed"
        assert "no-such-library was not found in the package registry" in reason
    [log] = (settings.home / "apps" / "environments" / "logs").iterdir()
    assert "No solution found" in log.read_text()
