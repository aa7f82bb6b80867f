"""Blobs as files in a folder: `ab/cd/<digest>`."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from vitrina.store.blobs import CHUNK, BlobDamagedError, BlobGoneError, Stored
from vitrina.store.engine import StoreFullError

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class FilesystemBlobs:
    """Written to a temporary name, synced, then renamed, so that a name with a digest always has its bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def where(self) -> str:
        return str(self._folder)

    def put(self, source: bytes | Path) -> Stored:
        with self._explained():
            return self._put(source)

    def _put(self, source: bytes | Path) -> Stored:
        if isinstance(source, bytes):
            known = self._path(hashlib.sha256(source).hexdigest())
            if known.exists():
                return Stored(known.name, len(source))
        incoming = self._folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        temporary = incoming / secrets.token_hex(8)
        try:
            digest, size = _write(source, temporary)
            target = self._path(digest)
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(target)
            _sync_folder(target.parent)
        finally:
            temporary.unlink(missing_ok=True)
        return Stored(digest, size)

    def read(self, digest: str) -> bytes:
        return b"".join(self.stream(digest))

    def stream(self, digest: str) -> Iterator[bytes]:
        check = hashlib.sha256()
        try:
            file = self._path(digest).open("rb")
        except FileNotFoundError:
            raise BlobGoneError(digest, self.where) from None
        with file:
            while chunk := file.read(CHUNK):
                check.update(chunk)
                yield chunk
        if check.hexdigest() != digest:
            raise BlobDamagedError(digest, self.where)

    def copy(self, digest: str, target: Path) -> None:
        try:
            with self._explained(), target.open("xb") as file:
                for chunk in self.stream(digest):
                    file.write(chunk)
        except BaseException as error:
            if not isinstance(error, FileExistsError):
                target.unlink(missing_ok=True)
            raise

    def delete(self, digest: str) -> None:
        self._path(digest).unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:4] / digest

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise StoreFullError(self.where) from error
            raise


def _write(source: bytes | Path, target: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        for chunk in _chunks(source):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _chunks(source: bytes | Path) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    with source.open("rb") as file:
        yield from _read_all(file)


def _read_all(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _sync_folder(folder: Path) -> None:
    """Makes a rename durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
