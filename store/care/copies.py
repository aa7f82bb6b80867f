"""A store's database as files, taken while others write, and brought back into an empty place.

SQLite copies itself, page by page, in one reading transaction. Of PostgreSQL each table is what COPY gives, all in one
snapshot: that needs no `pg_dump` of the server's release on this machine. Both keep every value exactly.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, inspect, select, text

from vitrina.store import migrations
from vitrina.store.engine import Database, open_database
from vitrina.store.errors import ConflictError
from vitrina.store.schema.objects import BlobRow

SQLITE_FILE = "store.db"
TABLES_FILE = "tables.json"
"""Of PostgreSQL: the tables and their columns in the order in which they are to be filled."""

_PIECE = 1 << 20


class PlaceTakenError(ConflictError):
    """There is a store where one is to be restored."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"There is a database at {where} already; nothing was changed.",
            hint="Restore into an empty place: another VITRINA_HOME, or VITRINA_URL of an empty database.",
        )


def copy_out(database: Database, folder: Path) -> dict[str, int]:
    """Writes the database, as it is at one moment, into a folder.

    Gives the blobs that it refers to: size by digest.
    """
    if database.folder is not None:
        return _sqlite_out(database, folder / SQLITE_FILE)
    with database.reading() as connection:
        tables = _tables(connection)
        (folder / TABLES_FILE).write_text(json.dumps(tables, indent=1))
        for table, columns in tables:
            _copy_table_out(connection, f'"{table}" ({_listed(columns)})', folder / f"{table}.copy")
        return {row.digest: row.size for row in connection.execute(select(BlobRow.digest, BlobRow.size))}


@contextmanager
def copying_in(database: Database, folder: Path, *, schema: str) -> Generator[Connection]:
    """Brings a database back; whoever uses the block may complete it, and with an error in it there is none.

    Raises PlaceTakenError where the database is not empty.
    """
    bringing = _sqlite_in(database, folder) if database.folder is not None else _postgres_in(database, folder, schema)
    with bringing as connection:
        yield connection


def _sqlite_out(database: Database, target: Path) -> dict[str, int]:
    with database.engine.connect() as connection, closing(sqlite3.connect(target)) as copy:
        source = cast("sqlite3.Connection", connection.connection.driver_connection)
        source.backup(copy)
        sizes = dict(copy.execute("SELECT digest, size FROM blobs").fetchall())
    with target.open("rb") as file:
        os.fsync(file.fileno())
    return sizes


@contextmanager
def _sqlite_in(database: Database, folder: Path) -> Generator[Connection]:
    target = Path(database.engine.url.database or "").absolute()
    if target.exists():
        raise PlaceTakenError(database.where)
    arriving = target.with_name(f"{target.name}.restoring")
    try:
        shutil.copyfile(folder / SQLITE_FILE, arriving)
        incoming = open_database(f"sqlite:///{arriving}", clock=database.clock)
        try:
            with incoming.writing() as transaction:
                yield transaction.connection
        finally:
            incoming.close()
        with arriving.open("rb") as file:
            os.fsync(file.fileno())
        os.link(arriving, target)  # unlike a rename it replaces nobody's database
    except FileExistsError:
        raise PlaceTakenError(database.where) from None
    finally:
        for path in target.parent.glob(f"{arriving.name}*"):
            path.unlink()


@contextmanager
def _postgres_in(database: Database, folder: Path, schema: str) -> Generator[Connection]:
    with database.writing() as transaction:
        connection = transaction.connection
        if inspect(connection).get_table_names():
            raise PlaceTakenError(database.where)
        migrations.create_at(connection, schema)
        connection.execute(text("DELETE FROM alembic_version"))
        for table, columns in json.loads((folder / TABLES_FILE).read_text()):
            _copy_table_in(connection, f'"{table}" ({_listed(columns)})', folder / f"{table}.copy")
            if "id" in columns:
                connection.execute(text(_NEXT_ID.format(table=table)), {"table": table})
        yield connection


_NEXT_ID = """SELECT setval(pg_get_serial_sequence(:table, 'id'), max(id)) FROM "{table}" HAVING max(id) IS NOT NULL"""


def _tables(connection: Connection) -> list[tuple[str, list[str]]]:
    """Tables and what can be written in them, those that others refer to first."""
    about = inspect(connection)
    ordered = [name for name, _ in about.get_sorted_table_and_fkc_names() if name is not None]
    return [
        (name, [column["name"] for column in about.get_columns(name) if not column.get("computed")]) for name in ordered
    ]


def _listed(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _copy_table_out(connection: Connection, what: str, target: Path) -> None:
    with target.open("wb") as file, _cursor(connection).copy(f"COPY {what} TO STDOUT") as pieces:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _copy_table_in(connection: Connection, what: str, source: Path) -> None:
    with source.open("rb") as file, _cursor(connection).copy(f"COPY {what} FROM STDIN") as sink:
        while piece := file.read(_PIECE):
            sink.write(piece)


def _cursor(connection: Connection) -> Any:
    """psycopg's own, in the transaction of this connection: SQLAlchemy knows no COPY."""
    return connection.connection.cursor()
