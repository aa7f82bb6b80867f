"""The parent: carries out what `care` decides. One thread, one loop: hear what happened, do what is asked.

Signal handlers only wake the loop. A child's end is heard by its pidfd, its readiness by a pipe. Children live in
sessions of their own, so that Ctrl-C reaches the parent alone; the kernel kills them when the parent is killed. The
processes of the keeper are the parent's children too, and outlive the front that asked for them.
"""

from __future__ import annotations

import io
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
from vitrina.hub.processes import keeper, pulse
from vitrina.hub.processes.care import Care, Patience
from vitrina.hub.processes.child import LEAVE, SHOW, Inherited, settings_as_text
from vitrina.hub.processes.keeper import Keeper, Kept
from vitrina.hub.processes.succession import RESTART, Trial
from vitrina.hub.processes.talk import (
    Announce,
    Answered,
    Ask,
    Began,
    Child,
    Command,
    EndAsked,
    Ended,
    EndTrial,
    Event,
    Finish,
    Kill,
    Leave,
    NotReplaced,
    Ready,
    Refuse,
    Replace,
    RestartAsked,
    Say,
    Show,
    Start,
    Terminate,
    TimePassed,
    Tried,
    Try,
)
from vitrina.hub.settings import Settings

MODULES = {Child.PORTAL: "vitrina.hub.processes.portal", Child.FRONT: "vitrina.hub.processes.front"}

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

ASKING = (*ENDING, RESTART)

ALL_SIGNALS = 64
"""More than there are, in bytes of the wake-up socket."""


@dataclass(frozen=True, slots=True)
class Running:
    """A child's process, and what is heard of it."""

    process: subprocess.Popen[str]
    end: int
    """Its pidfd: readable when it has ended."""

    ready: io.FileIO
    """The reading end of its pipe."""

    pulse: socket.socket
    """The parent's end; closed as soon as the child has closed its own."""


class Parent:
    """Runs a hub on two listening sockets, which stay its caller's to close.

    `kept` are the processes that an earlier program of this process has kept. When a restart is asked for, `trial`
    begins to try the program that would come. If it works, `replace` is called when the children are gone, with what is
    kept then; it does not return, or raises OSError. Else `refuse` is told why.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        portal: socket.socket,
        front: socket.socket,
        announce: Callable[[], None],
        say: Callable[[str], None],
        trial: Callable[[], Trial],
        replace: Callable[[Sequence[Kept]], NoReturn],
        refuse: Callable[[str], None],
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
        self._begin_trial = trial
        self._trial: Trial | None = None
        self._replace = replace
        self._refuse = refuse
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
            stack.callback(self._drop_trial)
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
            is_open = self._selector.get_map().get(key.fd) == key  # what was heard before it may have closed it
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
            case Ask(child):
                pulse.ask(self._running[child].pulse)
            case Show(child):
                self._running[child].process.send_signal(SHOW)
            case Try():
                self._try()
            case EndTrial():
                self._end_trial()
            case Refuse(reason):
                self._refuse(reason)
            case Replace():
                self._begin_anew()
            case _:
                assert_never(command)

    def _begin_anew(self) -> None:
        # From here on a signal waits for the next program, which looks for it as soon as it can act.
        signal.pthread_sigmask(signal.SIG_BLOCK, ASKING)
        if self._is_end_asked():
            self._code = 0
            return
        try:
            self._replace(self._keeper.kept())
        except OSError as error:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKING)
            self._do(NotReplaced(f"{error.strerror or error}."))

    def _try(self) -> None:
        try:
            trial = self._trial = self._begin_trial()
        except OSError as error:
            self._do(Tried(f"{error.strerror or error}."))
            return

        def ended() -> Event:
            self._selector.unregister(trial.end)
            self._trial = None
            return Tried(trial.failure())

        self._selector.register(trial.end, selectors.EVENT_READ, ended)

    def _end_trial(self) -> None:
        if self._trial is not None:
            self._trial.kill()

    def _drop_trial(self) -> None:
        self._end_trial()
        if self._trial is not None:
            self._trial.failure()

    def _start(self, child: Child) -> None:
        reading, writing = os.pipe()
        ours, theirs = pulse.pair()
        asking = self._keeper_line() if child is Child.FRONT else None
        inherited = Inherited(
            parent_pid=os.getpid(),
            listener=self._listeners[child].fileno(),
            line=self._lines[child].fileno(),
            keeper=asking and asking.fileno(),
            pulse=theirs.fileno(),
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
            theirs.close()
            if asking:
                asking.close()
        assert process.stdin is not None
        with suppress(BrokenPipeError), process.stdin as pipe:  # one that has ended already is heard of below
            pipe.write(settings_as_text(self._settings))
        running = self._running[child] = Running(process, os.pidfd_open(process.pid), io.FileIO(reading), ours)
        self._selector.register(running.ready, selectors.EVENT_READ, lambda: self._said(child, running))
        self._selector.register(running.pulse, selectors.EVENT_READ, lambda: self._heard_pulse(child, running))
        self._selector.register(running.end, selectors.EVENT_READ, lambda: self._ended(child, running))

    def _keeper_line(self) -> socket.socket:
        ours, theirs = keeper.pair()
        self._keeper.serve(ours)
        return theirs

    def _said(self, child: Child, running: Running) -> Event | None:
        said = running.ready.read(1)
        self._close(running.ready)
        return Ready(child) if said else None

    def _heard_pulse(self, child: Child, running: Running) -> Event | None:
        if pulse.is_answer(running.pulse):
            return Answered(child)
        self._close(running.pulse)  # its end is told by its pidfd
        return None

    def _ended(self, child: Child, running: Running) -> Event:
        self._selector.unregister(running.end)
        os.close(running.end)
        for heard in (running.pulse, running.ready):
            self._close(heard)
        return Ended(child, running.process.wait())

    def _close(self, file: socket.socket | io.FileIO) -> None:
        """Once or more often. By the object, not its number: that may be another file's by now."""
        is_closed = file.closed if isinstance(file, io.FileIO) else file.fileno() < 0
        if not is_closed:
            self._selector.unregister(file)
            file.close()

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
        former = {number: signal.signal(number, _noted) for number in ASKING}
        former_fd = signal.set_wakeup_fd(waker.fileno())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKING)  # the program before may have left them waiting
        try:
            yield woken
        finally:
            signal.set_wakeup_fd(former_fd)
            for number, handler in former.items():
                signal.signal(number, handler)


def _noted(_number: int, _frame: object) -> None:
    """The wake-up socket has the signal already."""
