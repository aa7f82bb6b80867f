"""`vitrina store gc`: what nobody refers to goes, and nothing else."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from vitrina.store.blobs import UNTOUCHED_S
from vitrina.store.care.check import check
from vitrina.store.care.gc import Taken, gc
from vitrina.store.deletion import GoneError
from vitrina.store.opening import Store
from vitrina.store.project_blobs import BlobTooOldError, keep
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.schema.apps import AppRow
from vitrina.store.schema.metrics import PointRow
from vitrina.store.schema.registry import VersionRow
from vitrina.store.schema.reports import ReportRow
from vitrina.store.schema.runs import RunRow

ANY_DATABASE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""What is asked is the same on both databases, so that one of them is enough."""


WEEK = timedelta(days=7)
NOTHING = Taken({}, 0, 0, 0, 0)


def test_nothing_that_is_needed_is_taken(store: Store, furnished, clock) -> None:
    clock.forward(timedelta(days=400))
    assert gc(store, older_than=timedelta(0)) == NOTHING
    assert check(store).findings == ()


def test_a_deleted_run_goes_with_its_objects_when_its_time_is_over(store: Store, furnished, clock) -> None:
    _delete(store, RunRow, clock())
    clock.forward(timedelta(days=6))
    assert gc(store, older_than=WEEK) == NOTHING
    clock.forward(timedelta(days=2))
    taken = gc(store, older_than=WEEK)
    assert (taken.things, taken.blob_rows, taken.blobs) == ({"runs": 1}, 2, 2)
    with store.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(PointRow)) == 0
    assert store.registry.version(furnished.version.id).run_id is None
    assert check(store).is_sound
    assert check(store).unneeded == 0


@ANY_DATABASE
def test_a_deleted_run_that_still_runs_is_left(store: Store, furnished, clock) -> None:
    running = store.runs.create(furnished.project, name="running")
    _delete(store, RunRow, clock())
    clock.forward(timedelta(days=30))
    with store.database.writing() as transaction:
        transaction.connection.execute(update(RunRow).where(RunRow.id == running.id).values(heartbeat_at=clock()))
    assert gc(store, older_than=WEEK).things == {"runs": 1}
    with store.database.reading() as connection:
        assert connection.scalars(select(RunRow.id)).all() == [running.id]


def test_a_deleted_version_stays_as_a_tombstone_without_its_files(store: Store, furnished, clock, tmp_path) -> None:
    _delete(store, VersionRow, clock())
    clock.forward(timedelta(days=8))
    taken = gc(store, older_than=WEEK)
    assert (taken.things, taken.blobs) == ({"apps": 1, "versions": 1}, 4)
    assert check(store).findings == ()
    draft = Draft([("model.txt", tmp_path / "source" / "model.txt")])
    again = store.registry.log(furnished.project, Noun.MODEL, "classifier", draft).version
    assert again.number == "1.0.1"


def test_a_deleted_version_can_be_restored_until_its_files_are_taken(store: Store, furnished, clock) -> None:
    collection = furnished.version.collection
    store.promotions.drop_alias(collection, "champion")
    for taken in ({}, {"apps": 1, "versions": 1}):
        store.registry.delete(furnished.version)
        clock.forward(timedelta(days=8) if taken else timedelta(days=6))
        assert gc(store, older_than=WEEK).things == taken
        if not taken:
            store.registry.restore(collection, "1.0.0")
            assert store.apps.get(furnished.version, "what-if").revision_id == furnished.app.revision_id
    with pytest.raises(GoneError, match="gc took its files"):
        store.registry.restore(collection, "1.0.0")
    assert check(store).findings == ()


def test_deleted_reports_go_and_apps_with_feedback_stay(store: Store, furnished, clock) -> None:
    _delete(store, AppRow, clock())
    _delete(store, ReportRow, clock())
    clock.forward(timedelta(days=8))
    assert gc(store, older_than=WEEK).things == {"reports": 1}
    store.feedback.clear(furnished.version)
    assert gc(store, older_than=WEEK).things == {"apps": 1}
    assert check(store).is_sound


def test_a_dry_run_says_what_would_go_and_takes_nothing(store: Store, furnished, clock, tmp_path: Path) -> None:
    _delete(store, RunRow, clock())
    clock.forward(timedelta(days=8))
    would = gc(store, older_than=WEEK, dry_run=True)
    assert would.things == {"runs": 1}
    assert check(store).findings == ()
    assert len(list(store.blobs.backend.held())) == 7
    done = gc(store, older_than=WEEK)
    assert (done.things, done.blob_rows) == (would.things, would.blob_rows)


@ANY_DATABASE
def test_bytes_without_a_row_are_left_for_a_day(store: Store, furnished, clock) -> None:
    stored = store.blobs.backend.put(b"about to be used")
    clock.forward(timedelta(hours=11))
    assert gc(store, older_than=timedelta(0)) == NOTHING
    with store.database.writing() as transaction:
        keep(transaction, furnished.project.id, stored)
    clock.forward(timedelta(days=400))
    assert gc(store, older_than=timedelta(0)).blobs == 1


@ANY_DATABASE
def test_a_row_that_comes_too_late_for_its_bytes_is_refused(store: Store, furnished, clock) -> None:
    stored = store.blobs.backend.put(b"about to be used")
    clock.forward(timedelta(seconds=UNTOUCHED_S / 2 + 1))
    with pytest.raises(BlobTooOldError, match="Log it again"), store.database.writing() as transaction:
        keep(transaction, furnished.project.id, stored)


@ANY_DATABASE
def test_bytes_that_are_put_again_are_new(store: Store, furnished, clock, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"kept from a file")
    for source in (b"kept", tmp_path / "file"):
        store.blobs.backend.put(source)
    clock.forward(timedelta(days=2))
    for source in (b"kept", tmp_path / "file"):
        store.blobs.backend.put(source)
    assert gc(store, older_than=timedelta(0)) == NOTHING
    clock.forward(timedelta(days=2))
    assert gc(store, older_than=timedelta(0)).blobs == 2


@ANY_DATABASE
def test_files_of_broken_writes_go(store: Store, furnished, clock, tmp_path: Path) -> None:
    half = tmp_path / "blobs" / "incoming" / "half"
    half.write_bytes(b"half")
    os.utime(half, (clock().timestamp(), clock().timestamp()))
    assert gc(store, older_than=timedelta(0)) == NOTHING
    clock.forward(timedelta(days=2))
    assert gc(store, older_than=timedelta(0)) == Taken({}, 0, 0, 0, leftovers=1)


def _delete(store: Store, row, at) -> None:
    with store.database.writing() as transaction:
        transaction.connection.execute(update(row).values(deleted_at=at))
