"""Opening a store: what is made, what is refused, what is said when there is no room."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from vitrina.store import migrations
from vitrina.store.engine import BadStoreUrlError, StoreUnavailableError, file_system, open_database
from vitrina.store.errors import InvalidError
from vitrina.store.migrations import NewerStoreError, OlderStoreError
from vitrina.store.opening import Store, open_store
from vitrina.store.schema import Base


def test_an_empty_place_becomes_a_store(tmp_path: Path) -> None:
    with open_store(home=tmp_path / "new") as store:
        assert store.projects.list() == []
        assert store.user.name == "local"
    assert (tmp_path / "new" / "store.db").exists()
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_sqlite_is_opened_for_many_readers_and_one_writer(tmp_path: Path) -> None:
    with open_store(home=tmp_path) as store, store.database.reading() as connection:
        pragmas = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")}
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}


def test_a_store_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    def write(store: Store) -> None:
        with store.database.writing() as transaction:
            transaction.connection.exec_driver_sql("PRAGMA query_only = 1")
            transaction.connection.execute(text("DELETE FROM projects"))

    says = r"readonly database\. Give yourself .* VITRINA_HOME\."
    with open_store(home=tmp_path) as store, pytest.raises(StoreUnavailableError, match=says):
        write(store)


def test_the_place_of_blobs_is_kept_at_the_first_opening(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with open_store(url, blobs=str(tmp_path / "first")) as store:
        assert store.blobs.backend.where == str(tmp_path / "first")
    with open_store(url, blobs=str(tmp_path / "second")) as store:
        assert store.blobs.backend.where == str(tmp_path / "first")


def test_a_home_can_be_moved_with_its_blobs(tmp_path: Path) -> None:
    with open_store(home=tmp_path / "old") as store:
        kept = store.blobs.put(store.projects.ensure("acme", "churn").id, b"kept")
    (tmp_path / "old").rename(tmp_path / "new")
    with open_store(home=tmp_path / "new") as store:
        assert store.blobs.read(kept) == b"kept"


def test_a_store_of_a_newer_release_is_refused_untouched(store_url: str, tmp_path: Path, clock) -> None:
    _stamp(store_url, tmp_path, clock, "9999")
    with pytest.raises(NewerStoreError, match=r"written by a newer Vitrina \(schema 9999.*The store was not touched"):
        open_store(store_url, blobs=str(tmp_path))


def test_a_store_of_an_older_release_is_refused_with_the_way_out() -> None:
    with pytest.raises(OlderStoreError, match="run: vitrina store upgrade"):
        migrations.refuse_other("here", "0000", known={"0000", migrations.HEAD})


def test_fresh_schema_and_migrated_schema_are_the_same(store_url: str, clock) -> None:
    database = open_database(store_url, clock=clock)
    assert migrations.upgrade(database) is None
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert migrations.current(connection) == migrations.HEAD
    database.close()


def test_the_newest_script_is_the_one_that_is_named() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_current_head() == migrations.HEAD


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://host/db", "mysql is not supported"),
        ("nonsense", "not a database URL"),
        ("sqlite://", "would be lost at once"),
        ("sqlite:////proc/none/store.db", "its folder cannot be made"),
    ],
)
def test_a_url_that_is_no_store_is_refused(url: str, why: str) -> None:
    with pytest.raises(BadStoreUrlError, match=why):
        open_store(url)


def test_blobs_in_a_place_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="Blobs cannot be kept at 'ftp://x'"):
        open_store(f"sqlite:///{tmp_path / 's.db'}", blobs="ftp://x")


def test_a_server_that_does_not_answer_is_said_in_one_line(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://nobody@/none?host={tmp_path}"
    with pytest.raises(StoreUnavailableError, match=r"does not answer\. Is its server running"):
        open_store(url)


def test_the_file_system_is_that_of_the_longest_mount_point(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/a / ext4 rw 0 0\nsrv:/x /data nfs4 rw 0 0\n/dev/b /data/fast xfs rw 0 0\nx /my\\040disk cifs rw 0 0\n"
    )
    expected = {"/home": "ext4", "/data/team": "nfs4", "/data/fast/a": "xfs", "/my disk/b": "cifs", "/database": "ext4"}
    assert {folder: file_system(Path(folder), mounts) for folder in expected} == expected


FULL_DISK = """
import resource, sys
from pathlib import Path
from vitrina.store.errors import VitrinaError
from vitrina.store.opening import open_store

home = Path(sys.argv[1])
with open_store(home=home) as store:
    project = store.projects.ensure("acme", "churn")
    kept = store.blobs.put(project.id, b"kept")
    limit = 4096 if sys.argv[2] == "blob" else (home / "store.db-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        if sys.argv[2] == "blob":
            store.blobs.put(project.id, b"x" * 1_000_000)
        else:
            for number in range(2000):
                store.runs.create(project, name="x" * 1000)
    except VitrinaError as error:
        print(type(error).__name__, error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert store.blobs.read(kept) == b"kept"
    assert store.projects.get("acme", "churn").id == project.id
    store.runs.create(project, name="after")
"""


@pytest.mark.parametrize("what", ["blob", "row"])
def test_a_full_disk_loses_nothing_and_says_what_to_do(tmp_path: Path, what: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path), what], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("StoreFullError There is no room left to write at ")
    assert "Free some space" in done.stdout
    assert not list((tmp_path / "blobs" / "incoming").iterdir())


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def fail_half_way() -> None:
        with store.database.writing() as transaction:
            transaction.change("made", "owner", 1, ref="acme", project_id=None)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert store.changes.since(0) == []


def _stamp(store_url: str, tmp_path: Path, clock, revision: str) -> None:
    open_store(store_url, blobs=str(tmp_path), clock=clock).close()
    database = open_database(store_url, clock=clock)
    with database.writing() as transaction:
        transaction.connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
    database.close()
