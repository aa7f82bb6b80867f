"""Stores of earlier releases, kept as dumps (dumps/HEAD.sql, one for each schema that was released): they upgrade.

A dump is what `sqlite3 store.db .dump` writes. On PostgreSQL its rows are put into the schema that the scripts made up
to its head. A new one is written when a head is released, and never changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Boolean, Connection, Date, DateTime, MetaData, Table, create_engine, func, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB

from vitrina.store import migrations
from vitrina.store.engine import open_database
from vitrina.store.opening import Store, open_store
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.schema import Base

DUMPS = sorted((Path(__file__).parent / "dumps").glob("*.sql"))


@pytest.fixture(params=DUMPS, ids=lambda path: path.stem)
def dump(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def rows(dump: Path) -> dict[str, list[dict[str, Any]]]:
    """What the dump holds, by table."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(dump.read_text())
        connection.row_factory = sqlite3.Row
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')] for name in tables}


@pytest.fixture
def old_store(dump: Path, rows: dict[str, list[dict[str, Any]]], store_url: str) -> str:
    """The URL of a database as it was then."""
    engine = create_engine(store_url)
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(engine.url.database or "")) as connection:
            connection.executescript(dump.read_text())
    else:
        with engine.begin() as connection:
            _put(connection, dump.stem, rows)
    engine.dispose()
    return store_url


def _put(connection: Connection, head: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, head)
    then = MetaData()
    then.reflect(connection)
    for table in then.sorted_tables:
        if table.name != "alembic_version" and rows[table.name]:
            connection.execute(insert(table), [dict(_typed(table, row)) for row in rows[table.name]])
        if "id" in table.columns and table.columns["id"].autoincrement is not False:
            sequence = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(sequence, select(func.max(table.columns["id"])).scalar_subquery())))


def _typed(table: Table, row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Values as PostgreSQL has them: SQLite keeps truth as numbers, moments and JSON as texts."""
    for name, value in row.items():
        match table.columns[name].type:
            case _ if value is None:
                yield name, None
            case Boolean():
                yield name, bool(value)
            case JSONB():
                yield name, json.loads(value)
            case DateTime():
                yield name, datetime.fromisoformat(value).replace(tzinfo=UTC)
            case Date():
                yield name, date.fromisoformat(value)
            case _:
                yield name, value


def test_a_dump_has_rows_in_every_table(rows: dict[str, list[dict[str, Any]]]) -> None:
    assert [name for name, held in rows.items() if not held] == []


def test_an_old_store_upgrades_with_all_that_it_holds(
    old_store: str, dump: Path, rows: dict[str, list[dict[str, Any]]], clock, tmp_path: Path
) -> None:
    database = open_database(old_store, clock=clock)
    assert migrations.upgrade(database) == dump.stem
    with database.reading() as connection:
        assert (
            compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata) == []
        )
        for name, held in rows.items():
            assert connection.scalar(text(f'SELECT count(*) FROM "{name}"')) == len(held), name
    database.close()
    with open_store(old_store, blobs=str(tmp_path / "blobs"), clock=clock) as store:
        _reads(store)
        _writes(store, tmp_path)


def _reads(store: Store) -> None:
    champion = store.find("acme/churn/models/classifier@champion").version
    assert champion is not None
    assert (champion.number, champion.stage, champion.notes) == ("1.0.1", "production", "Better.")
    history = store.promotions.history(champion.collection)
    assert [(entry.number, entry.name, entry.override) for entry in history] == [
        ("1.0.1", "champion", None),
        ("1.0.1", "production", None),
        ("1.0.0", "production", None),
    ]
    run = store.find("acme/churn/runs/9f3c2a1b").run
    assert run is not None
    assert run.tags == ("first",)
    assert {param.name: param.value for param in store.runs.params([run.id])[run.id]} == {"lr": 0.1, "kind": "rf"}
    assert [series.name for series in store.metrics.series([run.id])[run.id]] == ["auc"]
    assert store.find("acme/churn/models/classifier@^1/apps/what-if").app is not None
    report = store.find("acme/churn/reports/q3").report
    assert report is not None
    assert (report.text, len(store.reports.snapshots(report))) == ("# Q3\n", 1)


def _writes(store: Store, folder: Path) -> None:
    (folder / "weights").write_text("three")
    project = store.projects.get("acme", "churn")
    draft = Draft([("model.txt", folder / "weights")])
    assert store.registry.log(project, Noun.MODEL, "classifier", draft).version.number == "1.0.2"
