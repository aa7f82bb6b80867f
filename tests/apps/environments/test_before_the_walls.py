"""A library may hold code that Python runs at its start (a .pth file): not before the walls of the app stand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from vitrina.apps import trial
from vitrina.apps.environments.environments import Environments
from vitrina.apps.launchers.nursery import NurseryLauncher
from vitrina.apps.launchers.subprocess import SubprocessLauncher
from vitrina.apps.levels import Level
from vitrina.apps.spec import AppSpec
from vitrina.store import bundles

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

PLUGIN = Path(__file__).parents[1] / "stories" / "plugin" / "vitrina_plain.py"

SPY = """
import os, pathlib
left = []
for path in {paths!r}:
    try:
        pathlib.Path(path).write_text("a library was here")
        left.append(path)
    except OSError:
        pass
os.environ["LEFT_BY_A_LIBRARY"] = repr(left)
"""

APP = """
import json, os, sys

def seen():
    try:
        return os.listdir({built!r})
    except PermissionError:
        return []

def answer(path):
    assert {built!r} in sys.executable
    return json.dumps({{"left": json.loads(os.environ["LEFT_BY_A_LIBRARY"]), "seen": seen()}}).encode()
"""


@pytest.mark.parametrize("kind", [SubprocessLauncher, NurseryLauncher], ids=["plainly", "forked"])
@pytest.mark.parametrize("level", [Level.LANDLOCK, Level.SANDBOX], ids=lambda level: level.value)
async def test_a_librarys_own_code_runs_within_the_walls(
    level: Level,
    kind: type[SubprocessLauncher | NurseryLauncher],
    shop,
    environments_in: Callable[..., Environments],
    tmp_path: Path,
    plain: dict[str, str],
) -> None:
    if reason := trial.available().lacking.get(Level.SANDBOX):  # in which the environment is built, too
        pytest.skip(f"THIS MACHINE CANNOT GIVE sandbox: {reason}")
    outside = [tmp_path / "outside", tmp_path / "apps" / "running" / "outside", tmp_path / "apps" / "logs" / "outside"]
    spy = SPY.format(paths=[str(path) for path in outside])
    shop.put("sly", "1.0", {"sly.pth": "import sly_spy\n", "sly_spy.py": spy})
    entry = "[vitrina.frameworks]\nplain = vitrina_plain:Plain\n"
    shop.put("vitrina-plain", "1.0", {"vitrina_plain.py": PLUGIN.read_text()}, entry_points=entry)
    environments = environments_in(tmp_path / "environments", level=Level.SANDBOX)
    python = await environments.prepare("sly==1.0", framework="plain")
    app = tmp_path / "app.py"
    app.write_text(APP.format(built=str(tmp_path / "environments" / "built")))
    (tmp_path / "environments" / "built" / "of-another-app").mkdir()
    bundle = bundles.pack(app, framework="plain")
    archive = tmp_path / "files" / "app"
    archive.parent.mkdir()
    archive.write_bytes(bundle.data)
    spec = AppSpec(
        key="app",
        ref="app",
        framework="plain",
        entry=bundle.entry,
        cwd=".",
        bundle=archive,
        bundle_digest=bundle.digest,
        served=None,
        origin="http://app.localhost:8401",
        interpreter=python,
    )
    readable = (archive.parent, tmp_path / "environments" / "built", tmp_path / "environments" / "runner")
    launcher = kind(tmp_path / "apps", level=level, readable=readable, hub_environment=os.environ)
    launched = await launcher.launch(spec, number=1)
    try:
        await launched.ready(lambda _: None)
        connector = aiohttp.UnixConnector(str(launched.address.path))
        async with aiohttp.ClientSession(connector=connector) as browser, browser.get(f"{spec.origin}/") as response:
            told = json.loads(await response.read())
            assert told["left"] == [], "it ran, and could write nowhere"
            assert set(told["seen"]) <= {python.environment}, "environments of other apps are none of its business"
    finally:
        await launched.stop(grace_s=1)
        await launcher.close()
        environments.close()
    assert not any(path.exists() for path in outside)
