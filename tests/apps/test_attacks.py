"""A hostile app tries everything, at each level; what comes of it is the table that the status page shows."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from vitrina.apps import AppSpec, write_served
from vitrina.apps.attempts import ATTEMPTS
from vitrina.apps.launchers.nursery import NurseryLauncher
from vitrina.apps.launchers.process import AppProcess
from vitrina.apps.levels import Level, Network
from vitrina.apps.trial import available
from vitrina.store import bundles

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ENDING = ("fill_the_disk", "take_all_memory")
"""An app that tries one of these is ended."""

TAKES_NAMESPACES = {"mount", "make_namespaces"}


@pytest.fixture(params=Level, ids=lambda level: level.value)
def level(request: pytest.FixtureRequest) -> Level:
    wanted: Level = request.param
    if reason := available().lacking.get(wanted):
        pytest.skip(f"this machine cannot give {wanted.value}: {reason}")
    return wanted


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """One with a short name: those of sockets have to fit below it."""
    with tempfile.TemporaryDirectory(prefix="va-") as folder:
        yield Path(folder)


@pytest.fixture
async def hub(tmp_path: Path, stories: Path) -> AsyncIterator[dict[str, Any]]:
    """Plays the hub: a process with a home, ports and sockets. It is not root's, as most hubs are not."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    for name in ("hub-token", "hub-secret", "store.db"):
        (home / name).write_text(f"what is in {name}")
    process = await asyncio.create_subprocess_exec(sys.executable, stories / "neighbour.py", home, stdout=PIPE)
    assert process.stdout
    try:
        yield json.loads(await process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


@pytest.fixture
def served(tmp_path: Path) -> Path:
    folder, model = tmp_path / "served" / "1", tmp_path / "model"
    model.write_text("weights")
    meta = {"ref": "a/b/models/c@1.0.0", "name": "c", "version": "1.0.0", "kind": "model", "owner": "a", "project": "b"}
    write_served(folder, meta=meta, files=[("model", model)])
    return folder


@pytest.fixture
def spec(tmp_path: Path, stories: Path, served: Path) -> Callable[..., AppSpec]:
    def make(name: str, *, network: Network = Network.NONE) -> AppSpec:
        bundle = bundles.pack(stories / f"{name}.py", framework="plain")
        archive = tmp_path / "bundles" / name
        archive.parent.mkdir(exist_ok=True)
        archive.write_bytes(bundle.data)
        origin = f"http://{name}.localhost:8401"
        return AppSpec(name, name, "plain", bundle.entry, ".", archive, bundle.digest, served, origin, network=network)

    return make


@pytest.fixture
async def launcher(level: Level, tmp_path: Path, plain: dict[str, str]) -> AsyncIterator[NurseryLauncher]:
    readable = (tmp_path / "bundles", tmp_path / "served")
    made = NurseryLauncher(tmp_path / "apps", hub_environment=plain, level=level, readable=readable)
    yield made
    await made.close()


async def started(launcher: NurseryLauncher, spec: AppSpec, *, number: int = 1) -> Any:
    launched = await launcher.launch(spec, number=number)
    await launched.ready(lambda _: None)
    return launched


async def ask(app: Any, path: str) -> Any:
    connector = aiohttp.UnixConnector(str(app.address.path))
    async with (
        aiohttp.ClientSession(connector=connector) as browser,
        browser.get(f"http://app.localhost{path}") as told,
    ):
        return json.loads(await told.read())


def pids_of(process: int) -> list[int]:
    """A process's pid, and those by which it is known in the namespaces around it, but not in its own."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("NSpid:"):
            pids = [int(pid) for pid in line.split()[1:]]
            return pids[:-1] or pids
    return [process]


def own_addresses() -> list[str]:
    """Other addresses of this machine than 127.0.0.1; asking for a way to some host sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))
        except OSError:
            return ["127.0.0.2"]
        return ["127.0.0.2", asking.getsockname()[0]]


