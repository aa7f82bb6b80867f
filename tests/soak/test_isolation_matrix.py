"""Every framework at every level of isolation and with every network, started through nurseries and without."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from vitrina.apps import AppSpec, SubprocessLauncher
from vitrina.apps.launchers.nursery import NurseryLauncher
from vitrina.apps.levels import Level, Network
from vitrina.apps.trial import Found, available
from vitrina.store import bundles

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

STORIES = Path(__file__).parents[1] / "apps" / "stories"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def found() -> Found:
    return available()


@pytest.mark.parametrize("network", Network)
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("launcher", [NurseryLauncher, SubprocessLauncher])
@pytest.mark.parametrize("framework", ["gradio", "streamlit", "dash", "panel"])
async def test_it_runs(
    framework: str, launcher: Any, level: Level, network: Network, found: Found, tmp_path: Path
) -> None:
    if level in found.lacking:
        pytest.skip(found.lacking[level])
    bundle = bundles.pack(STORIES / f"{framework}_square.py", framework=framework)
    archive = tmp_path / "bundles" / framework
    archive.parent.mkdir()
    archive.write_bytes(bundle.data)
    spec = AppSpec(
        key=framework,
        ref=framework,
        framework=framework,
        entry=bundle.entry,
        cwd=".",
        bundle=archive,
        bundle_digest=bundle.digest,
        served=None,
        origin=f"http://{framework}.localhost:8401",
        network=network,
    )
    made = launcher(tmp_path / "apps", hub_environment=os.environ, level=level, readable=(archive.parent,))
    app = await made.launch(spec, number=1)
    try:
        await app.ready(lambda _: None)
        await app.rehearse()
        connector = aiohttp.UnixConnector(str(app.address.path))
        async with aiohttp.ClientSession(connector=connector) as browser, browser.get(f"{spec.origin}/") as answer:
            assert answer.status == 200
    finally:
        await app.stop(grace_s=5)
        await made.close()
