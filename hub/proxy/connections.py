"""The TCP connections of this machine, and how much each has received: asked of the kernel, which counts anyway.

A proxy before the front moves the bytes of its connections, and the front sees none of them. What a person sends on an
open WebSocket shows here (`tcpi_bytes_received`), as does the end of a connection. Linux; no right is needed. See
sock_diag(7) for the letters that are exchanged.
"""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
ASK_FOR_ALL = 0x301  # NLM_F_REQUEST | NLM_F_DUMP
DONE, REFUSED = 3, 2
INFO = 2
OPEN = 1 << 1 | 1 << 8  # established, or closed by the other side only
BYTES_RECEIVED = slice(128, 136)
"""Where struct tcp_info has it, of which newer kernels only add to the end."""

_LETTER = struct.Struct("=IHHII")
_ASKED = struct.Struct("=BBBBI48x")
_TOLD = struct.Struct("!4xHH16s16s")
_TOLD_BYTES = 72
_ATTRIBUTE = struct.Struct("=HH")
_LETTERS_BYTES = 2**18


@dataclass(frozen=True, slots=True)
class Client:
    """The far end of a connection to a port of this machine."""

    address: str
    port: int
    local_port: int


def received() -> Mapping[Client, int]:
    """Bytes that came in on each open connection. Takes milliseconds for thousands. Raises OSError."""
    found: dict[Client, int] = {}
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as kernel:
        for family in (socket.AF_INET, socket.AF_INET6):
            asked = _ASKED.pack(family, socket.IPPROTO_TCP, 1 << (INFO - 1), 0, OPEN)
            kernel.send(_LETTER.pack(_LETTER.size + len(asked), SOCK_DIAG_BY_FAMILY, ASK_FOR_ALL, 0, 0) + asked)
            for body in _answers(kernel):
                found[_client(body, family)] = _bytes_received(body)
    return found


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


def _bytes_received(body: bytes) -> int:
    place = _TOLD_BYTES
    while place < len(body):
        size, kind = _ATTRIBUTE.unpack_from(body, place)
        if kind == INFO:
            return int.from_bytes(body[place + _ATTRIBUTE.size : place + size][BYTES_RECEIVED], sys.byteorder)
        place += (size + 3) & ~3
    return 0
