"""Nurseries as children of the hub's parent: they, and the apps in them, live on when the front ends."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from vitrina.apps import control
from vitrina.apps.launchers.starter import Started
from vitrina.hub.processes.keeper import Asking, KeeperError, Kept, Order

if TYPE_CHECKING:
    from vitrina.apps.launchers.starter import NurserySpec


class KeptNurseries:
    """Implements `NurseryStarter` over the front's line to the keeper."""

    def __init__(self, line: socket.socket) -> None:
        self._asking = Asking(line)
        self._turn = asyncio.Lock()

    async def start(self, spec: NurserySpec) -> Started:
        """As a child of the parent, which answers at once; what it imports it imports afterwards."""
        order = Order(
            key=f"{spec.framework} {spec.level.value} {spec.network.value} {spec.interpreter.python}",
            argv=spec.program,
            environ=dict(spec.environment),
            cwd=str(spec.folder),
            log=str(spec.log),
        )
        channel, other_end = control.pair()
        with channel, other_end:
            try:
                async with self._turn:
                    return _started(await asyncio.to_thread(self._asking.start, order, channel, other_end))
            except KeeperError as error:
                raise OSError(str(error)) from error

    async def left(self) -> list[Started]:
        """What an earlier front had started."""
        async with self._turn:
            return [_started(one) for one in await asyncio.to_thread(self._asking.list)]

    async def close(self) -> None:
        """They live on. Who ends the hub ends them."""


def _started(one: Kept) -> Started:
    return Started(socket.socket(fileno=one.channel), one.pid, one.pidfd)
