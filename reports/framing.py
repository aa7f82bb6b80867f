"""Messages between a hub and its render workers, over pipes: a JSON head, then blobs as they are.

JSON and not pickle, since a worker that untrusted data took over must not be able to make its parent do anything.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")

LARGEST_HEAD = 1_000_000
"""Bytes."""


class BrokenMessageError(Exception):
    """What came is no message: the other side ended, or is out of its mind."""


@dataclass(frozen=True, slots=True)
class Message:
    head: Mapping[str, Any]
    blobs: Sequence[bytes] = field(default_factory=tuple)


def write(stream: BinaryIO, message: Message) -> None:
    """Raises BrokenPipeError when nobody reads."""
    head = json.dumps({**message.head, "blobs": [len(blob) for blob in message.blobs]}).encode()
    stream.write(_LENGTH.pack(len(head)))
    stream.write(head)
    for blob in message.blobs:
        stream.write(blob)
    stream.flush()


def read(stream: BinaryIO, *, most: int) -> Message | None:
    """The next message, of at most `most` bytes; None at the end. Raises BrokenMessageError."""
    prefix = stream.read(_LENGTH.size)
    if not prefix:
        return None
    if len(prefix) < _LENGTH.size:
        raise BrokenMessageError("It ended within a length.")
    (length,) = _LENGTH.unpack(prefix)
    if length > LARGEST_HEAD:
        raise BrokenMessageError(f"A head of {length} bytes is too long.")
    try:
        head: dict[str, Any] = json.loads(_exactly(stream, length))
        sizes: list[Any] = head.pop("blobs")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenMessageError("Its head cannot be read.") from error
    if not all(isinstance(size, int) and size >= 0 for size in sizes) or sum(sizes) > most:
        raise BrokenMessageError(f"It is longer than {most} bytes.")
    return Message(head, tuple(_exactly(stream, size) for size in sizes))


def _exactly(stream: BinaryIO, length: int) -> bytes:
    read = stream.read(length)
    if len(read) < length:
        raise BrokenMessageError("It ended within a message.")
    return read
