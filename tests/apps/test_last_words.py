"""What an app's process says just before its end."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vitrina.apps.errors import StartError
from vitrina.apps.job import Message, Step
from vitrina.apps.launchers.launcher import Exit
from vitrina.apps.launchers.process import AppProcess, Site

if TYPE_CHECKING:
    import signal

pytestmark = pytest.mark.anyio


@dataclass
class DeadGuard:
    ended: asyncio.Future[Exit]
    pid: int = 1

    def send(self, number: signal.Signals) -> None:
        """Nobody is there."""


async def test_a_failure_is_told_also_where_the_end_is_known_first(tmp_path: Path) -> None:
    ended: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = AppProcess(Site(tmp_path / "s", tmp_path, "http://x"), channel=ours, guard=DeadGuard(ended))
        theirs.sendall(Message(step=Step.RUNNING, failure="The app file failed.").line())
        ended.set_result(Exit(code=3))
        with pytest.raises(StartError, match="The app file failed"):
            await process.ready(lambda _: None)
        await process.stop(grace_s=0)
