"""What every place for blobs promises, asked of each kind."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from vitrina.store.blobs import CHUNK, UNTOUCHED_S, BlobDamagedError, BlobGoneError, Held
from vitrina.store.blobs.filesystem import FilesystemBlobs

DAY = UNTOUCHED_S + 1
LARGE = bytes(range(256)) * (41 * CHUNK // 256) + b"rest"
"""Several buffers of a folder, several parts of an upload, and a rest of both."""


@pytest.mark.parametrize("data", [b"", b"small", LARGE], ids=["empty", "small", "large"])
def test_bytes_come_back_as_they_were_put(kept, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "source").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    stored = kept.backend.put(tmp_path / "source")
    assert (stored.digest, stored.size) == (digest, len(data))
    assert kept.backend.put(data).digest == digest
    assert kept.backend.read(digest) == data
    assert b"".join(kept.backend.stream(digest)) == data
    kept.backend.copy(digest, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == data
    assert [(held.digest, held.size) for held in kept.backend.held()] == [(digest, len(data))]


def test_what_is_not_there_is_said(kept, tmp_path: Path) -> None:
    digest = kept.backend.put(b"here").digest
    kept.lose(digest)
    for ask in (kept.backend.read, lambda digest: list(kept.backend.stream(digest))):
        with pytest.raises(BlobGoneError, match=digest[:12]):
            ask(digest)
    with pytest.raises(BlobGoneError):
        kept.backend.copy(digest, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_damage_is_found_by_every_way_of_reading(kept, tmp_path: Path) -> None:
    digest = kept.backend.put(b"right").digest
    kept.spoil(digest, b"wrong")
    for ask in (kept.backend.read, lambda digest: list(kept.backend.stream(digest))):
        with pytest.raises(BlobDamagedError, match="another SHA-256"):
            ask(digest)
    with pytest.raises(BlobDamagedError):
        kept.backend.copy(digest, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_copy_replaces_no_file(kept, tmp_path: Path) -> None:
    digest = kept.backend.put(b"bytes").digest
    (tmp_path / "there").write_text("mine")
    with pytest.raises(FileExistsError):
        kept.backend.copy(digest, tmp_path / "there")
    assert (tmp_path / "there").read_text() == "mine"


def test_a_source_that_is_not_there_leaves_nothing(kept, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        kept.backend.put(tmp_path / "none")
    assert list(kept.backend.held()) == []


def test_only_old_bytes_are_discarded(kept) -> None:
    digest = kept.backend.put(b"bytes").digest
    assert not kept.backend.discard(digest, untouched_s=0)
    kept.forward(DAY)
    assert not kept.backend.discard(digest, untouched_s=2 * DAY)
    assert kept.backend.discard(digest, untouched_s=0, dry_run=True)
    assert kept.backend.read(digest) == b"bytes"
    assert kept.backend.discard(digest, untouched_s=0)
    assert list(kept.backend.held()) == []
    assert not kept.backend.discard(digest, untouched_s=0)


def test_a_row_may_refer_to_bytes_for_half_of_the_time_that_they_stay(kept) -> None:
    before = kept.backend.put(b"bytes").until
    kept.forward(UNTOUCHED_S / 2)
    assert kept.backend.put(b"bytes").until - before <= UNTOUCHED_S / 2 + 60
    (held,) = kept.backend.held()
    assert isinstance(held, Held)
    assert held.put_at <= before - UNTOUCHED_S / 2 + UNTOUCHED_S


def test_nothing_is_left_behind_where_nothing_broke(kept) -> None:
    kept.backend.put(b"bytes")
    kept.forward(DAY)
    assert kept.backend.clear(untouched_s=0) == 0


def test_what_somebody_still_writes_is_not_cleared(tmp_path: Path) -> None:
    """A process that slept in the middle of a put for longer than leftovers are kept."""
    clock = Sleeper()
    blobs = FilesystemBlobs(tmp_path, clock=clock)
    clock.meanwhile = lambda: clock.slept.append(FilesystemBlobs(tmp_path, clock=clock.later).clear(untouched_s=0))
    stored = blobs.put(b"bytes")
    assert clock.slept == [0]
    assert blobs.read(stored.digest) == b"bytes"


class Sleeper:
    """Runs something at its second reading: when the bytes are written, and not yet in place."""

    def __init__(self) -> None:
        self.readings = 0
        self.slept: list[int] = []
        self.meanwhile = lambda: None

    def __call__(self) -> float:
        self.readings += 1
        if self.readings == 2:
            self.meanwhile()
        return 1_772_000_000.0

    def later(self) -> float:
        return 4_000_000_000.0
