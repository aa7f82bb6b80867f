"""The plain launcher: each app is a fresh Python process on this machine, kept by a guard process.

It shares the hub's Python environment, and is separated from the hub by a clean environment, a private folder and a
session of its own. It has no further isolation.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps import endings, environment, logs, probe, sockets
from vitrina.apps.errors import AppError, StartError
from vitrina.apps.job import MAX_LINE_BYTES, GarbledError, Job, Message, Step
from vitrina.apps.launchers.launcher import Exit
from vitrina.apps.life import UnixAddress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import IO

    from vitrina.apps.spec import AppSpec

KILLED_WITHIN_S = 10.0
"""How long the guard may take to kill everything; then it is killed itself."""

LAST_WORDS_S = 2.0
"""A server that closes a connection unanswered is mostly about to end: so long its process is waited for."""


class SubprocessLauncher:
    """Starts apps as processes; implements `Launcher`.

    `folder` is this launcher's own (made if it is not there): logs, private folders of running apps, sockets. What an
    earlier hub left of the last two is removed. `hub_environment` is what apps inherit a few names of. Raises AppError
    when another hub uses the folder.
    """

    def __init__(self, folder: Path, *, hub_environment: Mapping[str, str] = os.environ) -> None:
        folder = folder.resolve()
        self._hub_environment = dict(hub_environment)
        self._logs, self._running = folder / "logs", folder / "running"
        self._logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _locked(folder)
        shutil.rmtree(self._running, ignore_errors=True)
        self._running.mkdir(mode=0o700)
        self._sockets = sockets.prepare(folder)

    async def launch(self, spec: AppSpec) -> AppProcess:
        """Begin a start: make the private folder and the process. To be called from the main thread."""
        # The kernel ties a child's life to the *thread* that made it: only the main thread lives as long as the hub.
        assert threading.current_thread() is threading.main_thread(), "apps are launched from the main thread"
        try:
            return self._begin(spec)
        except OSError as error:
            raise StartError(
                f"The app's process could not be made: {error.strerror or error}.",
                hint="Look at the disk and the limits of the hub's machine.",
            ) from error

    def log(self, key: str) -> Path:
        """The file of this key's output."""
        return self._logs / f"{key}.log"

    async def log_tail(self, key: str, *, lines: int) -> list[str]:
        """The newest lines of this key's output."""
        return await asyncio.to_thread(logs.tail, self.log(key), lines=lines)

    async def close(self) -> None:
        """Let another hub have the folder."""
        self._lock.close()

    def _begin(self, spec: AppSpec) -> AppProcess:
        folder = Path(tempfile.mkdtemp(dir=self._running))
        for name in ("home", "tmp"):
            (folder / name).mkdir(mode=0o700)
        job = Job(
            parent_pid=os.getpid(),
            framework=spec.framework,
            entry=spec.entry,
            cwd=spec.cwd,
            bundle=str(spec.bundle.resolve()),
            bundle_digest=spec.bundle_digest,
            origin=spec.origin,
            folder=str(folder),
            socket=str(self._sockets / sockets.new_name()),
            log=str(self.log(spec.key)),
        )
        served = spec.served.resolve() if spec.served else None
        variables = environment.app_environment(self._hub_environment, folder=folder, served=served)
        try:
            return AppProcess(job, environment=variables)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def _locked(folder: Path) -> IO[str]:
    """Hold a folder for this process. Closing the file, or the end of the process, gives it free."""
    file = (folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise AppError(
            f"Another hub runs apps in {folder}.", hint="Stop it first, or give this one a folder of its own (--home)."
        ) from None
    return file


@dataclass(frozen=True)
class _Told:
    """All that is known of a process from its messages."""

    pid: int | None = None
    step: Step = Step.BEGINNING
    health: str | None = None
    failure: str | None = None

    def after(self, message: Message) -> _Told:
        """What is known with one more message."""
        return _Told(
            pid=message.pid or self.pid,
            step=message.step or self.step,
            health=message.health or self.health,
            failure=message.failure or self.failure,
        )


class AppProcess:
    """One app's process with its guard; implements `Launched`."""

    def __init__(self, job: Job, *, environment: Mapping[str, str]) -> None:
        self._job = job
        self._told = _Told()
        self._unread = b""
        self._news = asyncio.Event()
        self._gone = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._channel, theirs = socket.socketpair()
        try:
            self._guard = _spawn(job, channel=theirs, environment=environment)
        except BaseException:
            self._channel.close()
            raise
        finally:
            theirs.close()
        self._channel.sendall(job.line())
        self._channel.setblocking(False)
        self._guard_fd = os.pidfd_open(self._guard.pid)
        self._loop.add_reader(self._channel, self._receive)
        self._loop.add_reader(self._guard_fd, self._guard_ended)

    @property
    def address(self) -> UnixAddress:
        """The socket it serves on."""
        return UnixAddress(Path(self._job.socket))

    @property
    def pid(self) -> int | None:
        """The app's own process (not the guard's), once the runner has told it."""
        return self._told.pid

    async def ready(self, on_step: Callable[[str], None]) -> None:
        """Wait for the steps of the start, then for the first answer of the app's server."""
        shown = Step.BEGINNING
        while True:
            if self._told.step is not shown:
                shown = self._told.step
                on_step(shown.value)
            if self._told.failure:
                raise StartError(self._told.failure, step=self._told.step)
            if self._gone.is_set():
                raise self._ended_early()
            if self._told.health:
                return await self._answered(self._told.health)
            self._news.clear()
            await self._news.wait()

    async def ended(self) -> Exit:
        """Wait for the end of the app and of all that it started."""
        await self._gone.wait()
        return self._end()

    async def stop(self, *, grace_s: float) -> None:
        """Ask the guard to end the app, then to kill it; then remove its socket and private folder."""
        if grace_s > 0:
            self._signal(signal.SIGTERM)
            await self._gone_within(grace_s)
        self._signal(signal.SIGQUIT)
        await self._gone_within(KILLED_WITHIN_S)
        self._signal(signal.SIGKILL)
        await self._gone.wait()
        self.address.path.unlink(missing_ok=True)
        await asyncio.to_thread(shutil.rmtree, self._job.folder, ignore_errors=True)

    def _signal(self, number: signal.Signals) -> None:
        if not self._gone.is_set():
            self._guard.send_signal(number)

    async def _gone_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._gone.wait()
        except TimeoutError:
            return False

    async def _answered(self, health: str) -> None:
        asked = asyncio.create_task(probe.answer(self.address, path=health, origin=self._job.origin))
        ended = asyncio.create_task(self._gone.wait())
        try:
            await asyncio.wait({asked, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                raise self._ended_early()
            await asked
            self._hang_up()
        except OSError as error:
            if await self._gone_within(LAST_WORDS_S):
                raise self._ended_early() from error
            message = f"The app's server does not answer: {error}."
            raise StartError(message, hint=endings.SEE_LOG, step=Step.SERVING) from error
        finally:
            asked.cancel()
            ended.cancel()

    def _ended_early(self) -> StartError:
        return StartError(endings.ended_before_listening(self._end()), step=self._told.step)

    def _end(self) -> Exit:
        code = self._guard.returncode  # the guard ends as the app did
        return Exit(signal=-code) if code < 0 else Exit(code=code)

    def _hang_up(self) -> None:
        """Nothing more is to be heard: what an app that is served says of itself does not matter."""
        self._loop.remove_reader(self._channel)
        self._channel.close()

    def _receive(self) -> None:
        try:
            received = self._channel.recv(MAX_LINE_BYTES)
        except OSError:
            return
        if not received:
            self._loop.remove_reader(self._channel)
            return
        *lines, self._unread = (self._unread + received).split(b"\n")
        for line in lines:
            self._hear(line)
        if len(self._unread) > MAX_LINE_BYTES:
            self._unread = b""
            self._told = replace(self._told, failure="The app's runner sent an endless line.")
        self._news.set()

    def _hear(self, line: bytes) -> None:
        try:
            self._told = self._told.after(Message.parse(line))
        except GarbledError as error:
            self._told = replace(self._told, failure=str(error))

    def _guard_ended(self) -> None:
        """The guard is dead, so the app is; its last message may still lie in the channel."""
        self._loop.remove_reader(self._guard_fd)
        os.close(self._guard_fd)
        self._guard.wait()
        if self._channel.fileno() >= 0:
            self._receive()
            self._hang_up()
        self._gone.set()
        self._news.set()


def _spawn(job: Job, *, channel: socket.socket, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """The runner's process; `-P` keeps modules that lie in its folder from standing in for ours."""
    with Path(job.log).open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "vitrina.apps.child", str(channel.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=dict(environment),
            cwd=job.folder,
            pass_fds=[channel.fileno()],
            start_new_session=True,
            umask=0o077,
        )
