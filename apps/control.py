"""What a launcher and a nursery say to each other over the nursery's one socket, a word a packet.

The launcher says `Load` once, then `Fork`, `Note`, `List` and `Retire`, at any time. A `key` names one fork; whoever
asks for it makes it up, so that no two fronts in a row use the same. Packets keep their borders, so a front that dies
in the middle leaves nothing half said to the next one; what was meant for the one before is not known, and dropped.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

MAX_PACKET_BYTES = 128 * 1024
MAX_FILES = 2


@dataclass(frozen=True)
class Load:
    """Import the framework and these modules, for apps of this level and network (the values of `apps.levels`).

    `interpreter` is `Interpreter.told()`, for the next launcher.
    """

    framework: str
    modules: Sequence[str]
    level: str
    network: str
    interpreter: Mapping[str, Any]


@dataclass(frozen=True)
class Fork:
    """Make a process that waits for its job, with its guard; a spare will wait long, and has time to prepare."""

    key: str
    is_spare: bool


@dataclass(frozen=True)
class Note:
    """Keep this about a fork, for the next launcher; a later note replaces the one before."""

    key: str
    note: Mapping[str, Any]


@dataclass(frozen=True)
class List:
    """Say what there is: `Listed` for each fork that has not ended, then `ListedAll`."""


@dataclass(frozen=True)
class Retire:
    """Fork no more, and end with the last fork."""


@dataclass(frozen=True)
class Loading:
    """The next import; the last one that was told is to blame when nothing comes after it."""

    module: str


@dataclass(frozen=True)
class Unfit:
    """Importing this module does what forbids a fork (`reason`), so this nursery ends."""

    module: str
    reason: str


@dataclass(frozen=True)
class Loaded:
    """It is ready to fork; `size_bytes` is what it has in memory."""

    size_bytes: int


@dataclass(frozen=True)
class Forked:
    """Comes with a pidfd of the guard and the launcher's end of the app's channel. `size_bytes` as in `Loaded`."""

    key: str
    size_bytes: int


@dataclass(frozen=True)
class Refused:
    """The machine has no room for another process."""

    key: str
    reason: str


@dataclass(frozen=True)
class Ended:
    """A fork's guard has ended, and with it all that the app started; `status` is its wait status."""

    key: str
    status: int


@dataclass(frozen=True)
class Listed:
    """Comes with the same as `Forked`; `note` is empty for one that waits for its job."""

    key: str
    note: Mapping[str, Any]


@dataclass(frozen=True)
class ListedAll:
    """All were listed; the rest is what `Load` said."""

    framework: str
    modules: Sequence[str]
    network: str
    interpreter: Mapping[str, Any]


WORDS = {
    word.__name__: word
    for word in (Load, Fork, Note, List, Retire, Loading, Unfit, Loaded, Forked, Refused, Ended, Listed, ListedAll)
}

Word = Load | Fork | Note | List | Retire | Loading | Unfit | Loaded | Forked | Refused | Ended | Listed | ListedAll


def pair() -> tuple[socket.socket, socket.socket]:
    """The two ends, both blocking and closed on exec."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def say(to: socket.socket, word: Word, *files: int) -> None:
    """Send one word; the files stay open here. Raises OSError: BlockingIOError when there is no room for it."""
    packet = json.dumps({"word": type(word).__name__, **asdict(word)}).encode()
    socket.send_fds(to, [packet], files)


def hear(by: socket.socket) -> tuple[Word, list[int]] | None:
    """Receive one word and its files, which are the caller's; None at the end. Raises OSError."""
    packet, files, _, _ = socket.recv_fds(by, MAX_PACKET_BYTES, MAX_FILES, socket.MSG_CMSG_CLOEXEC)
    if not packet:
        return None
    told: dict[str, Any] = json.loads(packet)
    return WORDS[told.pop("word")](**told), files


def close(files: Sequence[int]) -> None:
    """Close files that came with a word that is of no use."""
    for number in files:
        os.close(number)
