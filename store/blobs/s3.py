"""Blobs as objects of a bucket: `s3://bucket/prefix/ab/cd/<digest>`, by S3's protocol (AWS, MinIO, Ceph, R2 …).

Address and credentials are those of the AWS tools: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_PROFILE, roles of machines.

An object is there whole or not at all: what is uploaded in parts becomes visible by one last request, which is sent
only if the bytes that went out have the digest that the name says. There is no lock and no rename, so `put` and
`discard` agree by a third object, `doomed/<digest>`:

    discard:  write doomed · look how old the bytes are · delete them if they are old · delete doomed
    put:      upload the bytes, so that they are new · is it doomed? then wait until it is not, and upload them again

S3 answers every reader with what was written last. So either discard sees new bytes, or put sees that they are doomed.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# s3fs and botocore have no types of their own

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vitrina.store.blobs import UNTOUCHED_S, BlobDamagedError, BlobGoneError, Held, Seconds, Stored
from vitrina.store.blobs.hashing import Hashing
from vitrina.store.engine import StoreUnavailableError
from vitrina.store.errors import MissingExtraError

PART = 8 * 1024 * 1024
"""Bytes of one request, of an upload in parts as of a download."""

RENEW_S = UNTOUCHED_S / 4
"""Bytes that were put within so many seconds are new enough: they are not uploaded again."""

DOOMED = "doomed"
DOOMED_TRIES = 100
DOOMED_PAUSE_S = 0.2

_DIGEST = re.compile("[0-9a-f]{64}")


class S3Blobs:
    """`sleep` waits for a discard of the same bytes at the same moment."""

    def __init__(self, where: str, *, clock: Seconds = time.time, sleep: Callable[[float], None] = time.sleep) -> None:
        self._where = where.rstrip("/")
        self._root = self._where.removeprefix("s3://")
        self._clock = clock
        self._sleep = sleep

    @property
    def where(self) -> str:
        return self._where

    def put(self, source: bytes | Path) -> Stored:
        digest, size = _digest(source)
        with self._explained(digest):
            known = self._known(digest)
            if known is not None and known.size == size and known.put_at > self._clock() - RENEW_S:
                return Stored(digest, size, known.put_at + UNTOUCHED_S / 2)
            now = self._clock()
            self._upload(source, digest)
            for _ in range(DOOMED_TRIES if known is not None else 0):
                if not self._files.exists(self._doomed(digest)):
                    break
                self._sleep(DOOMED_PAUSE_S)
                self._upload(source, digest)
        return Stored(digest, size, now + UNTOUCHED_S / 2)

    def _upload(self, source: bytes | Path, digest: str) -> None:
        if isinstance(source, bytes):
            self._files.pipe_file(self._path(digest), source)
            return
        file = self._files.open(self._path(digest), "wb", block_size=PART, autocommit=False)
        try:
            with Hashing() as hashing:
                for chunk in _chunks(source):
                    hashing.add(chunk)
                    file.write(chunk)
                if hashing.digest() != digest:
                    raise BlobDamagedError(digest, f"{source}, which was written while it was read")
            file.close()
            file.commit()
        except BaseException:
            file.discard()
            file.closed = True  # else it would try to write what it has dropped
            raise

    def read(self, digest: str) -> bytes:
        return b"".join(self.stream(digest))

    def stream(self, digest: str) -> Iterator[bytes]:
        with self._explained(digest), Hashing() as check:
            with self._files.open(self._path(digest), "rb", block_size=PART, cache_type="none") as file:
                while chunk := file.read(PART):
                    check.add(chunk)
                    yield chunk
            if check.digest() != digest:
                raise BlobDamagedError(digest, self._where)

    def copy(self, digest: str, target: Path) -> None:
        with target.open("xb") as file:
            try:
                for chunk in self.stream(digest):
                    file.write(chunk)
            except BaseException:
                target.unlink(missing_ok=True)
                raise

    def discard(self, digest: str, *, untouched_s: float, dry_run: bool = False) -> bool:
        with self._explained(digest):
            if dry_run:
                return self._is_old(self._known(digest), untouched_s)
            self._files.pipe_file(self._doomed(digest), b"")
            try:
                is_old = self._is_old(self._known(digest), untouched_s)
                if is_old:
                    self._files.rm_file(self._path(digest))
            finally:
                self._files.rm_file(self._doomed(digest))
        return is_old

    def held(self) -> Iterator[Held]:
        with self._explained(""):
            found = self._files.find(self._root, detail=True, withdirs=False)
        for path, known in found.items():
            name = path.rpartition("/")[2]
            if _DIGEST.fullmatch(name) and path == self._path(name):
                yield Held(name, known["size"], known["LastModified"].timestamp())

    def clear(self, *, untouched_s: float, dry_run: bool = False) -> int:
        """Uploads in parts that were never completed, and marks of discards that were cut off."""
        before = self._clock() - max(untouched_s, UNTOUCHED_S)
        bucket, _, prefix = self._root.partition("/")
        with self._explained(""):
            uploads = [
                upload
                for upload in self._files.list_multipart_uploads(bucket)
                if upload["Key"].startswith(prefix) and upload["Initiated"].timestamp() < before
            ]
            marks = [
                path
                for path, known in self._files.find(f"{self._root}/{DOOMED}", detail=True).items()
                if known["LastModified"].timestamp() < before
            ]
            for upload in () if dry_run else uploads:
                named = {"Bucket": bucket, "Key": upload["Key"], "UploadId": upload["UploadId"]}
                self._files.call_s3("abort_multipart_upload", **named)
            for path in () if dry_run else marks:
                self._files.rm_file(path)
        return len(uploads) + len(marks)

    def _known(self, digest: str) -> Held | None:
        try:
            known = self._files.info(self._path(digest))
        except FileNotFoundError:
            return None
        return Held(digest, known["size"], known["LastModified"].timestamp())

    def _is_old(self, known: Held | None, untouched_s: float) -> bool:
        return known is not None and known.put_at < self._clock() - max(untouched_s, UNTOUCHED_S)

    def _path(self, digest: str) -> str:
        return f"{self._root}/{digest[:2]}/{digest[2:4]}/{digest}"

    def _doomed(self, digest: str) -> str:
        return f"{self._root}/{DOOMED}/{digest}"

    @property
    def _files(self) -> Any:
        """s3fs keeps one for each thread, and makes new ones after a fork: neither may share a connection."""
        try:
            import s3fs
        except ModuleNotFoundError:
            raise MissingExtraError("s3fs", extra="s3", purpose="Keeping blobs in S3") from None
        return s3fs.S3FileSystem(use_listings_cache=False)

    @contextmanager
    def _explained(self, digest: str) -> Generator[None]:
        """Turns what the network and the bucket say into errors that people can act on."""
        files = self._files
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except FileNotFoundError as error:
            if digest and files.exists(self._root.partition("/")[0]):
                raise BlobGoneError(digest, self._where) from error
            raise self._unavailable(error) from error
        except (BotoCoreError, ClientError, PermissionError, TimeoutError, ConnectionError) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> StoreUnavailableError:
        return StoreUnavailableError(
            f"The blobs at {self._where} cannot be reached: {error}.",
            hint="Is the bucket there, and may you use it? See AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_PROFILE.",
        )


def _digest(source: bytes | Path) -> tuple[str, int]:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest(), len(source)
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return digest, file.tell()


def _chunks(source: Path) -> Iterator[bytes]:
    with source.open("rb", buffering=0) as file:
        while chunk := file.read(PART):
            yield chunk
