"""The app's end of feedback: from any value to plain ones, and over the instance's channel to the hub.

VITRINA_FEEDBACK says by which descriptor, and which inode that has: a process that was started without it may have
anything else under its number. Threads and forked processes of an app share the channel; whoever speaks holds it until
the answer is there, so that every answer finds its question. Standard library only.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import select
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from vitrina.apps.feedback import MOST_BYTES, MOST_FLAG, MOST_NOTE, Recorded, answered, packet
from vitrina.apps.plain import plain

if TYPE_CHECKING:
    from collections.abc import Generator

    from vitrina.apps.viewing import Viewer

VARIABLE = "VITRINA_FEEDBACK"

PATIENCE_S = 2.0
"""So long an app waits at most, for its turn and for the answer, whatever the hub does."""

TURN_ASKED_S = 0.005
"""The kernel tells nobody when another process gives its turn away within a time limit, so it is asked again."""

SHOWN = 300
"""Characters of an entry that is only printed."""


@dataclass(frozen=True)
class Channel:
    """The channel of this process's instance."""

    descriptor: int
    inode: int

    @property
    def is_open(self) -> bool:
        """Whether the descriptor is still what it was."""
        try:
            return os.fstat(self.descriptor).st_ino == self.inode
        except OSError:
            return False

    @property
    def told(self) -> str:
        """As the environment variable has it."""
        return f"{self.descriptor}:{self.inode}"

    @classmethod
    def of(cls, channel: socket.socket) -> Channel:
        """That of a channel."""
        return cls(channel.fileno(), os.fstat(channel.fileno()).st_ino)

    @classmethod
    def parse(cls, told: str) -> Channel | None:
        """What the variable says; None for what no hub says."""
        descriptor, _, inode = told.partition(":")
        return cls(int(descriptor), int(inode)) if descriptor.isdecimal() and inode.isdecimal() else None


def kept_open(environ: Mapping[str, str]) -> tuple[int, ...]:
    """The descriptors that a program begun with this environment needs to record feedback."""
    channel = Channel.parse(environ.get(VARIABLE, ""))
    return (channel.descriptor,) if channel is not None and channel.is_open else ()


def record(
    inputs: Any,
    output: Any,
    *,
    note: str,
    flag: str,
    viewer: Viewer,
    environ: Mapping[str, str] = os.environ,
    clock: Callable[[], float] = time.monotonic,
    patience_s: float = PATIENCE_S,
) -> Recorded:
    """Say to the hub what was tried; never raises, and is back within `patience_s` seconds."""
    try:
        entry = _entry(inputs, output, note=note, flag=flag, viewer=viewer)
        said = packet(entry)
    except Exception as error:  # values have code of their own, which may fail in any way; the demo must go on
        return _logged(Recorded.NOT_UNDERSTOOD, f"{type(error).__name__}: {error}")
    told = environ.get(VARIABLE)
    if not told:
        _print(entry)
        return Recorded.PRINTED
    if len(said) > MOST_BYTES:
        return _logged(Recorded.TOO_LARGE, f"{len(said)} bytes, of {MOST_BYTES} at most")
    channel = Channel.parse(told)
    if channel is None or not channel.is_open:
        return _logged(Recorded.NOT_REACHED, "it was started without the app's channel")
    try:
        became = _say(channel, said, about=entry["id"], until=clock() + patience_s, clock=clock)
    except OSError as error:
        return _logged(Recorded.NOT_REACHED, str(error))
    return became if became else _logged(became)


def _entry(inputs: Any, output: Any, *, note: str, flag: str, viewer: Viewer) -> dict[str, Any]:
    return {
        "id": secrets.token_hex(8),
        "inputs": plain(inputs),
        "output": plain(output),
        "note": str(note or "")[:MOST_NOTE],
        "flag": str(flag or "")[:MOST_FLAG],
        "user": viewer.user,
        "visitor": viewer.visitor,
    }


def _say(channel: Channel, said: bytes, *, about: str, until: float, clock: Callable[[], float]) -> Recorded:
    """Send, and wait for the answer about this id. Raises OSError when nobody holds the other end."""
    end = socket.socket(fileno=channel.descriptor)
    try:
        with _turn(channel, until=until, clock=clock) as is_ours:
            if not is_ours:
                return Recorded.TOO_OFTEN
            _forget_old_answers(end)
            if not _awaited(end, select.POLLOUT, until - clock()):
                return Recorded.UNANSWERED
            end.send(said, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
            while _awaited(end, select.POLLIN, until - clock()):
                received = end.recv(MOST_BYTES, socket.MSG_DONTWAIT)
                if not received:
                    return Recorded.NOT_REACHED
                if (became := answered(received, about=about)) is not None:
                    return became
            return Recorded.UNANSWERED
    finally:
        end.detach()  # the descriptor is the process's, not this call's


@contextmanager
def _turn(channel: Channel, *, until: float, clock: Callable[[], float]) -> Generator[bool]:
    """Hold the channel among threads and processes; gives whether it was had in time."""
    lock = _lock_of(os.getpid())
    if not lock.acquire(timeout=max(0.0, until - clock())):
        yield False
        return
    try:
        while not _locked(channel):
            if clock() >= until:
                yield False
                return
            time.sleep(TURN_ASKED_S)
        try:
            yield True
        finally:
            fcntl.lockf(channel.descriptor, fcntl.LOCK_UN)
    finally:
        lock.release()


@lru_cache(maxsize=1)
def _lock_of(_pid: int) -> Lock:
    """Among the threads of this process: a fork gets its own, since who held it may not be in there."""
    return Lock()


def _locked(channel: Channel) -> bool:
    """Among processes: the kernel gives it free when one of them dies. It locks a socket as it does a file."""
    try:
        fcntl.lockf(channel.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _forget_old_answers(end: socket.socket) -> None:
    """Those that came after their time."""
    while _awaited(end, select.POLLIN, 0) and end.recv(MOST_BYTES, socket.MSG_DONTWAIT):
        pass


def _awaited(end: socket.socket, event: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(end, event)
    return bool(poll.poll(max(0.0, seconds) * 1000))


def _print(entry: Mapping[str, Any]) -> None:
    shown = {name: value for name, value in entry.items() if name != "id" and value not in ("", None)}
    text = json.dumps(shown, ensure_ascii=False)
    sys.stderr.write(f"feedback (kept by a hub only): {text[:SHOWN]}{'…' if len(text) > SHOWN else ''}\n")


def _logged(became: Recorded, detail: str = "") -> Recorded:
    """One line in the app's log: people see what the app shows of it, its maintainers why."""
    sys.stderr.write(f"feedback was not kept: {became.value}{f' ({detail})' if detail else ''}\n")
    return became
