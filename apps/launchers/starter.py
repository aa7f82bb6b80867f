"""Who starts nurseries: the seam between what a launcher wants of one and the process whose child it becomes.

A nursery lives as long as its parent process, at most. Where that is the launcher's own process, apps end with it;
where it is the hub's parent, which keeps copies of the channels, the next front gets them and finds its apps running.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from vitrina.apps import control
from vitrina.apps.interpreter import OWN, Interpreter
from vitrina.apps.levels import Level, Network

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MODULE = "vitrina.apps.nursery"

ENDS_WITHIN_S = 5.0
"""A nursery whose channel was closed has nothing left to do; then it is killed."""


@dataclass(frozen=True)
class NurserySpec:
    """One nursery that is wanted.

    `preload` are modules to import besides the framework's own. `argv_prefix` stands before the command line (of a
    sandbox; empty: none). `environment` is all that it gets, `folder` its home and working directory, `log` where
    libraries' own words go. What it is to import it is told over its channel by whoever has that.
    """

    framework: str
    folder: Path
    log: Path
    environment: Mapping[str, str]
    preload: tuple[str, ...] = ()
    level: Level = Level.PROCESS
    network: Network = Network.FULL
    interpreter: Interpreter = OWN
    argv_prefix: tuple[str, ...] = ()

    @property
    def program(self) -> list[str]:
        """What to run. The number under which it inherits its channel is to be added as the last argument."""
        options = ["-P", "-S"] if is_bare(self.interpreter, self.level) else ["-P"]
        return [*self.argv_prefix, str(self.interpreter.python), *options, "-m", MODULE]


@dataclass(frozen=True)
class Started:
    """A nursery's process: the launcher's end of its channel, and a pidfd. Both are the launcher's, who closes them.

    `pid` is of this machine; with a prefix it is that of the sandbox around the nursery.
    """

    channel: socket.socket
    pid: int
    pidfd: int

    def kill(self) -> None:
        """End it at once, and with it all that it forked; nothing happens when it has ended."""
        try:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        except ProcessLookupError:
            return


def is_bare(interpreter: Interpreter, level: Level) -> bool:
    """Whether a nursery imports nothing, so that its apps do, each within its walls.

    An environment's libraries were chosen by whoever logged the app, and are their code as much as the app is; a
    nursery sees the folders of all apps, and its launcher believes it. Where there are no walls, nothing is lost.
    """
    return interpreter.environment is not None and level is not Level.PROCESS


class NurseryStarter(Protocol):
    """Starts nurseries, and remembers those that outlive a launcher. Called from one event loop, in the main thread."""

    async def start(self, spec: NurserySpec) -> Started:
        """Begin a nursery's process; return without waiting for it to import anything. Raises OSError."""
        ...

    async def left(self) -> Sequence[Started]:
        """Those that run already, from before this launcher; called once, before the first `start`."""
        ...

    async def close(self) -> None:
        """The launcher has closed all channels: those nurseries that nobody else holds end, and are waited for."""
        ...


def spawn(spec: NurserySpec, channel: socket.socket) -> subprocess.Popen[bytes]:
    """A nursery's process, as a child of this one, which must be its main thread's; `channel` stays open here."""
    with spec.log.open("wb") as log:
        return subprocess.Popen(
            [*spec.program, str(channel.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=dict(spec.environment),
            cwd=spec.folder,
            pass_fds=[channel.fileno()],
            start_new_session=True,
            umask=0o077,
        )


@dataclass
class OwnNurseries:
    """Nurseries as children of this process, with which they end; implements `NurseryStarter`."""

    _processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict[int, "subprocess.Popen[bytes]"])
    _none_left: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self, spec: NurserySpec) -> Started:
        """As a child."""
        ours, theirs = control.pair()
        try:
            process = spawn(spec, theirs)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        self._processes[process.pid] = process
        own = os.pidfd_open(process.pid)
        asyncio.get_running_loop().add_reader(own, self._collect, own, process)
        return Started(ours, process.pid, os.dup(own))

    async def left(self) -> list[Started]:
        """None: they end with their parent."""
        return []

    async def close(self) -> None:
        """All end: nobody else holds a channel."""
        if not self._processes:
            return
        self._none_left.clear()
        try:
            async with asyncio.timeout(ENDS_WITHIN_S):
                await self._none_left.wait()
        except TimeoutError:
            for process in self._processes.values():
                process.kill()
            await self._none_left.wait()

    def _collect(self, pidfd: int, process: subprocess.Popen[bytes]) -> None:
        asyncio.get_running_loop().remove_reader(pidfd)
        os.close(pidfd)
        process.wait()
        del self._processes[process.pid]
        if not self._processes:
            self._none_left.set()
