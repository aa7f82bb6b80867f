"""SHA-256 of chunks, in a thread of its own while the next chunk is read or written."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

WORTH_A_THREAD = 64 * 1024
"""Bytes of a chunk from which on handing it to another thread costs less than it saves."""


class Hashing:
    """Use it in a `with` block. At most one chunk is being hashed; whoever adds the next one waits for it."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._thread: ThreadPoolExecutor | None = None
        self._running: Future[None] | None = None

    def add(self, chunk: bytes | memoryview) -> None:
        """The chunk must not change before the next one was added, or the digest asked for."""
        self._settle()
        if len(chunk) < WORTH_A_THREAD:
            self._hash.update(chunk)
            return
        self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="vitrina sha256")
        try:
            self._running = self._thread.submit(self._hash.update, chunk)
        except RuntimeError:  # what is logged while the interpreter ends gets no thread any more
            self._hash.update(chunk)

    def digest(self) -> str:
        """Of all that was added, in hexadecimal digits."""
        self._settle()
        return self._hash.hexdigest()

    def _settle(self) -> None:
        if self._running is not None:
            self._running.result()
            self._running = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._thread.shutdown()
