from __future__ import annotations

import io
import struct

import pytest

from vitrina.reports.framing import BrokenMessageError, Message, read, write


def test_what_is_written_is_read() -> None:
    stream = io.BytesIO()
    write(stream, Message({"job": "svg"}, (b"a", b"", b"ccc")))
    stream.seek(0)
    assert read(stream, most=10) == Message({"job": "svg"}, (b"a", b"", b"ccc"))
    assert read(stream, most=10) is None


@pytest.mark.parametrize(
    "content",
    [
        b"\x00",
        struct.pack(">I", 5) + b"{",
        struct.pack(">I", 2) + b"[]",
        struct.pack(">I", 2) + b"{}",
        struct.pack(">I", 15) + b'{"blobs": [-1]}',
        struct.pack(">I", 16) + b'{"blobs": ["1"]}',
        struct.pack(">I", 14) + b'{"blobs": [3]}' + b"a",
        struct.pack(">I", 15) + b'{"blobs": [11]}' + b"x" * 11,
        struct.pack(">I", 2**31) + b"{}",
    ],
)
def test_what_is_no_message_is_refused(content: bytes) -> None:
    with pytest.raises(BrokenMessageError):
        read(io.BytesIO(content), most=10)