async def test_what_a_hostile_app_can_do_is_what_the_table_says(
    level: Level, launcher: NurseryLauncher, hub: dict[str, Any], served: Path, spec: Any, tmp_path: Path
) -> None:
    neighbour = await started(launcher, spec("neighbour"))
    about = await ask(neighbour, "/")
    found: dict[str, str | None] = {}
    try:
        for number, ending in enumerate(ENDING, start=1):
            attacker = await started(launcher, spec("attack"), number=number)
            told = an_insiders_word(hub, about, neighbour, tmp_path=tmp_path, served=served, attacker=attacker)
            names = [attempt.name for attempt in ATTEMPTS if attempt.name not in {*found, *ENDING}]
            for name in (*names, ending):
                found[name] = await tried(attacker, name, told)
            await attacker.stop(grace_s=0.1)
    finally:
        await neighbour.stop(grace_s=0.1)
        forget(about["shared_name"])
    succeeded = {name: evidence for name, evidence in found.items() if evidence is not None}
    possible = {attempt.name for attempt in ATTEMPTS if not attempt.fails_at(level)}
    forbidden = possible & TAKES_NAMESPACES if (reason := no_namespaces()) else set[str]()
    assert set(succeeded) - forbidden == possible - forbidden, succeeded
    if forbidden:
        pytest.skip(
            f"all but {', '.join(sorted(forbidden))} is as the table says; no process of this machine may: {reason}"
        )


def no_namespaces() -> str:
    """Why no process may make a user namespace here, as in a chroot; empty where it may."""
    asked = subprocess.run(["unshare", "--user", "true"], capture_output=True, text=True, check=False)
    return asked.stderr.strip()


def forget(shared_name: str) -> None:
    """Outside of a sandbox, shared memory outlives its app."""
    Path("/dev/shm", shared_name).unlink(missing_ok=True)


async def tried(attacker: Any, name: str, told: dict[str, Any]) -> str | None:
    try:
        answer: str | None = (await ask(attacker, f"/{name}?{quote(json.dumps(told))}"))["evidence"]
    except aiohttp.ClientConnectionError:  # it was stopped
        return None
    return answer


def an_insiders_word(
    hub: dict[str, Any], about: dict[str, Any], neighbour: AppProcess, *, tmp_path: Path, served: Path, attacker: Any
) -> dict[str, Any]:
    home, apps = tmp_path / "home", tmp_path / "apps"
    assert neighbour.pid
    parent = int(Path(f"/proc/{neighbour.pid}/stat").read_text().rpartition(")")[2].split()[1])
    nursery = int(Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[1])
    pids = [hub["pid"], *pids_of(nursery), *pids_of(neighbour.pid)]
    return {
        "own_folder": str(apps / "running"),
        "hub_files": [str(home / name) for name in ("hub-token", "hub-secret", "store.db")],
        "pids": pids,
        "addresses": {str(pid): hub["address"] if pid == hub["pid"] else about["address"] for pid in pids},
        "neighbours_files": [about["secret"], *(str(log) for log in (apps / "logs").iterdir() if "neigh" in log.name)],
        "shared_folders": [str(apps / name) for name in ("running", "logs", "nurseries")] + [str(tmp_path / "bundles")],
        "foreign_folders": [str(home), about["folder"], str(apps / "nurseries" / "plain-none" / "home"), str(tmp_path)],
        "logs": [str(log) for log in (apps / "logs").iterdir()],
        "made_of": [
            str(tmp_path / "bundles" / "attack"),
            str(served / "version.json"),
            str(served / "files" / "model"),
        ],
        "sockets": [hub["socket"], about["socket"], str(neighbour.address.path), str(attacker.address.path)],
        "tables": [f"/proc/{pid}/net/unix" for pid in pids],
        "abstract": hub["abstract"],
        "shared_name": hub["shared_name"],
        "port": hub["port"],
        "datagram_port": hub["datagram_port"],
        "hosts": own_addresses(),
    }


def test_each_attempt_has_its_own_words() -> None:
    assert len({attempt.name for attempt in ATTEMPTS}) == len({attempt.what for attempt in ATTEMPTS}) == len(ATTEMPTS)


def test_at_the_strongest_level_everything_fails() -> None:
    assert all(attempt.fails_at(list(Level)[-1]) for attempt in ATTEMPTS)
