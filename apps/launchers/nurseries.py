"""A nursery as its launcher sees it: what it is asked, what it tells, and the guards that it forked."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vitrina.apps import control
from vitrina.apps.control import (
    Ended,
    Fork,
    Forked,
    List,
    Listed,
    ListedAll,
    Load,
    Loaded,
    Loading,
    Note,
    Refused,
    Unfit,
)
from vitrina.apps.errors import AppError
from vitrina.apps.launchers.launcher import Exit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vitrina.apps.launchers.starter import Started

KEY_BYTES = 8


class NurseryError(AppError):
    """There is no nursery, or it does not fork; `module` is the import to blame (None: it is not known)."""

    def __init__(self, reason: str, *, module: str | None = None) -> None:
        self.module = module
        super().__init__(reason)


class ForkedGuard:
    """A guard that a nursery forked; implements `Guard`. It owns the pidfd."""

    def __init__(self, pidfd: int) -> None:
        self.pid = _pid_of(pidfd)
        self._pidfd = pidfd
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[Exit] = self._loop.create_future()

    def send(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens when it has ended."""
        if self.ended.done():
            return
        try:
            signal.pidfd_send_signal(self._pidfd, number)
        except ProcessLookupError:
            return

    def end(self, how: Exit) -> None:
        """It has ended like this."""
        if not self.ended.done():
            os.close(self._pidfd)
            self.ended.set_result(how)

    def end_with_nursery(self) -> None:
        """Its nursery is gone, so that it kills its app and ends; then nobody is there to tell how."""
        if not self.ended.done():
            self._loop.add_reader(self._pidfd, self._ended_untold)

    def _ended_untold(self) -> None:
        self._loop.remove_reader(self._pidfd)
        self.end(Exit(is_with_nursery=True))


@dataclass(frozen=True)
class Seedling:
    """A process that waits for its job, or has had it (`note` says which)."""

    key: str
    channel: socket.socket
    guard: ForkedGuard
    note: Mapping[str, Any]


