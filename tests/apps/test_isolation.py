"""Apps run within their walls: unchanged, with limits, and with the network that they were given. Real processes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from vitrina.apps import AppSpec, SubprocessLauncher
from vitrina.apps.launchers.nursery import NurseryLauncher
from vitrina.apps.levels import Level, Network
from vitrina.apps.limits import Limits
from vitrina.apps.trial import Found, available
from vitrina.store import bundles

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

FRAMEWORKS = ("gradio", "streamlit", "dash", "panel")


@pytest.fixture(scope="module")
def found() -> Found:
    return available()


@pytest.fixture
def spec(tmp_path: Path, stories: Path) -> Callable[..., AppSpec]:
    def make(name: str, *, framework: str = "plain", network: Network = Network.NONE) -> AppSpec:
        bundle = bundles.pack(stories / f"{name}.py", framework=framework)
        name = Path(name).name
        archive, key = tmp_path / "bundles" / name, name.replace("_", "-")
        archive.parent.mkdir(exist_ok=True)
        archive.write_bytes(bundle.data)
        return AppSpec(
            key=key,
            ref=name,
            framework=framework,
            entry=bundle.entry,
            cwd=".",
            bundle=archive,
            bundle_digest=bundle.digest,
            served=None,
            origin=f"http://{key}.localhost:8401",
            network=network,
        )

    return make


@pytest.fixture
def port() -> Iterator[int]:
    """One of this machine's, where somebody listens, such as the hub."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def running(tmp_path: Path, plain: dict[str, str]) -> Any:
    @asynccontextmanager
    async def run(spec: AppSpec, *, level: Level, launcher: Any = NurseryLauncher) -> AsyncIterator[Any]:
        made = launcher(tmp_path / "apps", hub_environment=plain, level=level, readable=(spec.bundle.parent,))
        launched = await made.launch(spec, number=1)
        try:
            await launched.ready(lambda _: None)
            yield launched
        finally:
            await launched.stop(grace_s=5)
            await made.close()

    return run


async def get(app: Any, path: str) -> bytes:
    connector = aiohttp.UnixConnector(str(app.address.path))
    async with (
        aiohttp.ClientSession(connector=connector) as browser,
        browser.get(f"http://app.localhost{path}") as told,
    ):
        assert told.status == 200
        return await told.read()


@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_every_framework_runs_at_the_strongest_level(
    framework: str, found: Found, running: Any, spec: Any
) -> None:
    async with running(spec(f"{framework}_square", framework=framework), level=found.strongest) as app:
        await app.rehearse()
        assert b"<html" in (await get(app, "/"))[:1000].lower()


@pytest.mark.parametrize("level", Level, ids=lambda level: level.value)
@pytest.mark.parametrize("launcher", [NurseryLauncher, SubprocessLauncher])
async def test_limits_are_on_at_every_level(
    level: Level, launcher: Any, found: Found, running: Any, spec: Any, port: int
) -> None:
    if level in found.lacking:
        pytest.skip(found.lacking[level])
    async with running(spec("surroundings"), level=level, launcher=launcher) as app:
        facts = json.loads(await get(app, f"/?{port}"))
    limits = Limits()
    assert (facts["files"], facts["file_bytes"], facts["core"]) == (limits.open_files, limits.file_bytes, 0)
    assert facts["niceness"] == os.nice(0) + limits.niceness
    assert facts["oom_score"] >= 500
    if level is Level.SANDBOX:
        assert facts["processes"] == limits.processes
        assert facts["uid"] != 0, "root's hub lends apps another user"


@pytest.mark.parametrize(
    ("network", "itself", "the_machine"),
    [(Network.NONE, False, False), (Network.LOOPBACK, True, False), (Network.FULL, True, True)],
)
async def test_a_sandboxed_app_has_the_network_that_it_was_given(
    network: Network, itself: bool, the_machine: bool, found: Found, running: Any, spec: Any, port: int
) -> None:
    if Level.SANDBOX in found.lacking:
        pytest.skip(found.lacking[Level.SANDBOX])
    async with running(spec("surroundings", network=network), level=Level.SANDBOX) as app:
        facts = json.loads(await get(app, f"/?{port}"))
    assert (facts["reaches_itself"], facts["reaches_the_machine"]) == (itself, the_machine)


async def test_an_app_that_fills_its_folder_is_ended_and_its_log_says_why(
    found: Found, running: Any, spec: Any, tmp_path: Path
) -> None:
    async with running(spec("attack"), level=found.strongest) as app:
        with pytest.raises(aiohttp.ClientConnectionError):
            await get(app, "/fill_the_disk?{}")
        assert (await app.ended()).signal == signal.SIGXFSZ
    [log] = (tmp_path / "apps" / "logs").iterdir()
    assert log.read_text().endswith("--- The app was ended: it filled its folder with more than 4,294,967,296 bytes.\n")


async def test_an_app_may_outlive_a_change_of_the_level(found: Found, running: Any, spec: Any, port: int) -> None:
    """Folders and logs that apps of a sandbox had belong to those of another level afterwards, and the other way."""
    for level in (found.strongest, Level.PROCESS, found.strongest):
        async with running(spec("surroundings"), level=level) as app:
            assert json.loads(await get(app, f"/?{port}"))["core"] == 0


async def test_nothing_outlives_a_killed_hub_whatever_stands_around_it(
    found: Found, spec: Any, stories: Path, tmp_path: Path, plain: dict[str, str], has_ended: Callable[[int], bool]
) -> None:
    app = spec("rogues/has_children")
    arguments = [str(tmp_path / "apps"), str(app.bundle), app.bundle_digest, found.strongest.value]
    hub = await asyncio.create_subprocess_exec(
        sys.executable, str(stories / "walled_hub.py"), *arguments, env=os.environ | plain, stdout=PIPE
    )
    assert hub.stdout
    pids = json.loads(await hub.stdout.readline())
    assert len(pids) == 5, "its guard, the app and three children"
    hub.kill()
    await hub.wait()
    assert all(has_ended(pid) for pid in pids)
