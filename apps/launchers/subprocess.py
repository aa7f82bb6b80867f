"""The plain launcher: each app is a fresh Python process on this machine, kept by a guard process.

It runs with the hub's Python or that of an environment, and is separated from the hub by clean variables, a private
folder and a session of its own, and by the walls of its level.
"""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import subprocess
import threading
from functools import partial
from typing import TYPE_CHECKING

from vitrina.apps import failures, logs
from vitrina.apps.errors import StartError
from vitrina.apps.feedback import not_kept
from vitrina.apps.interpreter import OWN
from vitrina.apps.job import channel
from vitrina.apps.launchers.launcher import Exit
from vitrina.apps.launchers.places import Places, Start
from vitrina.apps.launchers.process import AppProcess
from vitrina.apps.levels import Level

if TYPE_CHECKING:
    import signal
    import socket
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from vitrina.apps.feedback import Intake, Recorded, Said
    from vitrina.apps.launchers.launcher import Adopted
    from vitrina.apps.spec import AppSpec


class SubprocessLauncher:
    """Starts apps as processes; implements `Launcher`.

    `folder` is this launcher's own (made if it is not there): logs, private folders of running apps, sockets. What an
    earlier hub left of the last two is removed. `hub_environment` is what apps inherit a few names of. `level` is how
    strongly apps are isolated; `readable` are the folders in which their bundles and versions' files are, which a
    sandbox has to know beforehand. `intake` takes what apps record. Raises AppError when another hub uses the folder.
    """

    def __init__(
        self,
        folder: Path,
        *,
        hub_environment: Mapping[str, str] = os.environ,
        level: Level = Level.PROCESS,
        readable: Sequence[Path] = (),
        intake: Intake = not_kept,
    ) -> None:
        self._intake = intake
        self._places = Places(folder, hub_environment=hub_environment, level=level, readable=readable)
        self._places.clear()

    async def adopt(self) -> list[Adopted]:
        """Nothing: its apps end with the process that launched them."""
        return []

    async def launch(self, spec: AppSpec, *, number: int) -> AppProcess:
        """Begin a start: make the private folder and the process. To be called from the main thread."""
        try:
            start = self._places.prepare(spec, number=number)
            return launch_plainly(start, record=partial(self._intake, spec.key, number))
        except OSError as error:
            raise not_made(error) from error

    def log(self, key: str, *, number: int) -> Path:
        """The file of this instance's output."""
        return self._places.log(key, number=number)

    async def log_tail(self, key: str, *, number: int, lines: int) -> list[str]:
        """The newest lines of this instance's output."""
        return await asyncio.to_thread(logs.tail, self.log(key, number=number), lines=lines)

    async def close(self) -> None:
        """Let another hub have the folder."""
        self._places.close()


class ProgramGuard:
    """A guard that was started as a program of its own; implements `Guard`."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[Exit] = self._loop.create_future()
        self._pidfd = os.pidfd_open(process.pid)
        self._loop.add_reader(self._pidfd, self._collect)

    @property
    def pid(self) -> int:
        """The program's process."""
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens when it has ended."""
        if not self.ended.done():
            self._process.send_signal(number)

    def _collect(self) -> None:
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        code = self._process.wait()  # the guard ends as the app did
        self.ended.set_result(Exit(signal=-code) if code < 0 else Exit(code=code))


def launch_plainly(start: Start, *, record: Callable[[Said], Recorded]) -> AppProcess:
    """A process that begins with nothing imported; `record` as in `AppProcess`.

    Raises OSError, and then nothing is left.
    """
    # The kernel ties a child's life to the *thread* that made it: only the main thread lives as long as the hub.
    assert threading.current_thread() is threading.main_thread(), "apps are launched from the main thread"
    ours, theirs = channel()
    try:
        guard = ProgramGuard(_spawn(start, theirs))
        start.job.send(ours, start.listener)
        return AppProcess(start.site, channel=ours, guard=guard, record=record)
    except BaseException:
        ours.close()
        start.site.socket.unlink(missing_ok=True)
        shutil.rmtree(start.site.folder, ignore_errors=True)
        raise
    finally:
        theirs.close()
        start.listener.close()


def not_made(error: OSError) -> StartError:
    """The machine did not let a process be."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StartError(failures.DISK_FULL)
    return StartError(
        f"The app's process could not be made: {error.strerror or error}.",
        hint="Look at the disk and the limits of the hub's machine.",
    )


def _spawn(start: Start, theirs: socket.socket) -> subprocess.Popen[bytes]:
    """The guard's program; `-P` keeps modules that lie in its folder from standing in for ours.

    `-S` keeps what an environment holds (a library's .pth file is code) from running before the app's walls stand.
    """
    options = ["-P"] if start.python == OWN.python else ["-P", "-S"]
    program = [str(start.python), *options, "-m", "vitrina.apps.child", str(theirs.fileno()), start.job.level]
    with open(start.job.log, "ab") as log:  # noqa: PTH123 - a job has texts, no paths
        return subprocess.Popen(
            [*start.argv_prefix, *program],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=dict(start.job.environment),
            cwd=start.job.folder,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            umask=0o077,
        )
