"""The keeper: processes that the front asks for and that live on without it. They are the parent's children.

A front asks over its line, one message a packet; descriptors go with it and come back with the answer (SCM_RIGHTS):

    {"start": order} with [channel, other end]  ─▶  {"kept": {"key", "pid"}} with [channel, pidfd]  or  {"refused": why}
    {"list": true}                              ─▶  {"kept": …} with [channel, pidfd] for each, then {"end": true}

The process gets the other end of its channel; the keeper keeps a copy of the front's, so that the process does not see
the front's end, and so that the next front can be given it.

Rule 1: a process that wants to end with the hub lets the kernel end it with its parent (`guard.die_with`).
Rule 2: when the hub ends, `close` ends whatever is left.
"""

from __future__ import annotations

import json
import logging
import os
import selectors
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vitrina.store.errors import VitrinaError

log = logging.getLogger(__name__)

MAX_PACKET_BYTES = 192 * 1024
"""Less than what the kernel lets wait in a socket by default, so that a packet never blocks halfway."""

FDS_A_PACKET = 2


class KeeperError(VitrinaError):
    """The parent could not start a process that was to outlive the front."""


@dataclass(frozen=True, slots=True)
class Order:
    """A process to start.

    `key` says what it is to whoever reads of it. The number of its channel is added to `argv` as the last argument.
    `environ` is all that it gets of one, `cwd` where it runs, `log` the file to which its output goes.
    """

    key: str
    argv: Sequence[str]
    environ: Mapping[str, str]
    cwd: str
    log: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A process that runs. The descriptors are the holder's to close."""

    key: str
    pid: int
    channel: int
    """Of the stream socket to it."""

    pidfd: int
    """Readable when it has ended."""

    def close(self) -> None:
        os.close(self.channel)
        os.close(self.pidfd)


class Keeper:
    """The parent's side. `selector` is the parent's, whose loop calls what is registered there."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector
        self._kept: dict[int, tuple[Kept, subprocess.Popen[bytes] | None]] = {}

    def serve(self, line: socket.socket) -> None:
        """Answer the front that has the other end of a line."""
        line.setblocking(False)
        self._selector.register(line, selectors.EVENT_READ, lambda: self._asked(line))

    def take_over(self, kept: Sequence[Kept]) -> None:
        """Keep what an earlier program in this same process has started."""
        for one in kept:
            self._keep(one, process=None)

    def kept(self) -> Sequence[Kept]:
        """All that run, oldest first."""
        return [one for one, _ in self._kept.values()]

    def close(self) -> None:
        """Kill all, and return when they are gone."""
        for one in self.kept():
            signal.pidfd_send_signal(one.pidfd, signal.SIGKILL)
            self._ended(one)

    def _asked(self, line: socket.socket) -> None:
        try:
            packet, files, _, _ = socket.recv_fds(line, MAX_PACKET_BYTES, FDS_A_PACKET, socket.MSG_CMSG_CLOEXEC)
        except OSError:
            packet, files = b"", []
        try:
            if packet:
                return self._answer(line, json.loads(packet), files)
        except (OSError, ValueError, KeyError, TypeError):
            log.exception("the front's line is closed", extra={"action": "keeper_line_closed"})
        finally:
            for file in files:
                os.close(file)
        self._selector.unregister(line)
        line.close()
        return None

    def _answer(self, line: socket.socket, asked: Mapping[str, Any], files: Sequence[int]) -> None:
        if "list" in asked:
            for one in self.kept():
                _tell(line, one)
            line.sendall(json.dumps({"end": True}).encode())
            return
        try:
            _tell(line, self._start(Order(**asked["start"]), *files))
        except OSError as error:
            line.sendall(json.dumps({"refused": f"{error.strerror or error}"}).encode())

    def _start(self, order: Order, ours: int, theirs: int) -> Kept:
        with Path(order.log).open("wb") as output:
            process = subprocess.Popen(
                [*order.argv, str(theirs)],
                env=order.environ,
                cwd=order.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[theirs],
                start_new_session=True,
                umask=0o077,
            )
        one = Kept(order.key, process.pid, os.dup(ours), os.pidfd_open(process.pid))
        self._keep(one, process=process)
        return one

    def _keep(self, one: Kept, *, process: subprocess.Popen[bytes] | None) -> None:
        self._kept[one.pid] = one, process
        self._selector.register(one.pidfd, selectors.EVENT_READ, lambda: self._ended(one))

    def _ended(self, one: Kept) -> None:
        _, process = self._kept.pop(one.pid)
        if process:
            process.wait()
        else:
            os.waitid(os.P_PIDFD, one.pidfd, os.WEXITED)
        self._selector.unregister(one.pidfd)
        one.close()


class Asking:
    """The front's side of a line. Each call waits for the parent, which answers within milliseconds."""

    def __init__(self, line: socket.socket) -> None:
        line.setblocking(True)
        self._line = line

    def start(self, order: Order, channel: socket.socket, other_end: socket.socket) -> Kept:
        """Have a process started that outlives this one; both ends stay the caller's. Raises KeeperError."""
        packet = json.dumps({"start": asdict(order)}).encode()
        socket.send_fds(self._line, [packet], [channel.fileno(), other_end.fileno()])
        answer, files = self._heard()
        if "refused" in answer:
            raise KeeperError(f"{order.argv[0]} could not be started: {answer['refused']}.")
        return Kept(**answer["kept"], channel=files[0], pidfd=files[1])

    def list(self) -> list[Kept]:
        """All that run, oldest first. Raises KeeperError."""
        self._line.sendall(json.dumps({"list": True}).encode())
        found: list[Kept] = []
        while True:
            answer, files = self._heard()
            if "end" in answer:
                return found
            found.append(Kept(**answer["kept"], channel=files[0], pidfd=files[1]))

    def _heard(self) -> tuple[dict[str, Any], list[int]]:
        packet, files, _, _ = socket.recv_fds(self._line, MAX_PACKET_BYTES, FDS_A_PACKET, socket.MSG_CMSG_CLOEXEC)
        if not packet:
            raise KeeperError("The hub's parent process does not answer any more.")
        return json.loads(packet), files


def pair() -> tuple[socket.socket, socket.socket]:
    """A line: the parent's end and the front's."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def _tell(line: socket.socket, one: Kept) -> None:
    packet = json.dumps({"kept": {"key": one.key, "pid": one.pid}}).encode()
    socket.send_fds(line, [packet], [one.channel, one.pidfd])