class Nursery:
    """Owns a nursery's channel. `ready` is done when it can fork, or raises NurseryError; `gone` when it has ended.

    `bytes_at_first` and `bytes_now` are what it had in memory when it was ready, and at its last fork.
    """

    def __init__(self, started: Started) -> None:
        self.pid = started.pid
        self._started = started
        self._channel = started.channel
        self._channel.setblocking(False)
        self._loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = self._loop.create_future()
        self.gone = asyncio.Event()
        self.bytes_at_first = self.bytes_now = 0
        self._importing: str | None = None
        self._unsaid: deque[control.Word] = deque()
        self._asked: dict[str, asyncio.Future[Seedling]] = {}
        self._guards: dict[str, ForkedGuard] = {}
        self._found: list[Seedling] = []
        self._listed: asyncio.Future[ListedAll] | None = None
        self._loop.add_reader(self._channel, self._hear)

    @property
    def forks(self) -> int:
        """How many of its forks have not ended."""
        return len(self._guards)

    def load(self, word: Load) -> None:
        """Say, once, what it is to import."""
        self._say(word)

    async def fork(self, *, is_spare: bool) -> Seedling:
        """One more process that waits for its job. Raises NurseryError."""
        key = secrets.token_hex(KEY_BYTES)
        asked = self._asked[key] = self._loop.create_future()
        self._say(Fork(key, is_spare=is_spare))
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            asked.add_done_callback(_unwanted)
            raise

    def note(self, key: str, note: Mapping[str, Any]) -> None:
        """Have it keep this about a fork, for the next launcher."""
        self._say(Note(key, note))

    async def list(self) -> tuple[list[Seedling], ListedAll]:
        """All its forks, and what it was loaded with. Raises NurseryError."""
        self._found, self._listed = [], self._loop.create_future()
        self._say(List())
        about = await self._listed
        return self._found, about

    def retire(self) -> None:
        """It forks no more, and ends with its last fork."""
        self._say(control.Retire())

    def kill(self) -> None:
        """End it now, and with it all that it forked."""
        if not self.gone.is_set():
            self._started.kill()

    def close(self) -> None:
        """Hang up; unless somebody else holds the channel too, it ends."""
        if self._channel.fileno() >= 0:
            self._loop.remove_reader(self._channel)
            self._loop.remove_writer(self._channel)
            self._channel.close()
            os.close(self._started.pidfd)
        self.gone.set()

    def _say(self, word: control.Word) -> None:
        self._unsaid.append(word)
        self._say_on()

    def _say_on(self) -> None:
        if self._channel.fileno() < 0:
            return
        while self._unsaid:
            try:
                control.say(self._channel, self._unsaid[0])
            except BlockingIOError:
                self._loop.add_writer(self._channel, self._say_on)
                return
            except OSError:  # it is gone, which is heard of soon
                return
            self._unsaid.popleft()
        self._loop.remove_writer(self._channel)

    def _hear(self) -> None:
        try:
            heard = control.hear(self._channel)
        except BlockingIOError:
            return
        except OSError:
            heard = None
        if heard is None:
            self._is_gone()
        else:
            self._take(*heard)

    def _take(self, word: control.Word, files: list[int]) -> None:
        match word:
            case Loading(module):
                self._importing = module
            case Unfit(module, reason):
                self._fail(f"{module} {reason}", module=module)
            case Loaded(size_bytes):
                self._importing = None
                self.bytes_at_first = self.bytes_now = size_bytes
                if not self.ready.done():
                    self.ready.set_result(None)
            case Forked(key, size_bytes):
                self.bytes_now = size_bytes
                self.bytes_at_first = self.bytes_at_first or size_bytes  # one that another launcher had made
                self._forked(key, files)
            case Refused(key, reason):
                if asked := self._asked.pop(key, None):
                    asked.set_exception(NurseryError(f"no process could be forked: {reason}"))
            case Ended(key, status):
                self._ended(key, status)
            case Listed(key, note):
                self._found.append(self._seedling(key, files, note))
            case ListedAll() if self._listed and not self._listed.done():
                self._listed.set_result(word)
            case _:
                control.close(files)

    def _forked(self, key: str, files: list[int]) -> None:
        asked = self._asked.pop(key, None)
        if asked is None:  # a front before this one asked
            control.close(files)
        else:
            asked.set_result(self._seedling(key, files, {}))

    def _seedling(self, key: str, files: list[int], note: Mapping[str, Any]) -> Seedling:
        pidfd, channel = files
        guard = self._guards[key] = ForkedGuard(pidfd)
        return Seedling(key, socket.socket(fileno=channel), guard, note)

    def _ended(self, key: str, status: int) -> None:
        if asked := self._asked.pop(key, None):
            asked.set_exception(NurseryError("its fork ended at once"))
        if guard := self._guards.pop(key, None):
            code = os.waitstatus_to_exitcode(status)
            guard.end(Exit(signal=-code) if code < 0 else Exit(code=code))

    def _is_gone(self) -> None:
        self.close()
        module = self._importing
        self._fail(f"it ended while it imported {module}" if module else "it ended", module=module)
        for asked in self._asked.values():
            asked.set_exception(NurseryError("it ended"))
        if self._listed and not self._listed.done():
            self._listed.set_exception(NurseryError("it ended"))
        self._asked.clear()
        for guard in self._guards.values():
            guard.end_with_nursery()
        self._guards.clear()

    def _fail(self, reason: str, *, module: str | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(NurseryError(reason, module=module))
            self.ready.exception()  # looked at, so that asyncio does not complain when nobody waited for it


def _unwanted(asked: asyncio.Future[Seedling]) -> None:
    """Nobody waits for this fork any more."""
    if not asked.cancelled() and asked.exception() is None:
        end(asked.result())


def end(seedling: Seedling) -> None:
    """Let a process that has had no job end."""
    seedling.guard.send(signal.SIGQUIT)
    seedling.channel.close()


def _pid_of(pidfd: int) -> int:
    """The pid, on this machine, of a process that may know itself by another. Raises NurseryError."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "Pid":
            return int(value)
    raise NurseryError("the kernel does not say which process a pidfd is")
