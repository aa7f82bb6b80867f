"""The line from the portal to the front: what it is asked to do at once. One datagram is one wish; nothing is answered.

The line is a socket pair that both processes inherit, and no name in a file system or network that an app could find.
How an app is afterwards stands in the store, where the front notes it.
"""

from __future__ import annotations

import json
import socket
from dataclasses import asdict, dataclass

from vitrina.store.errors import VitrinaError

LONGEST_BYTES = 4096
"""A wish is a label and a line; what is longer is none of ours."""


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


def wish_of(datagram: bytes) -> StopApp:
    """The wish in a datagram, at the front's end. Raises GarbledWishError."""
    try:
        return StopApp(**json.loads(datagram))
    except (ValueError, TypeError) as error:
        raise GarbledWishError(f"{datagram!r} is no wish.") from error


def pair() -> tuple[socket.socket, socket.socket]:
    """A new line: the portal's end and the front's. Neither waits."""
    portal, front = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    for end in (portal, front):
        end.setblocking(False)
    return portal, front
