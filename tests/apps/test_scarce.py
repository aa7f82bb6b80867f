"""When something runs short: a full disk, descriptors, the number of starts."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vitrina.apps import Backoff, State, SupervisorSettings

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"only root can mount a small file system: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return path


async def test_a_full_disk_says_so_and_a_freed_one_serves(
    small_disk: Path, plain: dict[str, str], spec_of: Any, stories: Path, stand_in: Any
) -> None:
    settings = SupervisorSettings(backoff=Backoff(first_s=0))
    async with stand_in(small_disk / "apps", environment=plain, settings=settings) as stand:
        spec = spec_of(stories / "plain_hello.py", framework="plain")
        filler = fill(small_disk)
        crashed = await stand.start(spec)
        assert (crashed.state, crashed.reason) == (
            State.CRASHED,
            "The disk is full: the app could not be started. Free some space where the hub keeps its files.",
        )
        filler.unlink()
        ready = await stand.start(spec)
        assert ready.state is State.READY, ready.reason
        fill(small_disk)
        assert await stand.get(ready) == b"hello from /", "what runs already goes on"


async def test_a_folder_that_cannot_be_written_says_so(stand: Any, spec_of: Any, stories: Path, tmp_path: Path) -> None:
    running = stand.folder / "running"
    running.rename(tmp_path / "away")
    crashed = await stand.start(spec_of(stories / "plain_hello.py", framework="plain"))
    assert crashed.reason == (
        "The app's process could not be made: No such file or directory. "
        "Look at the disk and the limits of the hub's machine."
    )
    (tmp_path / "away").rename(running)


async def test_many_starts_leak_nothing(stand: Any, spec_of: Any, stories: Path) -> None:
    spec = spec_of(stories / "plain_hello.py", framework="plain")

    async def once() -> int:
        assert await stand.get(await stand.start(spec)) == b"hello from /"
        await stand.supervisor.stop(spec.key, reason="Again.")
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names are enough

    first = await once()
    later = [await once() for _ in range(5)]
    assert min(later[2:]) <= first, "one may still be closing; what leaks is never closed"


async def test_twenty_cold_apps_opened_at_once_all_get_ready(stand: Any, spec_of: Any, tmp_path: Path) -> None:
    specs = []
    for number in range(20):
        path = tmp_path / f"app_{number}.py"
        path.write_text(f"def answer(path): return b'app {number}'\n")
        specs.append(spec_of(path, framework="plain"))
    for spec in specs:
        await stand.supervisor.open(spec)
    for number, spec in enumerate(specs):
        ready = await stand.supervisor.wait_ready(spec.key, timeout_s=120)
        assert ready.state is State.READY, ready.reason
        assert await stand.get(ready) == f"app {number}".encode()
