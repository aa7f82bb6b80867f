"""Verifying a version: every file read again and held against what was kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vitrina.store.blobs import BlobDamagedError, BlobGoneError
from vitrina.store.content import content_digest
from vitrina.store.opening import Store
from vitrina.store.records import Blob, Version


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file of a version as it is now. `fault` says in a word what is wrong with it; None: it is as it was logged."""

    path: str
    digest: str
    size_bytes: int
    fault: str | None


@dataclass(frozen=True, slots=True)
class Verified:
    """`is_whole`: the list of files itself is the one that the version was given its content digest for."""

    files: Sequence[FileRead]
    is_whole: bool

    @property
    def is_sound(self) -> bool:
        return self.is_whole and not any(file.fault for file in self.files)


def verify(store: Store, version: Version) -> Verified:
    """Reads all bytes of a version; nothing is loaded, and nothing is changed."""
    listed = store.registry.files(version)
    files = [FileRead(one.path, one.blob.digest, one.blob.size, _fault(store, one.blob)) for one in listed]
    content = content_digest((file.path, file.digest) for file in files)
    return Verified(files, is_whole=content == version.content)


def _fault(store: Store, blob: Blob) -> str | None:
    try:
        size = sum(map(len, store.blobs.stream(blob)))
    except BlobDamagedError:
        return "damaged"
    except BlobGoneError:
        return "missing"
    return None if size == blob.size else "damaged"
