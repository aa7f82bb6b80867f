"""Blobs as files in a folder: `ab/cd/<digest>`."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import secrets
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from vitrina.store.blobs import CHUNK, UNTOUCHED_S, BlobDamagedError, BlobGoneError, Held, Seconds, Stored
from vitrina.store.blobs.hashing import Hashing
from vitrina.store.blobs.pouring import pour, write_all
from vitrina.store.engine import StoreFullError

INCOMING = "incoming"
"""The folder of what is being written."""

LOCK = ".lock"
"""Held shared for the moment in which a blob becomes new, alone for the one in which a blob is discarded."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DIGEST = re.compile("[0-9a-f]{64}")


class FilesystemBlobs:
    """Written to a temporary name, synced, then renamed, so that a name with a digest always has its bytes."""

    def __init__(self, folder: Path, *, clock: Seconds = time.time) -> None:
        self._folder = folder
        self._clock = clock

    @property
    def where(self) -> str:
        return str(self._folder)

    def put(self, source: bytes | Path) -> Stored:
        with self._explained():
            return self._put(source)

    def _put(self, source: bytes | Path) -> Stored:
        now = self._clock()
        if isinstance(source, bytes):
            digest = hashlib.sha256(source).hexdigest()
            if self._renew(digest, len(source), now):
                return Stored(digest, len(source), now + UNTOUCHED_S / 2)
        incoming = self._folder / INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        temporary = incoming / secrets.token_hex(8)
        try:
            with temporary.open("xb", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_SH)  # who clears leaves what somebody still writes
                digest, size = _write(source, file.fileno(), self._clock)
                target = self._path(digest)
                changed = _make_folder(target.parent, self._folder)
                with self._locked(fcntl.LOCK_SH):
                    temporary.replace(target)
            for folder in changed:
                _sync_folder(folder)
        finally:
            temporary.unlink(missing_ok=True)
        return Stored(digest, size, now + UNTOUCHED_S / 2)

    def _renew(self, digest: str, size: int, now: float) -> bool:
        """Makes bytes that are there new; False when they are not, or not all of them."""
        path = self._path(digest)
        with self._locked(fcntl.LOCK_SH):
            try:
                os.utime(path, (now, now))
                return path.stat().st_size == size
            except FileNotFoundError:
                return False

    def read(self, digest: str) -> bytes:
        return b"".join(self.stream(digest))

    def stream(self, digest: str) -> Iterator[bytes]:
        with self._open(digest) as file, Hashing() as check:
            while chunk := file.read(CHUNK):
                check.add(chunk)
                yield chunk
            if check.digest() != digest:
                raise BlobDamagedError(digest, self.where)

    def _open(self, digest: str) -> FileIO:
        try:
            return self._path(digest).open("rb", buffering=0)
        except FileNotFoundError:
            raise BlobGoneError(digest, self.where) from None

    def copy(self, digest: str, target: Path) -> None:
        try:
            with self._explained(), self._open(digest) as source, target.open("xb", buffering=0) as file:
                if pour(source.fileno(), file.fileno())[0] != digest:
                    raise BlobDamagedError(digest, self.where)
        except BaseException as error:
            if not isinstance(error, FileExistsError | BlobGoneError):
                target.unlink(missing_ok=True)
            raise

    def discard(self, digest: str, *, untouched_s: float, dry_run: bool = False) -> bool:
        path = self._path(digest)
        with self._locked(fcntl.LOCK_EX):
            try:
                if not self._is_untouched(path, untouched_s):
                    return False
                if not dry_run:
                    path.unlink()
            except FileNotFoundError:
                return False
        return True

    def held(self) -> Iterator[Held]:
        for path in sorted(self._folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]")):
            with os.scandir(path) as entries:
                for entry in entries:
                    if _DIGEST.fullmatch(entry.name):
                        known = entry.stat()
                        yield Held(entry.name, known.st_size, known.st_mtime)

    def clear(self, *, untouched_s: float, dry_run: bool = False) -> int:
        stale = [path for path in (self._folder / INCOMING).glob("*") if self._is_left(path, untouched_s)]
        for path in () if dry_run else stale:
            path.unlink(missing_ok=True)
        return len(stale)

    def _is_left(self, path: Path, untouched_s: float) -> bool:
        """Old, and nobody holds it: a process that slept for a day may still finish what it writes."""
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return self._is_untouched(path, untouched_s)
        except (BlockingIOError, FileNotFoundError):
            return False

    def _is_untouched(self, path: Path, age_s: float) -> bool:
        return path.stat().st_mtime < self._clock() - max(age_s, UNTOUCHED_S)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:4] / digest

    @contextmanager
    def _locked(self, how: int) -> Generator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise StoreFullError(self.where) from error
            raise


def _write(source: bytes | Path, target: int, clock: Seconds) -> tuple[str, int]:
    """Digest and size of what was written, and synced."""
    if isinstance(source, bytes):
        write_all(target, source)
        digest, size = hashlib.sha256(source).hexdigest(), len(source)
    else:
        with source.open("rb", buffering=0) as file:
            digest, size = pour(file.fileno(), target)
    now = clock()
    os.utime(target, (now, now))
    os.fsync(target)
    return digest, size


def _make_folder(folder: Path, root: Path) -> list[Path]:
    """Makes a folder below the root; gives those that got a new name in them, or will: they are to be synced."""
    changed = [folder]
    while folder != root and not folder.exists():
        folder = folder.parent
        changed.append(folder)
    changed[0].mkdir(parents=True, exist_ok=True)
    return changed


def _sync_folder(folder: Path) -> None:
    """Makes a rename durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
