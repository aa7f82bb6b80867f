"""One app's process on this machine, with the guard that keeps it, as the launcher's side sees them."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from vitrina.apps import endings, pressure, probe
from vitrina.apps.errors import AnswerError, StartError
from vitrina.apps.feedback import Recorded, is_entry
from vitrina.apps.job import MAX_LINE_BYTES, GarbledError, Message, Step
from vitrina.apps.launchers.hearing import PAUSE_S, Hearing
from vitrina.apps.life import UnixAddress

if TYPE_CHECKING:
    from collections.abc import Callable

    from vitrina.apps.feedback import Said
    from vitrina.apps.launchers.launcher import Draining, Exit

KILLED_WITHIN_S = 10.0
"""How long the guard may take to kill everything; then it is killed itself."""

LAST_WORDS_S = 2.0
"""A server that closes a connection unanswered is mostly about to end: so long its process is waited for."""

CREDENTIALS = struct.Struct("iII")
"""What the kernel says of a sender: pid (as this process sees it), user, group."""


class Guard(Protocol):
    """An app's guard, however it came to be: by its own program, or by the fork of a nursery."""

    @property
    def pid(self) -> int:
        """The process below which all of this app is, and nothing of any other."""
        ...

    @property
    def ended(self) -> asyncio.Future[Exit]:
        """Done when guard and app are gone."""
        ...

    def send(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens when it has ended."""
        ...


@dataclass(frozen=True)
class Site:
    """Where one instance lives on this machine."""

    socket: Path
    folder: Path
    origin: str


@dataclass(frozen=True)
class Told:
    """All that is known of a process from its messages."""

    pid: int | None = None
    step: Step = Step.BEGINNING
    health: str | None = None
    rehearsal: str | None = None
    failure: str | None = None

    def after(self, message: Message, *, sender: int | None) -> Told:
        """What is known with one more message; the kernel names its sender, which may think itself another pid."""
        return Told(
            pid=self.pid or (sender if message.pid else None),
            step=message.step or self.step,
            health=message.health or self.health,
            rehearsal=message.rehearsal or self.rehearsal,
            failure=message.failure or self.failure,
        )


class AppProcess:
    """One app's process with its guard; implements `Launched`.

    `channel` is the launcher's end. `told` is what an earlier launcher knew of it. `on_news` is called whenever more is
    known, `on_draining` when it is to take nobody new. `record` says what becomes of its feedback.
    """

    def __init__(
        self,
        site: Site,
        *,
        channel: socket.socket,
        guard: Guard,
        told: Told | None = None,
        on_news: Callable[[Told], None] = lambda _: None,
        on_draining: Callable[[Draining], None] = lambda _: None,
        record: Callable[[Said], Recorded] = lambda _: Recorded.SWITCHED_OFF,
    ) -> None:
        self._site = site
        self._guard = guard
        self._channel = channel
        self._told = told or Told()
        self._on_news = on_news
        self._on_draining = on_draining
        self._reached: dict[Step, None] = {}  # in their order, each once: an app must not be able to make it grow
        self._unread = b""
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._hearing = Hearing(record, clock=self._loop.time)
        self._pause: asyncio.TimerHandle | None = None
        self._is_served = False
        channel.setblocking(False)
        self._loop.add_reader(channel, self._receive)
        guard.ended.add_done_callback(self._guard_ended)

    @property
    def site(self) -> Site:
        """Where it lives."""
        return self._site

    @property
    def address(self) -> UnixAddress:
        """The socket it serves on."""
        return UnixAddress(self._site.socket)

    @property
    def pid(self) -> int | None:
        """The app's own process (not the guard's), once it has told something."""
        return self._told.pid

    async def ready(self, on_step: Callable[[str], None]) -> None:
        """Wait for the steps of the start, then for the first answer of the app's server."""
        shown = 0
        while True:
            for step in list(self._reached)[shown:]:  # several may have come at once
                on_step(step.value)
            shown = len(self._reached)
            if self._told.failure:
                await self._gone_within(LAST_WORDS_S)  # by then its log has all that it printed
                raise StartError(self._told.failure, step=self._told.step)
            if self._guard.ended.done():
                self._hear_out()  # its end may be known before the callback that hears its last words
                if self._told.failure is None:
                    raise self._ended_early()
                continue
            if self._told.health:
                await self._answered(self._told.health, step=Step.SERVING)
                self._is_served = True  # from now on only its feedback matters, not what else it says of itself
                return
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

    def drains(self, how: Draining) -> None:
        """Have it noted, where notes are kept."""
        self._on_draining(how)

    async def ended(self) -> Exit:
        """Wait for the end of the app and of all that it started."""
        return await asyncio.shield(self._guard.ended)

    async def memory_bytes(self) -> int | None:
        """Of the guard and all that the app started, however it hid."""
        return await asyncio.to_thread(pressure.memory_below, self._guard.pid)

    async def stop(self, *, grace_s: float) -> None:
        """Ask the guard to end the app, then to kill it; then remove its socket and private folder."""
        if grace_s > 0:
            self._guard.send(signal.SIGTERM)
            await self._gone_within(grace_s)
        self._guard.send(signal.SIGQUIT)
        await self._gone_within(KILLED_WITHIN_S)
        self._guard.send(signal.SIGKILL)
        await asyncio.shield(self._guard.ended)
        self._hang_up()
        self._site.socket.unlink(missing_ok=True)
        await asyncio.to_thread(shutil.rmtree, self._site.folder, ignore_errors=True)

    def leave(self) -> None:
        """Let it run on, without this launcher."""
        self._hang_up()

    async def _gone_within(self, seconds: float) -> bool:
        done, _ = await asyncio.wait({self._guard.ended}, timeout=seconds)
        return bool(done)

    async def _answered(self, path: str, *, step: Step) -> None:
        asked = asyncio.create_task(probe.answer(self.address, path=path, origin=self._site.origin))
        try:
            await asyncio.wait({asked, self._guard.ended}, return_when=asyncio.FIRST_COMPLETED)
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

    def _ended_early(self) -> StartError:
        return StartError(endings.ended_before_listening(self._guard.ended.result()), step=self._told.step)

    def _hang_up(self) -> None:
        """Nothing more is to be heard."""
        if self._pause:
            self._pause.cancel()
        if self._channel.fileno() >= 0:
            self._loop.remove_reader(self._channel)
            self._channel.close()

    def _receive(self) -> bool:
        """Take one packet; whether more may be taken at once."""
        try:
            received, ancillary, _, _ = self._channel.recvmsg(MAX_LINE_BYTES, socket.CMSG_SPACE(CREDENTIALS.size))
        except OSError:
            return False
        if not received:
            self._loop.remove_reader(self._channel)
            return False
        if is_entry(received) or self._is_served:
            return self._hear_feedback(received)
        *lines, self._unread = (self._unread + received).split(b"\n")
        for line in lines:
            self._hear(line, sender=_sender(ancillary))
        if len(self._unread) > MAX_LINE_BYTES:
            self._unread = b""
            self._told = replace(self._told, failure="The app's runner sent an endless line.")
        self._news.set()
        self._on_news(self._told)
        return True

    def _hear_feedback(self, received: bytes) -> bool:
        if self._hearing.hear(received, self._channel):
            return True
        self._loop.remove_reader(self._channel)
        if self._pause:  # its last words are heard in a pause as well
            self._pause.cancel()
        self._pause = self._loop.call_later(PAUSE_S, self._loop.add_reader, self._channel, self._receive)
        return False

    def _hear(self, line: bytes, *, sender: int | None) -> None:
        try:
            message = Message.parse(line)
        except GarbledError as error:
            self._told = replace(self._told, failure=str(error))
            return
        self._told = self._told.after(message, sender=sender)
        if message.step is not None:
            self._reached.setdefault(message.step)

    def _guard_ended(self, _: asyncio.Future[Exit]) -> None:
        self._hear_out()
        self._news.set()

    def _hear_out(self) -> None:
        """The guard is dead, so the app is; its last words may still lie in the channel."""
        while self._channel.fileno() >= 0 and self._receive():
            pass


def _sender(ancillary: list[tuple[int, int, bytes]]) -> int | None:
    """The pid of who sent it, as the kernel says; None: unknown."""
    for level, kind, told in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            pid: int = CREDENTIALS.unpack_from(told)[0]
            return pid or None
    return None
