"""The TCP connections of this machine that are open: asked of the kernel.

A proxy before the front moves the bytes of its connections, and the front sees none of them. When one ends shows here.
Linux; no right is needed. See sock_diag(7) for the letters that are exchanged.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
ASK_FOR_ALL = 0x301  # NLM_F_REQUEST | NLM_F_DUMP
DONE, REFUSED = 3, 2
OPEN = 1 << 1 | 1 << 8  # established, or closed by the other side only

_LETTER = struct.Struct("=IHHII")
_ASKED = struct.Struct("=BBxxI48x")
_TOLD = struct.Struct("!4xHH16s16s")
_LETTERS_BYTES = 2**18


@dataclass(frozen=True, slots=True)
class Client:
    """The far end of a connection to a port of this machine."""

    address: str
    port: int
    local_port: int


def opened() -> frozenset[Client]:
    """The far end of each open connection. Takes milliseconds for thousands. Raises OSError."""
    found: set[Client] = set()
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as kernel:
        for family in (socket.AF_INET, socket.AF_INET6):
            asked = _ASKED.pack(family, socket.IPPROTO_TCP, OPEN)
            kernel.send(_LETTER.pack(_LETTER.size + len(asked), SOCK_DIAG_BY_FAMILY, ASK_FOR_ALL, 0, 0) + asked)
            found.update(_client(body, family) for body in _answers(kernel))
    return frozenset(found)


def _answers(kernel: socket.socket) -> Iterator[bytes]:
    """One body for each connection."""
    while True:
        letters = kernel.recv(_LETTERS_BYTES)
        while letters:
            size, kind, *_ = _LETTER.unpack_from(letters)
            if kind == DONE:
                return
            if kind == REFUSED:
                raise OSError("The kernel does not tell of its connections (sock_diag).")
            yield letters[_LETTER.size : size]
            letters = letters[(size + 3) & ~3 :]


def _client(body: bytes, family: int) -> Client:
    local_port, port, _, address = _TOLD.unpack_from(body)
    return Client(plain(ip_address(address[: 4 if family == socket.AF_INET else 16])), port, local_port)


def plain(address: object) -> str:
    """An address as proxies write it: what came by IPv4 to a socket for both is written as IPv4."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)
