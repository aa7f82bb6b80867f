"""What launcher and nursery say to each other, at its bounds."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from vitrina.apps import control
from vitrina.apps.control import Fork, Forked, Load
from vitrina.apps.interpreter import OWN
from vitrina.apps.launchers.nurseries import Nursery, NurseryError
from vitrina.apps.launchers.renewal import Renewal
from vitrina.apps.launchers.starter import NurserySpec, Started
from vitrina.apps.launchers.ward import Ward

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def started(channel: socket.socket) -> Started:
    """Behind the channel is the test; the process has ended, so that nothing can be done to it."""
    ended = subprocess.Popen(["true"])
    pidfd = os.pidfd_open(ended.pid)
    ended.wait()
    return Started(channel, ended.pid, pidfd)


class Listening:
    """Hears what a nursery would hear first, and ends."""

    def __init__(self) -> None:
        self.heard: control.Word | None = None

    async def start(self, spec: NurserySpec) -> Started:
        ours, theirs = control.pair()
        theirs.settimeout(5)

        def hear() -> None:
            with theirs, suppress(TimeoutError):
                if heard := control.hear(theirs):
                    self.heard = heard[0]

        self.hearing = asyncio.create_task(asyncio.to_thread(hear))
        return started(ours)

    async def left(self) -> list[Started]:
        return []

    async def close(self) -> None:
        await self.hearing


async def test_an_app_that_imports_without_end_leaves_a_nursery_that_can_be_told(tmp_path: Path) -> None:
    starter = Listening()

    def describe(modules: Iterable[str]) -> NurserySpec:
        return NurserySpec("plain", tmp_path, tmp_path / "log", {}, preload=tuple(modules), interpreter=OWN)

    ward = Ward(starter, describe, bounds=Renewal(load_within_s=20), clock=lambda: 0.0)
    ward.learn({"numpy", "é" * 90, "n" * 5000, *(f"{'m' * 90}{number}" for number in range(30_000))})
    with pytest.raises(NurseryError):
        await ward.open()
    await starter.close()
    assert isinstance(starter.heard, Load)
    assert starter.heard.framework == "plain"
    await ward.close()


async def test_one_that_another_launcher_made_has_not_grown_by_all_that_it_has() -> None:
    ours, theirs = control.pair()
    nursery = Nursery(started(ours))
    asked = asyncio.create_task(nursery.fork(is_spare=True))
    word, _ = await asyncio.to_thread(control.hear, theirs) or (None, [])
    assert isinstance(word, Fork)
    one, other = socket.socketpair()
    pidfd = os.pidfd_open(os.getpid())
    with one, other:
        control.say(theirs, Forked(word.key, 300), pidfd, one.fileno())
        seedling = await asked
    os.close(pidfd)
    assert (nursery.bytes_at_first, nursery.bytes_now) == (300, 300)
    seedling.channel.close()
    theirs.close()
    await nursery.gone.wait()
