"""The guard: a small process beside each app that keeps its log, tells of its end and leaves nothing of it behind.

Rule 1: whoever made the guard (the hub) can die at any time: the kernel then sends SIGQUIT, and the app is killed.
Rule 2: the guard can be killed too: the kernel then kills the app.
Rule 3: what the app started, however it hid, belongs to the guard: orphans come to it (child subreaper), and it ends
        only when it has no child left.
Rule 4: the guard ends as the app did, by the same exit code or signal: that is how its maker learns of it.
SIGTERM asks the app to end; SIGQUIT ends it at once.

It is forked before anything heavy is imported and has one thread.
"""

from __future__ import annotations

import ctypes
import os
import selectors
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from vitrina.apps.logs import AppLog

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

CHUNK_BYTES = 64 * 1024


def prctl(option: int, value: int) -> None:
    """Set one attribute of this process (Linux). Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def die_with(parent_pid: int, *, by: signal.Signals) -> None:
    """Let the kernel send this process `by` when its parent's thread that made it ends; at once if it has ended."""
    prctl(PR_SET_PDEATHSIG, by)
    if os.getppid() != parent_pid:
        os.kill(os.getpid(), by)


def adopt_orphans() -> None:
    """Make every process that descends from this one its child when its own parent ends."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def keep(app_pid: int, *, output_fd: int, log: AppLog) -> NoReturn:
    """Keep an app, this process's child, to its end, and end like it; `output_fd` is the reading end of its output."""
    woken, waker = socket.socketpair()
    for end in (woken, waker):
        end.setblocking(False)
    signal.signal(signal.SIGTERM, _noted)
    signal.signal(signal.SIGQUIT, _noted)
    signal.set_wakeup_fd(waker.fileno())
    app_fd = os.pidfd_open(app_pid)
    with selectors.DefaultSelector() as selector:
        for file in (output_fd, woken, app_fd):
            selector.register(file, selectors.EVENT_READ)
        _watch(selector, app_pid=app_pid, app_fd=app_fd, output_fd=output_fd, woken=woken, log=log)
    status = _clear(app_pid)
    while output := os.read(output_fd, CHUNK_BYTES):  # all writers are dead: this ends
        log.write(output)
    log.close()
    _end_like(status)


def _noted(number: int, frame: object) -> None:
    """Signals are only noted (through the wakeup descriptor); the loop acts."""


def _watch(
    selector: selectors.BaseSelector,
    *,
    app_pid: int,
    app_fd: int,
    output_fd: int,
    woken: socket.socket,
    log: AppLog,
) -> None:
    """Copy output and pass signals on, until the app has ended or has to end at once."""
    while True:
        ready = {key.fileobj for key, _ in selector.select()}
        if output_fd in ready:
            if output := os.read(output_fd, CHUNK_BYTES):
                log.write(output)
            else:
                selector.unregister(output_fd)
        if woken in ready:
            signals = woken.recv(64)
            if signal.SIGQUIT in signals:
                return
            os.kill(app_pid, signal.SIGTERM)
        if app_fd in ready:
            return


def _clear(app_pid: int) -> int:
    """Kill whatever is left, until this process has no child; returns the app's wait status."""
    status = 0
    while True:
        for pid in _children():
            os.kill(pid, signal.SIGKILL)
        try:
            pid, ended = os.waitpid(-1, 0)
        except ChildProcessError:
            return status
        if pid == app_pid:
            status = ended


def _children() -> list[int]:
    """The processes whose parent is this one, those that have ended and wait to be collected included."""
    own, found = os.getpid(), list[int]()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _parent(folder) == own:
            found.append(int(folder.name))
    return found


def _parent(folder: Path) -> int | None:
    try:
        stat = (folder / "stat").read_bytes()
    except OSError:  # it ended in between
        return None
    return int(stat.rpartition(b")")[2].split()[1])


def _end_like(status: int) -> NoReturn:
    """End this process with the wait status of another."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        if -code != signal.SIGKILL:  # whose effect cannot be set
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)
