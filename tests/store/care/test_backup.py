"""`vitrina store backup` and `restore`: what comes back is what was there, also while somebody writes."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from vitrina.store.care.backup import IncompleteBackupError, backup, backups, restore
from vitrina.store.care.check import Trouble, check
from vitrina.store.care.copies import PlaceTakenError
from vitrina.store.engine import open_database
from vitrina.store.errors import ConflictError, NotFoundError
from vitrina.store.home import Place
from vitrina.store.opening import Store, open_store
from vitrina.store.refs import Noun
from vitrina.store.schema import Base

ANY_DATABASE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""What is asked is the same on both databases, so that one of them is enough."""


@pytest.fixture
def elsewhere(store: Store, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place for a store of the same kind."""
    url = f"sqlite:///{tmp_path / 'elsewhere' / 'store.db'}"
    if store.database.folder is None:
        cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.url(cluster.create())
    return Place(tmp_path / "elsewhere", url, None)


def test_what_is_restored_is_what_was_backed_up(store: Store, furnished, elsewhere: Place, tmp_path: Path) -> None:
    made = backup(store, tmp_path / "backup")
    assert (made.blobs, made.new_blobs) == (7, 7)
    assert restore(tmp_path / "backup", elsewhere, clock=store.database.clock).name == made.name
    with open_store(elsewhere.url, home=elsewhere.home, clock=store.database.clock) as restored:
        assert _rows(restored) == _rows(store)
        assert restored.blobs.backend.where == str(elsewhere.home / "blobs")
        assert check(restored).findings == ()
        version = restored.find(furnished.version.ref).version
        assert version is not None
        assert restored.registry.pull(version, tmp_path / "pulled")[0].read_text() == "weights of churn"
        restored.runs.create(furnished.project, name="goes on")


@ANY_DATABASE
def test_only_new_blobs_are_copied(store: Store, furnished, furnish, clock, elsewhere: Place, tmp_path: Path) -> None:
    first = backup(store, tmp_path / "backup")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "backup" / "blobs").rglob("?" * 64)}
    furnish(store, tmp_path / "more", "other")
    clock.forward(timedelta(hours=1))
    second = backup(store, tmp_path / "backup")
    assert (second.blobs, second.new_blobs) == (11, 4)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert backups(tmp_path / "backup") == [first, second]
    assert restore(tmp_path / "backup", elsewhere, clock=clock, name=first.name) == first
    with open_store(elsewhere.url, home=elsewhere.home) as restored:
        assert [project.ref for project in restored.projects.list()] == ["acme/churn"]


WRITER = """
import sys
from pathlib import Path
from vitrina.store.opening import open_store
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft

url, blobs, folder = sys.argv[1:]
with open_store(url, blobs=blobs) as store:
    project = store.projects.ensure("acme", "churn")
    for number in range(100_000):
        file = Path(folder) / "weights"
        file.write_text(f"weights {number}")
        store.registry.log(project, Noun.MODEL, "busy", Draft([("weights", file)]))
        print(number, flush=True)
"""


def test_a_backup_made_while_somebody_writes_is_whole(store: Store, elsewhere: Place, tmp_path: Path) -> None:
    words = [sys.executable, "-c", WRITER]
    words += [store.database.engine.url.render_as_string(hide_password=False), str(tmp_path / "blobs"), str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        try:
            for _ in range(20):
                assert writer.stdout.readline()
            made = [backup(store, tmp_path / "backup"), _a_second_later(store, tmp_path / "backup")]
            while made[1].blobs == made[0].blobs:  # it had not come to its turn between the two
                assert writer.stdout.readline()
                made[1] = _a_second_later(store, tmp_path / "backup")
        finally:
            writer.kill()
    restore(tmp_path / "backup", elsewhere, clock=lambda: datetime.now(UTC))
    with open_store(elsewhere.url, home=elsewhere.home) as restored:
        assert check(restored).findings == ()
        collection = restored.registry.collection(restored.projects.get("acme", "churn"), Noun.MODEL, "busy")
        assert len(restored.registry.versions([collection.id])[collection.id]) == made[1].blobs >= 20


@ANY_DATABASE
def test_a_store_that_lost_a_blob_gets_a_backup_that_says_so(store: Store, furnished, path_of, tmp_path: Path) -> None:
    digest = furnished.app.blob.digest
    path_of(digest).unlink()
    with pytest.raises(IncompleteBackupError, match=digest) as error:
        backup(store, tmp_path / "backup")
    assert error.value.digests == (digest,)
    assert [made.blobs for made in backups(tmp_path / "backup")] == [7]


@ANY_DATABASE
def test_check_brings_a_damaged_blob_back_from_a_backup(store: Store, furnished, path_of, tmp_path: Path) -> None:
    backup(store, tmp_path / "backup")
    path_of(furnished.app.blob.digest).write_text("nonsense")
    (finding,) = check(store, repair=True, backup=tmp_path / "backup").findings
    assert (finding.trouble, finding.is_repaired) == (Trouble.DAMAGED_BLOB, True)
    assert check(store).findings == ()


def test_nothing_is_restored_over_a_store(store: Store, furnished, tmp_path: Path) -> None:
    backup(store, tmp_path / "backup")
    before = _rows(store)
    with pytest.raises(PlaceTakenError, match="nothing was changed"):
        restore(tmp_path / "backup", store.place, clock=store.database.clock)
    assert _rows(store) == before


def test_a_backup_with_a_damaged_blob_is_not_restored(
    store: Store, furnished, elsewhere: Place, tmp_path: Path
) -> None:
    backup(store, tmp_path / "backup")
    next((tmp_path / "backup" / "blobs").rglob("?" * 64)).write_text("nonsense")
    with pytest.raises(Exception, match="is damaged"):
        restore(tmp_path / "backup", elsewhere, clock=store.database.clock)
    with (
        closing(open_database(elsewhere.url, clock=store.database.clock)) as database,
        database.reading() as connection,
    ):
        assert not connection.dialect.get_table_names(connection)


def test_another_kind_of_database_is_refused(store: Store, furnished, tmp_path: Path) -> None:
    backup(store, tmp_path / "backup")
    other = "postgresql+psycopg://nobody@/none" if store.database.folder else f"sqlite:///{tmp_path / 'other.db'}"
    with pytest.raises(ConflictError, match="vitrina store export"):
        restore(tmp_path / "backup", Place(tmp_path, other, None), clock=store.database.clock)


def test_a_folder_without_a_backup_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="vitrina store backup"):
        restore(tmp_path, Place(tmp_path, f"sqlite:///{tmp_path / 's.db'}", None), clock=lambda: datetime.now(UTC))


def _a_second_later(store: Store, folder: Path):
    store.database.clock.forward(timedelta(seconds=1))
    return backup(store, folder)


def _rows(store: Store) -> dict[str, list[Any]]:
    """Every row of every table, but where the blobs lie."""
    with store.database.reading() as connection:
        found = {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }
    found["settings"] = [row for row in found["settings"] if row[0] != "blobs"]
    return found
