"""The pulse of a child: its parent asks now and then, by one byte, whether its event loop still turns."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

ASKED = b"?"
MOST_BYTES = 64


def pair() -> tuple[socket.socket, socket.socket]:
    """The parent's end and the child's. Neither waits."""
    ends = socket.socketpair()
    for end in ends:
        end.setblocking(False)
    return ends


def ask(child: socket.socket) -> None:
    """Ask; one that has ended, or has not read what it was asked for long, is heard of otherwise."""
    with suppress(OSError):  # also for one that is closed
        child.send(ASKED)


def is_answer(child: socket.socket) -> bool:
    """Read what a child has said; False: nothing, it has ended."""
    try:
        return bool(child.recv(MOST_BYTES))
    except BlockingIOError:
        return True
    except OSError:  # it ended without having read what it was asked
        return False


def answer(parent: socket.socket) -> None:
    """Answer from now on, in the running event loop."""
    loop = asyncio.get_running_loop()

    def back() -> None:
        try:
            asked = parent.recv(MOST_BYTES)
            parent.send(asked)
        except BlockingIOError:
            return
        except OSError:  # the parent has ended, and this process ends with it
            asked = b""
        if not asked:
            loop.remove_reader(parent)

    parent.setblocking(False)
    loop.add_reader(parent, back)
