"""Apps that start in an environment of their own: our modules need nothing there but Python and the framework."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from vitrina.apps import trial
from vitrina.apps.environments.environments import Environments
from vitrina.apps.errors import StartError
from vitrina.apps.launchers.subprocess import SubprocessLauncher
from vitrina.apps.levels import Level
from vitrina.apps.life import UnixAddress
from vitrina.apps.served import write_served
from vitrina.apps.spec import AppSpec
from vitrina.store import bundles

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

APP = """
import json, sys
import greeting, library
from vitrina.apps import served

OURS = ("sqlalchemy", "aiohttp", "pytest", "numpy", "packaging", "pathspec")

def found(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True

def answer(path):
    told = {"version": greeting.VERSION, "library": library.NAME, "prefix": sys.prefix, "ref": served().ref}
    return json.dumps(told | {"ours": [name for name in OURS if found(name)], "path": sys.path}).encode()
"""

PLUGIN = Path(__file__).parents[1] / "stories" / "plugin" / "vitrina_plain.py"


@pytest.fixture(params=[Level.PROCESS, Level.SANDBOX], ids=lambda level: level.value)
def level(request: pytest.FixtureRequest) -> Level:
    """The weakest level, and the strongest, which takes bubblewrap."""
    if reason := trial.available().lacking.get(request.param):
        pytest.skip(f"THIS MACHINE CANNOT GIVE {request.param.value}: {reason}")
    return request.param


@pytest.fixture
def environments(
    shop, environments_in: Callable[..., Environments], tmp_path: Path, level: Level, plain: dict[str, str]
):
    """With somebody's framework in the shop, as a hub of that level has them."""
    entry = "[vitrina.frameworks]\nplain = vitrina_plain:Plain\n"
    shop.put("vitrina-plain", "1.0", {"vitrina_plain.py": PLUGIN.read_text()}, entry_points=entry)
    made = environments_in(tmp_path / "environments", level=level)
    yield made
    made.close()


@pytest.fixture
def spec(tmp_path: Path, plain: dict[str, str]) -> AppSpec:
    """An app that imports a library of its environment, and one from above its folder."""
    source = tmp_path / "source"
    (source / "apps").mkdir(parents=True)
    (source / "apps" / "what_if.py").write_text(APP)
    (source / "library.py").write_text("NAME = 'from above'\n")
    bundle = bundles.pack(source / "apps" / "what_if.py", cwd="..", framework="plain")
    archive, served = tmp_path / "files" / "bundle.tar", tmp_path / "files" / "served"
    archive.parent.mkdir()
    archive.write_bytes(bundle.data)
    meta = {"ref": "a/b/models/c@1.0.0", "name": "c", "version": "1.0.0", "kind": "model", "owner": "a", "project": "b"}
    write_served(served, meta=meta, files=[])
    return AppSpec(
        key="what-if",
        ref="a/b/models/c@1.0.0/apps/what-if",
        framework=bundle.framework,
        entry=bundle.entry,
        cwd=bundle.cwd,
        bundle=archive,
        bundle_digest=bundle.digest,
        served=served,
        origin="http://what-if.localhost:8401",
    )


@asynccontextmanager
async def running(spec: AppSpec, folder: Path, level: Level) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser at the app, which runs as long as this is held."""
    readable = (folder / "files", folder / "environments" / "built", folder / "environments" / "runner")
    launcher = SubprocessLauncher(folder / "apps", level=level, readable=readable, hub_environment=os.environ)
    launched = await launcher.launch(spec, number=1)
    try:
        await launched.ready(lambda _: None)
        assert isinstance(launched.address, UnixAddress)
        connector = aiohttp.UnixConnector(str(launched.address.path))
        async with aiohttp.ClientSession("http://what-if.localhost:8401", connector=connector) as session:
            yield session
    finally:
        await launched.stop(grace_s=1)
        await launcher.close()


async def test_an_app_runs_with_its_libraries_and_none_of_the_hubs(
    environments: Environments, spec: AppSpec, tmp_path: Path, level: Level
) -> None:
    python = await environments.prepare("greeting==1.0", framework="plain")
    spec = replace(spec, interpreter=python)
    async with running(spec, tmp_path, level) as browser, browser.get("/") as response:
        told = await response.json(content_type=None)
    assert (told["version"], told["library"], told["ref"]) == ("1.0", "from above", "a/b/models/c@1.0.0")
    assert told["ours"] == []
    assert told["prefix"] == str(python.python.parent.parent)


async def test_two_apps_have_two_versions_of_a_library_at_once(
    environments: Environments, spec: AppSpec, tmp_path: Path, level: Level
) -> None:
    wishes = ("greeting==1.0", "greeting==2.0")
    pythons = await asyncio.gather(*(environments.prepare(wish, framework="plain") for wish in wishes))
    versions: list[str] = []
    for python in pythons:
        async with running(replace(spec, interpreter=python), tmp_path, level) as browser, browser.get("/") as response:
            versions.append((await response.json(content_type=None))["version"])
    assert versions == ["1.0", "2.0"]


@pytest.mark.parametrize("level", [Level.SANDBOX], indirect=True)
async def test_an_app_cannot_change_its_environment(
    environments: Environments, spec: AppSpec, tmp_path: Path, level: Level
) -> None:
    """In a sandbox the folder is mounted read-only, and the app is a user whom nothing there belongs to."""
    source = tmp_path / "evil.py"
    source.write_text(
        "import greeting, os, pathlib\n"
        "def answer(path):\n"
        "    try:\n        os.chmod(greeting.__file__, 0o644)\n"
        "        pathlib.Path(greeting.__file__).write_text('evil')\n"
        "    except OSError as error:\n        return type(error).__name__.encode()\n"
        "    return b'changed'\n"
    )
    bundle = bundles.pack(source, framework="plain")
    spec.bundle.write_bytes(bundle.data)
    python = await environments.prepare("greeting==1.0", framework="plain")
    spec = replace(spec, entry=bundle.entry, cwd=bundle.cwd, bundle_digest=bundle.digest, interpreter=python)
    async with running(spec, tmp_path, level) as browser, browser.get("/") as response:
        assert await response.text() in {"OSError", "PermissionError"}


async def test_a_damaged_environment_makes_a_start_fail_that_says_so(
    environments: Environments, spec: AppSpec, tmp_path: Path, level: Level
) -> None:
    python = await environments.prepare("greeting==1.0", framework="plain")
    [module] = python.python.parents[1].rglob("greeting.py")
    module.parent.chmod(0o755)
    module.unlink()
    with pytest.raises(StartError, match="No module named 'greeting'"):
        async with running(replace(spec, interpreter=python), tmp_path, level):
            pass
    assert python.environment
    environments.doubt(python.environment)
    again = await environments.prepare("greeting==1.0", framework="plain")
    async with running(replace(spec, interpreter=again), tmp_path, level) as browser, browser.get("/") as response:
        assert (await response.json(content_type=None))["version"] == "1.0"
