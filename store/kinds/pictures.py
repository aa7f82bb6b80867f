"""Picture files: which format bytes are, how large the picture is, and PNG from plain pixels; the standard library
only."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
EXTENSIONS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "image/bmp": ".bmp",
    "image/svg+xml": ".svg",
}
_JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}


@dataclass(frozen=True)
class Picture:
    """What the first bytes of a picture file say; a size that they do not say is None."""

    media_type: str
    width: int | None = None
    height: int | None = None


def sniff(head: bytes) -> Picture | None:
    """The picture that bytes begin (some 64 kB are enough); None if they begin none that a browser shows."""
    match head[:4]:
        case b"\x89PNG" if len(head) >= 24:
            return Picture("image/png", *struct.unpack(">II", head[16:24]))
        case b"GIF8" if len(head) >= 10:
            return Picture("image/gif", *struct.unpack("<HH", head[6:10]))
        case b"RIFF" if head[8:12] == b"WEBP":
            return _webp(head)
        case start if start[:3] == b"\xff\xd8\xff":
            return _jpeg(head)
        case start if start[:2] == b"BM" and len(head) >= 26:
            width, height = struct.unpack("<ii", head[18:26])
            return Picture("image/bmp", width, abs(height))
        case _:
            pass
    if head[4:12] in (b"ftypavif", b"ftypavis"):
        return Picture("image/avif")
    return _svg(head)


def png(pixels: bytes, *, width: int, height: int, channels: int) -> bytes:
    """A PNG file of 8-bit pixels, row by row; 1 channel is grey, 2 grey and alpha, 3 RGB, 4 RGBA."""
    stride = width * channels
    rows = b"".join(b"\0" + pixels[start : start + stride] for start in range(0, stride * height, stride))
    head = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    return PNG_HEAD + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 6)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _jpeg(head: bytes) -> Picture:
    """The size stands in the first frame header, behind segments of any length."""
    place = 2
    while place + 9 <= len(head) and head[place] == 0xFF:
        marker, length = head[place + 1], int.from_bytes(head[place + 2 : place + 4])
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", head[place + 5 : place + 9])
            return Picture("image/jpeg", width, height)
        place += 2 + length
    return Picture("image/jpeg")


def _webp(head: bytes) -> Picture:
    match head[12:16]:
        case b"VP8X" if len(head) >= 30:
            return Picture(
                "image/webp", 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
            )
        case b"VP8L" if len(head) >= 25:
            bits = int.from_bytes(head[21:25], "little")
            return Picture("image/webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
        case b"VP8 " if len(head) >= 30:
            width, height = struct.unpack("<HH", head[26:30])
            return Picture("image/webp", width & 0x3FFF, height & 0x3FFF)
        case _:
            return Picture("image/webp")


def _svg(head: bytes) -> Picture | None:
    tag = re.match(rb"\s*(?:<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE[^>]*>|\s)*(<svg\b[^>]*>)", head, re.DOTALL)
    if tag is None:
        return None
    sizes = [re.search(rb"\s" + name + rb"=[\"']([0-9.]+)(?:px)?[\"']", tag[1]) for name in (b"width", b"height")]
    width, height = (round(float(size[1])) if size else None for size in sizes)
    return Picture("image/svg+xml", width, height)
