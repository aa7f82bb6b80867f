"""How much disk environments may take: one of them, and all together. Built by the real uv from tiny wheels."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
from pathlib import Path

import pytest

from vitrina.apps.environments.environments import Environments
from vitrina.apps.environments.room import ExcessError, Room, RoomError, Watch, room_of, shown
from vitrina.apps.environments.shelf import RECENT_S
from vitrina.apps.environments.uv import BuildError, TooLargeError

MB = 10**6
LARGE_BYTES = 3 * MB

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def heavy(shop) -> None:
    """Libraries a, b and c of 3 MB each, which no archive makes smaller."""
    for number, name in enumerate("abc"):
        text = random.Random(number).randbytes(LARGE_BYTES // 2).hex()
        shop.put(name, "1.0", {f"{name}.py": f"X = '{text}'\n"})


async def prepare(environments: Environments, requirements: str) -> str:
    found = await environments.prepare(requirements, framework="none")
    assert found.environment
    return found.environment


def unused_for(environments: Environments, key: str, *, seconds: float) -> None:
    """As if nobody had taken it for so long."""
    path = environments.shelf.folder / "uses" / key
    at = path.stat().st_mtime - seconds
    os.utime(path, (at, at))


@pytest.mark.slow
async def test_one_that_is_too_large_is_refused_and_leaves_nothing(environments_in, heavy, tmp_path: Path) -> None:
    environments = environments_in(tmp_path / "kept", room=Room(one_bytes=2 * MB))
    with pytest.raises(
        TooLargeError, match=r"it would take more than 2 MB of disk\. .*VITRINA_ENVIRONMENT_GB"
    ) as first:
        await prepare(environments, "a")
    assert environments.list() == []
    assert list((environments.shelf.folder / "work").iterdir()) == []
    with pytest.raises(TooLargeError) as second:
        await prepare(environments, "a")
    assert second.value is first.value, "nothing is fetched again to find out the same"
    larger = environments_in(tmp_path / "kept", room=Room(one_bytes=20 * MB))
    assert await prepare(larger, "a"), "a hub that allows more builds it"
    larger.close()


@pytest.mark.slow
async def test_what_was_unused_for_longest_makes_room(environments_in, heavy, tmp_path: Path) -> None:
    environments = environments_in(tmp_path / "kept", room=Room(all_bytes=10 * LARGE_BYTES))
    old, older = await prepare(environments, "a"), await prepare(environments, "b")
    size = sum(kept.size_bytes for kept in environments.list())
    unused_for(environments, old, seconds=RECENT_S)
    unused_for(environments, older, seconds=2 * RECENT_S)
    environments.close()
    tight = environments_in(tmp_path / "kept", room=Room(all_bytes=size + MB))
    new = await prepare(tight, "c")
    assert {kept.key for kept in tight.list()} == {old, new}
    assert sum(kept.size_bytes for kept in tight.list()) <= size + MB
    assert not (tight.shelf.folder / "records" / f"{older}.json").exists()
    assert await tight.collect() == [], "and so it stays"
    tight.close()


@pytest.mark.slow
async def test_none_that_is_in_use_makes_room(environments_in, heavy, tmp_path: Path) -> None:
    environments = environments_in(tmp_path / "kept")
    found = await environments.prepare("a", framework="none")
    command = [str(found.python), "-c", "print(flush=True); input()"]
    running = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert running.stdin
    assert running.stdout
    await running.stdout.readline()
    assert found.environment
    unused_for(environments, found.environment, seconds=2 * RECENT_S)
    environments.close()
    tight = environments_in(tmp_path / "kept", room=Room(all_bytes=LARGE_BYTES))
    with pytest.raises(BuildError, match=r"no room for its environment: all may take 3 MB.* VITRINA_ENVIRONMENTS_GB"):
        await prepare(tight, "b")
    running.stdin.close()
    await running.wait()
    assert [kept.key for kept in await tight.collect()] == [found.environment]
    tight.close()


def test_what_is_announced_is_counted_before_it_comes(tmp_path: Path) -> None:
    watch = Watch(5 * 2**20, work=tmp_path, cache=tmp_path)
    assert watch.hear("Downloading numpy (3.0MiB)\n") == "numpy (3.0MiB)"
    assert watch.hear("Resolved 3 packages\n") is None
    with pytest.raises(ExcessError, match=r"it would take more than 5\.24 MB of disk"):
        watch.hear(" Downloading torch (846.2MiB)\n")


async def test_work_is_given_up_when_too_much_lies_there(tmp_path: Path) -> None:
    watch = Watch(MB, work=tmp_path, cache=tmp_path / "cache")

    async def unpack() -> None:
        (tmp_path / "bomb").write_bytes(bytes(2 * MB))
        await asyncio.Event().wait()

    with pytest.raises(ExcessError):
        await watch.over(unpack())


def test_an_operator_says_how_much_there_may_be() -> None:
    assert room_of({}) == Room()
    assert room_of({"VITRINA_ENVIRONMENTS_GB": "100", "VITRINA_ENVIRONMENT_GB": "0.5"}) == Room(100 * 10**9, 5 * 10**8)
    assert room_of({"VITRINA_ENVIRONMENTS_GB": "2"}).one_bytes == 2 * 10**9, "one is never more than all"


@pytest.mark.parametrize("size", ["many", "0", "-1", "inf", "nan"])
def test_what_is_no_size_is_refused(size: str) -> None:
    with pytest.raises(RoomError, match=r"VITRINA_ENVIRONMENTS_GB is '.*', and no size\. Give gigabytes"):
        room_of({"VITRINA_ENVIRONMENTS_GB": size})


def test_sizes_are_said_as_people_do() -> None:
    assert [shown(size) for size in (2_500_000, 10**9, 40 * 10**9)] == ["2.5 MB", "1 GB", "40 GB"]
