"""Blobs: bytes kept under their SHA-256."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vitrina.store.errors import NotFoundError, VitrinaError

CHUNK = 1 << 20
"""Bytes moved at a time."""

UNTOUCHED_S = 24 * 3600
"""Bytes that were put within so many seconds are never discarded; a row has to refer to them within half of that."""

Seconds = Callable[[], float]
"""A clock: seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that a backend has."""

    digest: str
    size: int
    until: float
    """Until when a row may begin to refer to them, in seconds since 1970; later they have to be put again."""


@dataclass(frozen=True, slots=True)
class Held:
    """One blob of a backend, as a list of all of them tells it: its bytes were not read."""

    digest: str
    size: int
    put_at: float
    """When somebody put it last, in seconds since 1970."""


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

    A row refers to bytes some time after they were put, and no backend sees rows. So each `put`, also of bytes that are
    there, makes them new: `put_at` is now. `discard` takes only what nobody put for a while, and decides that against
    every `put` in any process: either the bytes stay, or that `put` writes them again.
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

    def discard(self, digest: str, *, untouched_s: float, dry_run: bool = False) -> bool:
        """Removes bytes that nobody put for so many seconds (at least UNTOUCHED_S); says whether it did, or would."""
        ...

    def held(self) -> Iterator[Held]:
        """Every blob, in no order."""
        ...

    def clear(self, *, untouched_s: float, dry_run: bool = False) -> int:
        """Removes what broken puts left, if nobody wrote it for so many seconds (at least UNTOUCHED_S).

        Gives how many files these are; `dry_run` leaves them.
        """
        ...
