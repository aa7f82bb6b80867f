"""Waiting for a store that is away: bounded, and nothing half-stored."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import event

from vitrina import tracking
from vitrina.store.engine import StoreForbiddenError, StoreUnavailableError, open_database
from vitrina.store.opening import Store, open_store
from vitrina.store.refs import Noun
from vitrina.tracking.records import VersionDraft
from vitrina.tracking.sinks.patience import LONGEST_PAUSE_S, Patience, StoreAwayError
from vitrina.tracking.sinks.sink import Start
from vitrina.tracking.sinks.sql import SqlSink


@dataclass
class Time:
    """Time that passes by sleeping only; `at_pause` is called at each pause."""

    now: float = 0.0
    pauses: list[float] = field(default_factory=list[float])
    at_pause: Callable[[int], None] = lambda number: None

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)
        self.at_pause(len(self.pauses))

    def patience(self, limit_s: float) -> Patience:
        return Patience(limit_s, clock=lambda: self.now, sleep=self.sleep)


@pytest.fixture
def impatient(home: Path) -> Generator[Store]:
    """A store whose database says at once that somebody else is writing."""
    with open_store() as store:
        event.listen(
            store.database.engine, "checkout", lambda connection, *_: connection.execute("PRAGMA busy_timeout=0")
        )
        yield store


@pytest.fixture
def writer(home: Path, impatient: Store) -> Generator[sqlite3.Connection]:
    """Somebody else, who can hold the store: BEGIN IMMEDIATE."""
    connection = sqlite3.connect(home / "store.db", isolation_level=None)
    yield connection
    connection.close()


def draft_of(folder: Path) -> VersionDraft:
    (folder / "weights").write_text("weights")
    return VersionDraft(Noun.MODEL, "m", [("weights", folder / "weights")])


def test_it_waits_until_the_store_is_free(impatient: Store, writer: sqlite3.Connection, tmp_path: Path) -> None:
    time = Time(at_pause=lambda number: writer.execute("COMMIT") and None if number == 3 else None)
    sink = SqlSink(impatient, patience=time.patience(60))
    run = sink.begin(Start("acme", "churn")).run
    writer.execute("BEGIN IMMEDIATE")
    added = sink.add_version(run, draft_of(tmp_path))
    assert (added.version.number, added.is_new, len(time.pauses)) == ("1.0.0", True, 3)
    assert time.pauses == sorted(time.pauses)


def test_it_waits_no_longer_than_its_limit_and_stores_nothing(
    impatient: Store, writer: sqlite3.Connection, tmp_path: Path
) -> None:
    time = Time()
    sink = SqlSink(impatient, patience=time.patience(20))
    run = sink.begin(Start("acme", "churn")).run
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreAwayError, match=r"It was waited for, 20 s long; nothing of this call was stored\."):
        sink.add_version(run, draft_of(tmp_path))
    assert 20 - LONGEST_PAUSE_S <= time.now <= 20
    writer.execute("COMMIT")
    assert impatient.registry.collections(run.project, Noun.MODEL) == []
    assert sink.add_version(run, draft_of(tmp_path)).version.number == "1.0.0"


def test_a_store_that_may_not_be_used_is_not_waited_for() -> None:
    time = Time()

    def refuse() -> None:
        raise StoreForbiddenError("The store is read only.")

    with pytest.raises(StoreForbiddenError):
        time.patience(60).wait_for(refuse)
    assert time.pauses == []


def test_a_server_that_is_away_is_said_in_one_line() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: whoever connects is refused
        url = f"postgresql+psycopg://vitrina@127.0.0.1:{nobody.getsockname()[1]}/vitrina"
        database, time = open_database(url, clock=lambda: None), Time()  # pyright: ignore[reportArgumentType]

        def ask() -> None:
            with database.reading():
                pass

        with pytest.raises(StoreUnavailableError, match=r"does not answer\. It was waited for, 5 s long"):
            time.patience(5).wait_for(ask)
        assert 3 <= time.now <= 5
        database.close()


@pytest.mark.slow
def test_a_collection_that_is_held_for_ever_is_given_up(postgres_url: str, tmp_path: Path) -> None:
    """The lock of a collection is waited for as long as a writer of SQLite waits, not for ever."""
    with open_store(postgres_url, blobs=str(tmp_path / "blobs")) as store, store.database.reading() as connection:
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "30s"


def test_a_version_can_be_used_in_the_next_line(any_store: Store, tmp_path: Path) -> None:
    (tmp_path / "weights").write_text("weights")
    with tracking.run("fit", project="acme/churn"):
        logged = tracking.log_model("m", tmp_path / "weights")
        assert logged.promote("production").stage == "production"
        assert tracking.log_model("m", tmp_path / "weights").alias("champion").aliases == ("champion",)
        assert [path.name for path in tracking.log_model("m", tmp_path / "weights").load().iterdir()] == ["weights"]
        assert tracking.get_version("acme/churn/models/m@champion").note("Good.").notes == "Good."
        other = tracking.log_dataset("d", tmp_path / "weights")
        assert other.promote("staging").load().is_dir()
