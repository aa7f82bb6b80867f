"""The parent: carries out what `care` decides. One thread, one loop: hear what happened, do what is asked.

Signal handlers only wake the loop. A child's end is heard by its pidfd, its readiness by a pipe. Children live in
sessions of their own, so that Ctrl-C reaches the parent alone; the kernel kills them when the parent is killed. The
processes of the keeper are the parent's children too, and outlive the front that asked for them.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import NoReturn, assert_never

from vitrina.hub import front_line
from vitrina.hub.processes import keeper
from vitrina.hub.processes.care import (
    Announce,
    Began,
    Care,
    Child,
    Command,
    EndAsked,
    Ended,
    Event,
    Finish,
    Kill,
    Leave,
    Patience,
    Ready,
    Replace,
    RestartAsked,
    Say,
    Start,
    Terminate,
    TimePassed,
)
from vitrina.hub.processes.child import LEAVE, Inherited, settings_as_text
from vitrina.hub.processes.keeper import Keeper, Kept
from vitrina.hub.processes.succession import RESTART
from vitrina.hub.settings import Settings

MODULES = {Child.PORTAL: "vitrina.hub.processes.portal", Child.FRONT: "vitrina.hub.processes.front"}

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

ALL_SIGNALS = 64
"""More than there are, in bytes of the wake-up socket."""


@dataclass(frozen=True, slots=True)
class Running:
    """A child's process, and what is heard of it."""

    process: subprocess.Popen[str]
    end: int
    """Its pidfd: readable when it has ended."""

    ready: int
    """The reading end of its pipe."""


class Parent:
    """Runs a hub on two listening sockets, which stay its caller's to close.

    `kept` are the processes that an earlier program of this process has kept. `replace` is called when a restart was
    asked for and the children are gone, with what is kept then; it does not return.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        portal: socket.socket,
        front: socket.socket,
        announce: Callable[[], None],
        say: Callable[[str], None],
        replace: Callable[[Sequence[Kept]], NoReturn],
        kept: Sequence[Kept] = (),
        patience: Patience | None = None,
    ) -> None:
        """`announce` is called once, when all serve; `say` gets lines for people."""
        self._settings = settings
        self._listeners = {Child.PORTAL: portal, Child.FRONT: front}
        self._announce = announce
        self._say = say
        self._care = Care(patience)
        self._running: dict[Child, Running] = {}
        self._replace = replace
        self._selector = selectors.DefaultSelector()
        self._keeper = Keeper(self._selector)
        self._keeper.take_over(kept)
        self._code: int | None = None

    def run(self) -> int:
        """Keeps the children alive until the end is asked for; gives the exit code. Must run in the main thread."""
        with ExitStack() as stack:
            ends = front_line.pair()
            for end in ends:
                stack.enter_context(end)
            self._lines = dict(zip(Child, ends, strict=True))
            stack.enter_context(self._selector)
            stack.callback(self._keeper.close)
            self._woken = stack.enter_context(_signals_wake())
            self._selector.register(self._woken, selectors.EVENT_READ, self._asked)
            self._do(Began())
            while self._code is None:
                self._hear()
            return self._code

    def _hear(self) -> None:
        due_s = self._care.next_s()
        timeout_s = None if due_s is None else max(0.0, due_s - time.monotonic())
        for key, _ in self._selector.select(timeout_s):
            is_open = key.fd in self._selector.get_map()  # what was heard before it may have closed it
            if is_open and (event := key.data()) is not None:
                self._do(event)
        self._do(TimePassed())

    def _do(self, event: Event) -> None:
        for command in self._care.decide(event, now_s=time.monotonic()):
            self._obey(command)

    def _obey(self, command: Command) -> None:
        match command:
            case Start(child):
                self._start(child)
            case Terminate(child):
                self._running[child].process.terminate()
            case Leave(child):
                self._running[child].process.send_signal(LEAVE)
            case Kill(child):
                self._running[child].process.kill()
            case Announce():
                self._announce()
            case Say(line):
                self._say(line)
            case Finish(code):
                self._code = code
            case Replace():
                # From here on a signal waits for the next program, which looks for it as soon as it can act.
                signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
                if self._is_end_asked():
                    self._code = 0
                else:
                    self._replace(self._keeper.kept())
            case _:
                assert_never(command)

    def _start(self, child: Child) -> None:
        reading, writing = os.pipe()
        asking = self._keeper_line() if child is Child.FRONT else None
        inherited = Inherited(
            parent_pid=os.getpid(),
            listener=self._listeners[child].fileno(),
            line=self._lines[child].fileno(),
            keeper=asking and asking.fileno(),
            ready=writing,
        )
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", MODULES[child], inherited.argument()],
                stdin=subprocess.PIPE,
                pass_fds=inherited.files,
                start_new_session=True,
                text=True,
            )
        finally:
            os.close(writing)
            if asking:
                asking.close()
        assert process.stdin is not None
        with suppress(BrokenPipeError), process.stdin as pipe:  # one that has ended already is heard of below
            pipe.write(settings_as_text(self._settings))
        running = self._running[child] = Running(process, os.pidfd_open(process.pid), reading)
        self._selector.register(running.ready, selectors.EVENT_READ, lambda: self._said(child, running))
        self._selector.register(running.end, selectors.EVENT_READ, lambda: self._ended(child, running))

    def _keeper_line(self) -> socket.socket:
        ours, theirs = keeper.pair()
        self._keeper.serve(ours)
        return theirs

    def _said(self, child: Child, running: Running) -> Event | None:
        said = os.read(running.ready, 1)
        self._close(running.ready)
        return Ready(child) if said else None

    def _ended(self, child: Child, running: Running) -> Event:
        self._close(running.end)
        if running.ready in self._selector.get_map():
            self._close(running.ready)
        return Ended(child, running.process.wait())

    def _close(self, number: int) -> None:
        self._selector.unregister(number)
        os.close(number)

    def _asked(self) -> Event:
        [number] = self._woken.recv(1)
        return RestartAsked() if number == RESTART else EndAsked()

    def _is_end_asked(self) -> bool:
        """Whether somebody asks for the end who was not heard yet."""
        try:
            return any(number in ENDING for number in self._woken.recv(ALL_SIGNALS))
        except BlockingIOError:
            return False


@contextmanager
def _signals_wake() -> Generator[socket.socket]:
    """A socket that gets the number of each signal that asks for something; the handlers from before are put back."""
    woken, waker = socket.socketpair()
    with woken, waker:
        woken.setblocking(False)
        waker.setblocking(False)
        former = {number: signal.signal(number, _noted) for number in (*ENDING, RESTART)}
        former_fd = signal.set_wakeup_fd(waker.fileno())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)  # the program before may have left them waiting
        try:
            yield woken
        finally:
            signal.set_wakeup_fd(former_fd)
            for number, handler in former.items():
                signal.signal(number, handler)


def _noted(_number: int, _frame: object) -> None:
    """The wake-up socket has the signal already."""
