"""Copying a file into another one while it is hashed, as fast as the slowest of reading, hashing and writing."""

from __future__ import annotations

import ctypes
import os

from vitrina.store.blobs import CHUNK
from vitrina.store.blobs.hashing import Hashing

AHEAD = 32 * CHUNK
"""After so many bytes the system is told to begin writing them to the disk: the sync at the end waits for the rest."""

_SYNC_FILE_RANGE_WRITE = 2


def pour(source: int, target: int) -> tuple[str, int]:
    """Copies between open files from where they stand; gives SHA-256 and size of what was written.

    Two buffers take turns: while one is hashed in a thread, the other is read and written. They are never given back in
    between, since fresh memory for each chunk costs as much as copying it.
    """
    size = 0
    buffers = [memoryview(bytearray(CHUNK)), memoryview(bytearray(CHUNK))]
    with Hashing() as hashing:
        while True:
            buffers.reverse()  # what is read into now was hashed when the other one was added
            count = os.readv(source, [buffers[0]])
            if not count:
                return hashing.digest(), size
            chunk = buffers[0][:count]
            hashing.add(chunk)
            write_all(target, chunk)
            size += count
            if size // AHEAD > (size - count) // AHEAD:
                _begin_writing(target, size)


def write_all(target: int, chunk: bytes | memoryview) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(target, rest) :]


def _begin_writing(handle: int, size: int) -> None:
    """Waits for nothing, and promises nothing: where the system has no such call, the sync at the end does it all."""
    begin = getattr(ctypes.CDLL(None), "sync_file_range", None)
    if begin is not None:
        begin(handle, ctypes.c_int64(max(size - 2 * AHEAD, 0)), ctypes.c_int64(2 * AHEAD), _SYNC_FILE_RANGE_WRITE)
