"""What tests of apps share: a clock moved by hand, specs, real bundles, a launcher with its own folder."""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

import aiohttp
import pytest

from vitrina.apps import (
    AppSpec,
    Instance,
    NurseryLauncher,
    State,
    SubprocessLauncher,
    Supervisor,
    SupervisorSettings,
    UnixAddress,
)
from vitrina.apps.launchers.renewal import Renewal
from vitrina.store import bundles

STORIES = Path(__file__).parent / "stories"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def stories() -> Path:
    return STORIES


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


class SpecOf(Protocol):
    def __call__(
        self,
        path: Path,
        *,
        framework: str | None = ...,
        served: Path | None = ...,
        entry: str | None = ...,
        cwd: str | None = ...,
    ) -> AppSpec: ...


@pytest.fixture
def spec_of(tmp_path: Path) -> SpecOf:
    """Packs an app's file or folder and says how to start it, as the hub does."""

    def make(
        path: Path,
        *,
        framework: str | None = None,
        served: Path | None = None,
        entry: str | None = None,
        cwd: str | None = None,
    ) -> AppSpec:
        bundle = bundles.pack(path, framework=framework, entry=entry, cwd=cwd)
        key = path.stem.replace("_", "-")
        archive = tmp_path / f"{key}.tar"
        archive.write_bytes(bundle.data)
        return AppSpec(
            key=key,
            ref=f"acme/churn/models/classifier@1.0.0/apps/{key}",
            framework=bundle.framework,
            entry=bundle.entry,
            cwd=bundle.cwd,
            bundle=archive,
            bundle_digest=bundle.digest,
            served=served,
            origin=f"http://{key}.localhost:8401",
        )

    return make


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a hub that has somebody's framework "plain" installed, beside the secrets that hubs have."""
    plugin = str(STORIES / "plugin")
    monkeypatch.syspath_prepend(plugin)
    secrets = {
        "VITRINA_TOKEN": "token",
        "VITRINA_URL": "postgresql://",
        "AWS_SECRET_ACCESS_KEY": "key",
        "HOME": "/root",
    }
    return {"PATH": os.environ["PATH"], "PYTHONPATH": plugin, "LANG": "C.UTF-8", **secrets}


LAUNCHERS = {
    "plain": SubprocessLauncher,
    "nursery": partial(NurseryLauncher, bounds=Renewal(quiet_s=3600)),  # makes no spares while a test counts
}
"""The launchers of this machine: what holds for one holds for all."""


@pytest.fixture(params=LAUNCHERS)
def way(request: pytest.FixtureRequest) -> str:
    """How apps begin, by name; a test that takes it, or a stand, runs over all launchers."""
    return request.param


class Stand:
    """A supervisor over real processes, with all its snapshots in order."""

    def __init__(self, folder: Path, *, way: str, settings: SupervisorSettings, environment: dict[str, str]) -> None:
        self.folder = folder
        self.moves: list[Instance] = []
        self.launcher = LAUNCHERS[way](folder, hub_environment=environment)
        self.supervisor = Supervisor(self.launcher, settings=settings, on_change=self._note)
        self._news = asyncio.Condition()
        self._notices: set[asyncio.Task[None]] = set()

    def _note(self, instance: Instance) -> None:
        self.moves.append(instance)
        task = asyncio.ensure_future(self._notify())
        self._notices.add(task)
        task.add_done_callback(self._notices.discard)

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def start(self, spec: AppSpec) -> Instance:
        """Open an app and wait until nothing is under way."""
        await self.supervisor.open(spec)
        return await self.supervisor.wait_ready(spec.key, timeout_s=120)

    async def until(self, key: str, state: State) -> Instance:
        """Wait until an app is in a state."""

        def found() -> Instance | None:
            instance = self.supervisor.get(key)
            return instance if instance and instance.state is state else None

        async with self._news:
            instance = await self._news.wait_for(found)
        assert instance
        return instance

    @asynccontextmanager
    async def visit(self, instance: Instance) -> AsyncIterator[aiohttp.ClientSession]:
        """A person's browser at an app: a session whose relative addresses are the app's, seen under its origin."""
        assert isinstance(instance.address, UnixAddress)
        host = f"{instance.key}.localhost:8401"
        connector = aiohttp.UnixConnector(str(instance.address.path))
        headers = {"X-Forwarded-Proto": "http", "X-Forwarded-Host": host, "X-Forwarded-For": "203.0.113.9"}
        async with aiohttp.ClientSession(f"http://{host}", connector=connector, headers=headers) as session:
            yield session

    async def get(self, instance: Instance, path: str = "/") -> bytes:
        async with self.visit(instance) as browser, browser.get(path) as response:
            assert response.status == 200
            return await response.read()


StandIn = Callable[..., AbstractAsyncContextManager[Stand]]


@pytest.fixture
async def stand(tmp_path: Path, plain: dict[str, str], way: str) -> AsyncIterator[Stand]:
    async with standing(tmp_path / "apps", way=way, environment=plain) as made:
        yield made


@pytest.fixture(name="stand_in")
def stand_in_a_folder(way: str) -> StandIn:
    """Makes a stand in any folder."""
    return partial(standing, way=way)


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_socket() or path.parent.name == "running"]


@asynccontextmanager
async def standing(
    folder: Path, *, way: str, environment: dict[str, str], settings: SupervisorSettings | None = None
) -> AsyncIterator[Stand]:
    made = Stand(folder, way=way, settings=settings or SupervisorSettings(start_timeout_s=90), environment=environment)
    await made.launcher.adopt()
    try:
        yield made
    finally:
        await made.supervisor.close()
        assert leftovers(folder) == [], "a private folder or a socket was left"


@pytest.fixture
def impatient_stand(tmp_path: Path, plain: dict[str, str], way: str):
    """A stand that gives an app a second to get ready, and half a second to end."""
    settings = SupervisorSettings(start_timeout_s=1.0, stop_timeout_s=0.5)
    return standing(tmp_path / "impatient", way=way, environment=plain, settings=settings)


@pytest.fixture
def has_ended() -> Iterator[Callable[[int], bool]]:
    """Waits for the end of any process, at most 20 seconds; says whether it came."""

    def wait(pid: int) -> bool:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            return True
        try:
            return bool(select.select([descriptor], [], [], 20)[0])
        finally:
            os.close(descriptor)

    return wait
