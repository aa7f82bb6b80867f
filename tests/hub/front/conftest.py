"""A front on a real port over a real store, with apps that are played by aiohttp servers on Unix sockets."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from vitrina.apps.allowances import Allowances
from vitrina.apps.launchers.memory import MemoryApp, MemoryLauncher
from vitrina.apps.life import Instance, UnixAddress
from vitrina.apps.supervisor import Supervisor, SupervisorSettings
from vitrina.hub import front
from vitrina.hub.measures.front import FrontMeasures
from vitrina.hub.proxy.diary import Diary
from vitrina.hub.proxy.edge import Edge
from vitrina.hub.proxy.limits import Limits
from vitrina.hub.proxy.openings import Openings
from vitrina.hub.proxy.presence import Presence
from vitrina.hub.proxy.routes import ENTER
from vitrina.hub.settings import Settings
from vitrina.store.opening import Store, open_store
from vitrina.store.records import App

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

DOCUMENT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}
"""What a browser says that goes to an address."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


@pytest.fixture
def settings(store: Store, listener: socket.socket) -> Settings:
    return Settings(place=store.place, apps_port=listener.getsockname()[1], start_timeout_s=20.0)


class Clock:
    """Both clocks of the front, moved by hand."""

    def __init__(self) -> None:
        self.begun, self.seconds = datetime.now(UTC), 0.0

    def growing_s(self) -> float:
        return self.seconds

    def utc(self) -> datetime:
        return self.begun + timedelta(seconds=self.seconds)

    def forward(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(home: Path, clock: Clock) -> Iterator[Store]:
    with open_store(clock=clock.utc) as opened:
        yield opened


class Loopback(AbstractResolver):
    """Every name is this machine, as browsers see `*.localhost`."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is held."""


@dataclass
class House:
    """A running front, and both sides of it."""

    settings: Settings
    store: Store
    supervisor: Supervisor
    launcher: MemoryLauncher
    diary: Diary
    measures: FrontMeasures
    presence: Presence
    edge: Edge
    openings: Openings
    client: aiohttp.ClientSession
    folder: Path
    """Short enough for the name of a socket."""

    _stack: AsyncExitStack
    _awaited: list[tuple[str, str, asyncio.Future[None]]] = field(
        default_factory=list[tuple[str, str, "asyncio.Future[None]"]]
    )
    _servers: list[web.ServerRunner] = field(default_factory=list[web.ServerRunner])

    def url(self, app: App, path: str = "/") -> str:
        return self.settings.sites.of(app).url(path)

    async def enter(self, app: App, *, user_id: int | None = None) -> dict[str, str]:
        """A visitor (or a user) comes in by a ticket; the answer is their Cookie header."""
        ticket = self.store.instances.make_ticket(app.revision_id, user_id)
        url = self.url(app, f"{ENTER}?ticket={ticket}")
        async with self.client.get(url, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
            return {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}

    async def started(self, handler: Handler, *, ws: Handler | None = None) -> MemoryApp:
        """Await the next start of an app, and let it serve with this handler."""
        app = await self.launcher.arrivals.get()
        app.address = UnixAddress(await self.served(handler))
        app.answer()
        return app

    async def served(self, handler: Handler) -> Path:
        """A real server on a Unix socket."""
        place = self.folder / str(len(self._servers))
        server = web.Server(handler, auto_decompress=False, handler_cancellation=True)
        runner = web.ServerRunner(server, access_log=None, shutdown_timeout=0.1)
        self._servers.append(runner)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.UnixSite(runner, str(place)).start()
        return place

    def onto(self, end: Callable[[], object]) -> None:
        """Calls this when the house is closed."""
        self._stack.callback(end)

    async def cut(self) -> None:
        """The servers of all apps are gone; nobody has told the supervisor."""
        for runner in self._servers:
            await runner.cleanup()

    async def until(self, app: App, state: str) -> None:
        """The supervisor says that an app is in this state."""
        now = self.supervisor.get(app.label)
        if now is None or now.state.value != state:
            awaited = asyncio.get_running_loop().create_future()
            self._awaited.append((app.label, state, awaited))
            await awaited

    def note(self, instance: Instance) -> None:
        """What the supervisor says goes to diary and measures, and to tests that wait for it."""
        self.diary.note(instance)
        self.measures.note(instance)
        for key, state, awaited in self._awaited:
            if (instance.key, instance.state.value) == (key, state) and not awaited.done():
                awaited.set_result(None)

    async def running(self, app: App, handler: Handler) -> dict[str, str]:
        """Let an app serve with this handler; the answer is the Cookie header of a visitor who is inside."""
        cookie = await self.enter(app)
        starting = asyncio.create_task(self.started(handler))
        async with self.client.get(self.url(app, "/wakes"), headers=cookie, allow_redirects=False) as answer:
            await answer.read()
        await starting
        return cookie


@pytest.fixture
def limits() -> Limits:
    return Limits()


@pytest.fixture
def allowances() -> Allowances:
    return Allowances()


@pytest.fixture
def looks_at_once() -> bool:
    """Whether the front may look at its start which apps run."""
    return True


@pytest.fixture
async def house(
    settings: Settings,
    store: Store,
    listener: socket.socket,
    clock: Clock,
    limits: Limits,
    allowances: Allowances,
    looks_at_once: bool,
) -> AsyncIterator[House]:
    launcher = MemoryLauncher()
    if not looks_at_once:
        launcher.may_look.clear()
    times = SupervisorSettings(idle_s=settings.idle_s, start_timeout_s=settings.start_timeout_s, allowances=allowances)
    async with _house(settings, store, listener, clock, limits, launcher, times) as opened:
        yield opened


@asynccontextmanager
async def _house(
    settings: Settings,
    store: Store,
    listener: socket.socket,
    clock: Clock,
    limits: Limits,
    launcher: MemoryLauncher,
    times: SupervisorSettings,
) -> AsyncIterator[House]:
    diary = Diary(store, front=front.name_of_front())
    measures = FrontMeasures(settings, store, clock=clock.utc)
    supervisor = Supervisor(
        launcher, settings=times, clock=clock.utc, on_change=lambda instance: opened.note(instance), adopts=True
    )
    app = front.create_front(
        settings,
        store,
        supervisor,
        diary=diary,
        measures=measures,
        limits=limits,
        clocks=front.Clocks(clock.utc, clock.growing_s),
    )
    runner = front.runner(app)
    connector = aiohttp.TCPConnector(resolver=Loopback(), limit=0)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vf-")))
        client = await stack.enter_async_context(
            aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False)
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.SockSite(runner, listener).start()
        seen = app[front.PRESENCE], app[front.EDGE], app[front.OPENINGS]
        opened = House(settings, store, supervisor, launcher, diary, measures, *seen, client, folder, stack)
        yield opened
