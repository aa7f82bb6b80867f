"""Whether a picture shows anything: a page that is one colour, or one row repeated, is not drawn yet. Pure."""

from __future__ import annotations

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEAD = struct.Struct(">I4s")
_CHECK_BYTES = 4
_SIZE = struct.Struct(">II")
SIZE_ENDS_AT = 24

PLAIN_ROWS = 2
"""The first row of a plain picture is written out, all others say that they are like the one above."""


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height. Raises ValueError for what is no PNG."""
    if not png.startswith(SIGNATURE) or png[12:16] != b"IHDR" or len(png) < SIZE_ENDS_AT:
        raise ValueError("this is no PNG")
    width, height = _SIZE.unpack_from(png, 16)
    return width, height


def is_plain(png: bytes) -> bool:
    """Whether all rows are the same. Raises ValueError for what is no PNG."""
    _, height = size_of(png)
    if height == 0:
        raise ValueError("this PNG has no rows")
    try:
        rows = zlib.decompress(b"".join(content for kind, content in _chunks(png) if kind == b"IDAT"))
    except zlib.error as error:
        raise ValueError("this is no PNG") from error
    length = len(rows) // height
    if length == 0:
        raise ValueError("this PNG lacks rows")
    return len({rows[at : at + length] for at in range(0, len(rows), length)}) <= PLAIN_ROWS


def _chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    found, at = list[tuple[bytes, bytes]](), len(SIGNATURE)
    while at + _HEAD.size <= len(png):
        length, kind = _HEAD.unpack_from(png, at)
        at += _HEAD.size
        found.append((kind, png[at : at + length]))
        at += length + _CHECK_BYTES
    return found
