"""The guard: a small process beside each app that keeps its log, tells of its end and leaves nothing of it behind.

Rule 1: whoever made the guard (the hub, or a nursery of it) can die at any time: the kernel then sends SIGQUIT, and the
        app is killed.
Rule 2: the guard can be killed too: the kernel then kills the app.
Rule 3: what the app started, however it hid, belongs to the guard: orphans come to it (child subreaper), and it ends
        only when it has no child left.
Rule 4: the guard ends as the app did, by the same exit code or signal: that is how its maker learns of it.
Rule 5: an app that takes too much memory or fills its private folder is killed; its log says which, and so does the
        signal by which the guard then ends.
SIGTERM asks the app to end; SIGQUIT ends it at once.

It has one thread. Where the log is it hears from the app's process, which may itself wait to learn which app it is.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import select
import selectors
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from vitrina.apps import measures, walls
from vitrina.apps.limits import Limits
from vitrina.apps.logs import AppLog
from vitrina.apps.measures import Excess
from vitrina.apps.output import SteadyLog
from vitrina.apps.remains import Remains

if TYPE_CHECKING:
    from vitrina.apps.levels import Level

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

CHUNK_BYTES = 64 * 1024
MAX_PATH_BYTES = 4096


@dataclass(frozen=True)
class Lines:
    """What the app's process has of its guard: the writing ends of two pipes."""

    output: int
    log: int
    """Where it says, once, which file its log is."""


def prctl(option: int, value: int) -> None:
    """Set one attribute of this process (Linux). Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def heed() -> None:
    """Called before anything is forked: let SIGQUIT end whoever does not handle it yet.

    It is ignored where the hub was begun in the background of a shell, and a guard that is ended before it can handle
    that would stay.
    """
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


def die_with_guard(lines: Lines) -> None:
    """In the app's process: be killed when the guard ends; at once if it has ended."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    poll = select.poll()
    poll.register(lines.output, 0)  # whose other end only the guard holds: a parent's pid tells nothing where each app
    if poll.poll(0):  # has a namespace of its own
        os.kill(os.getpid(), signal.SIGKILL)


def die_with(parent_pid: int, *, by: signal.Signals) -> None:
    """Let the kernel send this process `by` when its parent's thread that made it ends; at once if it has ended."""
    prctl(PR_SET_PDEATHSIG, by)
    if os.getppid() != parent_pid:
        os.kill(os.getpid(), by)


def fork_app(channel: socket.socket, level: Level) -> Lines:
    """Fork the app's process, and be its guard to the end: returns only in the app's process, with its lines.

    `channel` is the app's, so the guard closes it. Raises OSError when the app's process cannot be made.
    """
    walls.part(level)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    (output, output_end), (log, log_end) = os.pipe(), os.pipe()
    app_pid = os.fork()
    if app_pid == 0:
        os.close(output)
        os.close(log)
        return Lines(output=output_end, log=log_end)
    gc.disable()  # it would touch, and so copy, every page that guard and nursery share
    os.close(output_end)
    os.close(log_end)
    channel.close()
    return _Watch(app_pid, output=output).keep(log)


def say_log(lines: Lines, path: str, *, folder: str) -> None:
    """Called once in the app's process, before anything of the app runs: its output goes there.

    `folder` is its private one, which it must not fill without end.
    """
    os.write(lines.log, os.fsencode(f"{path}\0{folder}"))
    os.close(lines.log)


class _Watch:
    """The guard's own work: copy output and pass signals on until the app has ended, clear up, and end like it."""

    def __init__(self, app_pid: int, *, output: int) -> None:
        self._app_pid = app_pid
        self._remains = Remains(app_pid)
        self._output = output
        self._where: int | None = None
        self._log: SteadyLog | None = None
        self._limits = Limits()
        self._folder: Path | None = None
        self._selector = selectors.PollSelector()

    def keep(self, log: int) -> NoReturn:
        """`log` is where the app's process says which file its log is."""
        woken, waker = socket.socketpair()
        for end in (woken, waker):
            end.setblocking(False)
        signal.set_wakeup_fd(waker.fileno())  # before there is a handler: one that comes in between is noted too
        signal.signal(signal.SIGTERM, _noted)
        signal.signal(signal.SIGQUIT, _noted)
        app = os.pidfd_open(self._app_pid)
        self._where = log
        for file in (self._output, log, woken.fileno(), app):
            self._selector.register(file, selectors.EVENT_READ)
        excess = self._watch(app, woken)
        self._remains.end()
        self._open_log()
        while output := os.read(self._output, CHUNK_BYTES):  # all writers are dead: this ends
            self._write(output)
        if excess:
            self._write(excess.line(self._limits).encode())
        if self._log:
            self._log.close()
        _end_like(excess.value if excess else self._remains.status)

    def _watch(self, app: int, woken: socket.socket) -> Excess | None:
        """Until the app has ended or has to end at once, because it is told to or takes too much of something."""
        measured_at = time.monotonic()
        while True:
            ready = {key.fd for key, _ in self._selector.select(self._limits.measured_every_s)}
            self._remains.collect()
            if time.monotonic() - measured_at >= self._limits.measured_every_s:
                if excess := self._excess():
                    return excess
                measured_at = time.monotonic()
            if self._where in ready:
                self._open_log()
            if self._output in ready:
                if output := os.read(self._output, CHUNK_BYTES):
                    self._write(output)
                else:
                    self._selector.unregister(self._output)
            if woken.fileno() in ready:
                if signal.SIGQUIT in woken.recv(64):
                    return None
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(app, signal.SIGTERM)
            if app in ready:
                return None

    def _excess(self) -> Excess | None:
        if measures.is_too_large(os.getpid(), limit_bytes=self._limits.memory_bytes):
            return Excess.MEMORY
        if self._folder and measures.is_too_full(self._folder, limit_bytes=self._limits.folder_bytes):
            return Excess.FOLDER
        return None

    def _open_log(self) -> None:
        """The app's process says where; it says nothing when it ends before it knows."""
        if self._where is None:
            return
        self._selector.unregister(self._where)
        if told := os.read(self._where, 2 * MAX_PATH_BYTES):
            path, _, folder = os.fsdecode(told).partition("\0")
            self._log = SteadyLog(AppLog(Path(path)), bytes_per_s=self._limits.output_bytes_per_s)
            self._folder = Path(folder)
        os.close(self._where)
        self._where = None

    def _write(self, output: bytes) -> None:
        if self._log:
            self._log.write(output)
        else:  # of a process that is no app yet: its maker's log
            os.write(2, output)


def _noted(number: int, frame: object) -> None:
    """Signals are only noted (through the wakeup descriptor); the loop acts."""


def _end_like(status: int) -> NoReturn:
    """End this process with the wait status of another, at once: there is nothing of its own to be tidied."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        if -code != signal.SIGKILL:  # whose effect cannot be set
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)
