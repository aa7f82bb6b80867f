"""One app's process on this machine, with the guard that keeps it, as the launcher's side sees them."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps import endings, pressure, probe
from vitrina.apps.errors import AnswerError, StartError
from vitrina.apps.job import MAX_LINE_BYTES, GarbledError, Job, Message, Step
from vitrina.apps.launchers.launcher import Exit
from vitrina.apps.life import UnixAddress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KILLED_WITHIN_S = 10.0
"""How long the guard may take to kill everything; then it is killed itself."""

LAST_WORDS_S = 2.0
"""A server that closes a connection unanswered is mostly about to end: so long its process is waited for."""


@dataclass(frozen=True)
class _Told:
    """All that is known of a process from its messages."""

    pid: int | None = None
    step: Step = Step.BEGINNING
    health: str | None = None
    rehearsal: str | None = None
    failure: str | None = None

    def after(self, message: Message) -> _Told:
        """What is known with one more message."""
        return _Told(
            pid=message.pid or self.pid,
            step=message.step or self.step,
            health=message.health or self.health,
            rehearsal=message.rehearsal or self.rehearsal,
            failure=message.failure or self.failure,
        )


class AppProcess:
    """One app's process with its guard; implements `Launched`."""

    def __init__(self, job: Job, *, environment: Mapping[str, str]) -> None:
        self._job = job
        self._told = _Told()
        self._reached: dict[Step, None] = {}  # in their order, each once: an app must not be able to make it grow
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
        shown = 0
        while True:
            for step in list(self._reached)[shown:]:  # several may have come at once
                on_step(step.value)
            shown = len(self._reached)
            if self._told.failure:
                raise StartError(self._told.failure, step=self._told.step)
            if self._gone.is_set():
                raise self._ended_early()
            if self._told.health:
                await self._answered(self._told.health, step=Step.SERVING)
                return self._hang_up()
            self._news.clear()
            await self._news.wait()

    async def rehearse(self) -> None:
        """Ask for a run of the app's code, where it only runs when somebody comes."""
        if self._told.rehearsal is None:
            return
        try:
            await self._answered(self._told.rehearsal, step=Step.REHEARSING)
        except AnswerError as error:
            raise StartError(endings.FAILED_FOR_A_VISITOR, hint=endings.SEE_LOG, step=Step.REHEARSING) from error

    async def ended(self) -> Exit:
        """Wait for the end of the app and of all that it started."""
        await self._gone.wait()
        return self._end()

    async def memory_bytes(self) -> int | None:
        """Of the guard and all that the app started, however it hid."""
        return await asyncio.to_thread(pressure.memory_below, self._guard.pid)

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

    async def _answered(self, path: str, *, step: Step) -> None:
        asked = asyncio.create_task(probe.answer(self.address, path=path, origin=self._job.origin))
        ended = asyncio.create_task(self._gone.wait())
        try:
            await asyncio.wait({asked, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                raise self._ended_early()
            await asked
        except OSError as error:
            if await self._gone_within(LAST_WORDS_S):
                raise self._ended_early() from error
            message = f"The app's server does not answer: {error}."
            raise StartError(message, hint=endings.SEE_LOG, step=step) from error
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
            message = Message.parse(line)
        except GarbledError as error:
            self._told = replace(self._told, failure=str(error))
            return
        self._told = self._told.after(message)
        if message.step is not None:
            self._reached.setdefault(message.step)

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
