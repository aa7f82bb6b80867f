"""The line from the portal to the front: what it is asked to do or to tell at once. One datagram is one wish.

The line is a socket pair that both processes inherit, and no name in a file system or network that an app could find.
Whoever wants to be told something sends the end of a pipe along, into which the answer is written: so an answer has any
length, and finds its way to who asked, whatever became of the front meanwhile. How an app is after a wish stands in the
store, where the front notes it.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from dataclasses import asdict, dataclass

from vitrina.hub.measures.told import Told, told_of
from vitrina.store.errors import VitrinaError

LONGEST_BYTES = 4096
"""A wish is a label and a line; what is longer is none of ours."""

ANSWER_S = 2.0
"""A front that lives answers within milliseconds; whoever reads figures does not wait long for one that does not."""

FIGURES = b"figures"
"""The wish to be told how everything stands."""


class NoFrontError(VitrinaError):
    """The part of the hub that runs apps does not answer."""

    status = 503
    permanent = False

    def __init__(self) -> None:
        super().__init__("The part of the hub that runs apps does not answer.", hint="Try again in some seconds.")


class GarbledWishError(VitrinaError):
    """A datagram on the line is no wish."""


@dataclass(frozen=True, slots=True)
class StopApp:
    """Stop the app with this label."""

    label: str
    reason: str
    """One line, shown to people."""

    drain: bool = False
    """Whether who is inside may stay for a while."""


@dataclass(frozen=True, slots=True)
class TellFigures:
    """Say how everything stands, into `answer`, which is whoever's who heard the wish to close."""

    answer: socket.socket


Wish = StopApp | TellFigures


@dataclass(frozen=True, slots=True)
class FrontLine:
    """The portal's end."""

    end: socket.socket | None
    """None: this portal runs without a front."""

    def stop(self, label: str, *, reason: str, drain: bool = False) -> None:
        """With `drain` who is inside may stay for a while. Raises NoFrontError when the front takes no wishes."""
        if self.end is None:
            raise NoFrontError
        try:
            self.end.send(json.dumps(asdict(StopApp(label, reason, drain))).encode())
        except OSError as error:  # its queue is full: the front hangs or is not there
            raise NoFrontError from error

    def figures(self, *, timeout_s: float = ANSWER_S) -> Told:
        """How everything stands at the front; waits for it. Raises NoFrontError, and GarbledAnswerError."""
        if self.end is None:
            raise NoFrontError
        ours, theirs = socket.socketpair()
        with ours:
            try:
                with theirs:
                    socket.send_fds(self.end, [FIGURES], [theirs.fileno()])
                return told_of(_read(ours, until_s=time.monotonic() + timeout_s))
            except OSError as error:  # TimeoutError is one
                raise NoFrontError from error


def wish_of(datagram: bytes) -> StopApp:
    """The wish in a datagram that came alone, at the front's end. Raises GarbledWishError."""
    try:
        return StopApp(**json.loads(datagram))
    except (ValueError, TypeError) as error:
        raise GarbledWishError(f"{datagram!r} is no wish.") from error


async def heard(line: socket.socket) -> Wish:
    """The next wish, at the front's end. Raises GarbledWishError."""
    while True:
        try:
            datagram, files, _, _ = socket.recv_fds(line, LONGEST_BYTES, 1, socket.MSG_CMSG_CLOEXEC)
            break
        except BlockingIOError:
            await _readable(line)
    if datagram == FIGURES and files:
        answer = socket.socket(fileno=files[0])
        answer.setblocking(False)
        return TellFigures(answer)
    for file in files:
        os.close(file)
    return wish_of(datagram)


async def answer(wish: TellFigures, told: Told) -> None:
    """Write it all, unless nobody reads it."""
    with wish.answer:
        async with asyncio.timeout(ANSWER_S):
            await asyncio.get_running_loop().sock_sendall(wish.answer, told.as_bytes())


def pair() -> tuple[socket.socket, socket.socket]:
    """A new line: the portal's end and the front's. Neither waits."""
    portal, front = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    for end in (portal, front):
        end.setblocking(False)
    return portal, front


def _read(answer: socket.socket, *, until_s: float) -> bytes:
    """All of it, to its end. Raises TimeoutError."""
    parts = list[bytes]()
    while True:
        answer.settimeout(max(0.001, until_s - time.monotonic()))
        if not (part := answer.recv(1 << 16)):
            return b"".join(parts)
        parts.append(part)


async def _readable(line: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_reader(line, lambda: ready.done() or ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(line)
