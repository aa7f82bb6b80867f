"""Blobs: bytes kept under their SHA-256."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vitrina.store.errors import NotFoundError, VitrinaError

CHUNK = 1 << 20
"""Bytes moved at a time."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that a backend has."""

    digest: str
    size: int


class BlobDamagedError(VitrinaError):
    """The bytes of a blob are not those that were stored."""

    status = 500

    def __init__(self, digest: str, where: str) -> None:
        self.digest = digest
        super().__init__(
            f"The blob {digest[:12]} at {where} is damaged: its bytes have another SHA-256.",
            hint="Restore it from a backup; vitrina store check lists every damaged blob.",
        )


class BlobGoneError(NotFoundError):
    """The bytes of a blob are missing."""

    def __init__(self, digest: str, where: str) -> None:
        self.digest = digest
        super().__init__(f"blob {digest[:12]} at {where}", hint="Restore it from a backup.")


class BlobBackend(Protocol):
    """A place for bytes. Thread-safe; knows nothing of projects or rows.

    What `put` returned is durable: a crash of the machine right afterwards does not lose it. Bytes never change under a
    digest. Every reading way checks the SHA-256 and raises BlobDamagedError, with the last byte at the latest; a
    missing blob raises BlobGoneError. A `put` that fails leaves nothing behind and raises StoreFullError when there is
    no room.
    """

    @property
    def where(self) -> str:
        """The place, as people write it."""
        ...

    def put(self, source: bytes | Path) -> Stored:
        """Keeps bytes or the content of a file; keeping the same bytes twice is cheap and changes nothing."""
        ...

    def read(self, digest: str) -> bytes:
        """All bytes: for small things."""
        ...

    def stream(self, digest: str) -> Iterator[bytes]:
        """The bytes in chunks."""
        ...

    def copy(self, digest: str, target: Path) -> None:
        """Writes the bytes to a new file; a failed copy leaves no file."""
        ...

    def delete(self, digest: str) -> None:
        """Removes the bytes; nothing happens when they are not there."""
        ...
