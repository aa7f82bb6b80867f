"""What only a bucket can do: tell that it is not there, be asked by two at once, keep halves of uploads."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from vitrina.store.blobs import UNTOUCHED_S
from vitrina.store.blobs.s3 import PART, S3Blobs
from vitrina.store.engine import StoreUnavailableError
from vitrina.store.opening import open_store
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft

pytestmark = pytest.mark.slow


def test_a_store_keeps_its_blobs_in_a_bucket(s3: str, tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(b"weights")
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with open_store(url, blobs=s3) as store:
        draft = Draft([("model", tmp_path / "model")])
        version = store.registry.log(store.projects.ensure("acme", "churn"), Noun.MODEL, "net", draft).version
    with open_store(url) as store:
        assert store.blobs.backend.where == s3
        assert store.registry.pull(version, tmp_path / "pulled")[0].read_bytes() == b"weights"


def test_a_bucket_that_is_not_there_says_what_to_look_at(s3: str) -> None:
    with pytest.raises(StoreUnavailableError, match="AWS_ENDPOINT_URL"):
        S3Blobs("s3://other/prefix").put(b"bytes")
    with pytest.raises(StoreUnavailableError, match="s3://other/prefix"):
        S3Blobs("s3://other/prefix").read("0" * 64)


def test_a_file_that_changes_while_it_is_put_is_not_kept(s3: str, tmp_path: Path, monkeypatch) -> None:
    blobs, source = S3Blobs(s3), tmp_path / "source"
    source.write_bytes(b"a" * 3 * PART)
    asked = blobs._known

    def change(digest: str):
        source.write_bytes(b"b" * 3 * PART)
        return asked(digest)

    monkeypatch.setattr(blobs, "_known", change)
    with pytest.raises(Exception, match="written while it was read"):
        blobs.put(source)
    assert list(blobs.held()) == []
    assert S3Blobs(s3, clock=_later).clear(untouched_s=0) == 0


def test_bytes_that_are_doomed_are_put_again_when_they_are_gone(s3: str) -> None:
    """The order that would lose them: a collector looked, a writer put them again, then the collector deletes."""
    import s3fs

    files, digest = s3fs.S3FileSystem(), S3Blobs(s3).put(b"bytes").digest
    doomed, path = f"{s3}/doomed/{digest}", f"{s3}/{digest[:2]}/{digest[2:4]}/{digest}"
    files.pipe_file(doomed, b"")

    def collector_goes_on(_seconds: float) -> None:
        files.rm_file(path)
        files.rm_file(doomed)

    S3Blobs(s3, clock=_later, sleep=collector_goes_on).put(b"bytes")
    assert S3Blobs(s3).read(digest) == b"bytes"


def test_what_broken_uploads_left_is_cleared(s3: str) -> None:
    import s3fs

    files = s3fs.S3FileSystem()
    files.call_s3("create_multipart_upload", Bucket="bucket", Key="some/prefix/aa/bb/half")
    files.call_s3("create_multipart_upload", Bucket="bucket", Key="of/somebody/else")
    files.pipe_file(f"{s3}/doomed/{'0' * 64}", b"")
    assert S3Blobs(s3).clear(untouched_s=0, dry_run=True) == 1  # moto's uploads are all of the year 2010
    assert S3Blobs(s3, clock=_later).clear(untouched_s=0) == 2
    assert [upload["Key"] for upload in files.list_multipart_uploads("bucket")] == ["of/somebody/else"]


def _later() -> float:
    return time.time() + UNTOUCHED_S + 60
