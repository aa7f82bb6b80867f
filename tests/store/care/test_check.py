"""`vitrina store check`: what is wrong is found, what can be derived is repaired, nothing else is touched."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from vitrina.store.blobs import BlobDamagedError, BlobGoneError
from vitrina.store.care import turn
from vitrina.store.care.check import Finding, Trouble, check
from vitrina.store.opening import Store

ANY_DATABASE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""What is asked is the same on both databases, so that one of them is enough."""


def test_a_store_in_order_is_sound(store: Store, furnished) -> None:
    checked = check(store)
    assert (checked.findings, checked.is_sound, checked.unneeded) == ((), True, 0)
    assert checked.blobs == 7
    assert checked.size == sum(held.size for held in store.blobs.backend.held())


@ANY_DATABASE
def test_a_damaged_blob_is_found_by_check_and_by_load(store: Store, furnished, path_of, tmp_path: Path) -> None:
    blob = store.registry.files(furnished.version)[0].blob
    path_of(blob.digest).write_text("weights of chuRn")
    (finding,) = check(store, repair=True).findings
    assert (finding.trouble, finding.is_repaired) == (Trouble.DAMAGED_BLOB, False)
    assert "acme/churn/models/classifier@1.0.0 (model.txt)" in finding.what
    with pytest.raises(BlobDamagedError, match="vitrina store check"):
        store.registry.pull(furnished.version, tmp_path / "pulled")
    assert not list((tmp_path / "pulled").rglob("model.txt"))
    with pytest.raises(BlobDamagedError):
        store.blobs.read(blob)


@ANY_DATABASE
def test_a_missing_blob_is_found_by_check_and_by_load(store: Store, furnished, path_of) -> None:
    path_of(furnished.app.blob.digest).unlink()
    (finding,) = check(store).findings
    assert finding.trouble is Trouble.MISSING_BLOB
    assert "acme/churn/models/classifier@1.0.0/apps/what-if@1" in finding.what
    with pytest.raises(BlobGoneError):
        store.blobs.read(furnished.app.blob)


@ANY_DATABASE
def test_a_blob_that_is_logged_again_is_whole_again(store: Store, furnished, path_of, furnish, tmp_path: Path) -> None:
    path_of(furnished.app.blob.digest).write_text("nonsense")
    assert not check(store).is_sound
    furnish(store, tmp_path / "source")
    assert check(store).is_sound


CONTRADICTIONS = {
    "UPDATE versions SET content = 'c0ffee'": "acme/churn/models/classifier@1.0.0",
    "UPDATE app_revisions SET bundle = 'c0ffee'": "its bundle is c0ffee",
    "UPDATE report_revisions SET text = 'other'": "is not the text it was",
    "UPDATE snapshots SET content = 'c0ffee'": "is not the blob that it names",
    "UPDATE edges SET source_id = 99 WHERE source_kind = 'run'": "edges.source_id is run 99: there is none",
    "UPDATE reports SET subject_id = 99": "reports.subject_id is project 99: there is none",
}


def test_what_contradicts_other_rows_is_named_and_left(store: Store, furnished) -> None:
    for statement in CONTRADICTIONS:
        _execute(store, statement)
    checked = check(store, repair=True)
    told = [finding.what for finding in checked.findings if not finding.is_repaired]
    assert [says for says in CONTRADICTIONS.values() if sum(says in what for what in told) != 1] == []
    assert len(told) == len(CONTRADICTIONS), told
    assert checked.findings == check(store).findings


@ANY_DATABASE
def test_a_key_that_leads_nowhere_is_found(tmp_path: Path, store: Store, furnished) -> None:
    """PostgreSQL lets nobody write such a key."""
    with closing(sqlite3.connect(tmp_path / "store.db")) as careless, careless:
        careless.execute("UPDATE run_statuses SET run_id = 77")
    (finding,) = check(store).findings
    assert finding == Finding(Trouble.BROKEN_REFERENCE, "run_statuses.run_id is 77: no row of runs")


def test_what_follows_from_other_rows_is_derived_again(store: Store, furnished) -> None:
    before = store.metrics.series([furnished.run.id])
    _execute(store, "UPDATE series SET count = 99, max = 7, first = NULL, last = 3, last_step = 1")
    _execute(store, "UPDATE feedback_totals SET entries = 12")
    assert [finding.is_repaired for finding in check(store).findings] == [False, False]
    assert store.metrics.series([furnished.run.id]) != before
    assert check(store, repair=True).is_sound
    assert store.metrics.series([furnished.run.id]) == before
    assert store.feedback.tally(furnished.version).entries == 1
    assert check(store).findings == ()


@ANY_DATABASE
def test_files_of_broken_writes_go_when_they_are_old(store: Store, furnished, tmp_path: Path) -> None:
    now = store.database.clock().timestamp()
    for name, age_s in (("old", 25 * 3600), ("of-now", 60)):
        path = tmp_path / "blobs" / "incoming" / name
        path.write_bytes(b"half")
        os.utime(path, (now - age_s, now - age_s))
    assert [finding.trouble for finding in check(store).findings] == [Trouble.LEFTOVER]
    assert check(store, repair=True).is_sound
    assert [path.name for path in (tmp_path / "blobs" / "incoming").iterdir()] == ["of-now"]


def test_nobody_checks_while_somebody_else_looks_after_the_store(store: Store, furnished) -> None:
    with turn.turn(store.database), pytest.raises(turn.TurnTakenError, match="Try again when it is done"):
        check(store)
    assert check(store).is_sound


def _execute(store: Store, statement: str) -> None:
    with store.database.writing() as transaction:
        transaction.connection.execute(text(statement))
