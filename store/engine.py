"""The database: how it is opened, and what a transaction is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, Text, cast, create_engine, event, func, insert, literal
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from vitrina.store.errors import InvalidError, MissingExtraError, VitrinaError
from vitrina.store.schema.changes import ChangeRow

Clock = Callable[[], datetime]

BUSY_TIMEOUT_S = 30
"""How long a writer waits for another one on SQLite: as long as a large batch may take on a slow disk."""

CONNECT_TIMEOUT_S = 10
"""A PostgreSQL server that says nothing for so long is away; `connect_timeout` in the URL says otherwise."""

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs"}
)
"""SQLite's write-ahead log needs memory shared by all who have the file open; over a network there is none."""

_WRITING = "vitrina_writing"
"""The execution option that tells the begin event which kind of transaction is meant."""


class StoreUnavailableError(VitrinaError):
    """The store's database does not answer."""

    status = 503
    permanent = False


class StoreForbiddenError(StoreUnavailableError):
    """The store's database may not be opened or written: nobody who calls can mend that by waiting a moment, though a
    server goes on waiting for whoever can."""


class StoreFullError(VitrinaError):
    """There is no room left to write; nothing that was stored before is lost."""

    status = 507
    permanent = False

    def __init__(self, where: str) -> None:
        super().__init__(
            f"There is no room left to write at {where}; what was stored before is intact.",
            hint="Free some space (or raise the limit), then do it again.",
        )


class BadStoreUrlError(InvalidError):
    """A store's URL cannot be used."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(
            f"{url!r} is no store: {why}.",
            hint="Use sqlite:////path/to/store.db or postgresql+psycopg://user@host/database.",
        )


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction that writes, with who writes and when."""

    connection: Connection
    user_id: int | None
    now: datetime

    def change(
        self,
        action: str,
        kind: str,
        object_id: int,
        *,
        ref: str,
        project_id: int | None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Appends to the log of changes; every write that people could ask about does."""
        on_postgres = self.connection.dialect.name == "postgresql"
        number = cast(cast(func.pg_current_xact_id(), Text), BigInteger) if on_postgres else literal(0)
        self.connection.execute(
            insert(ChangeRow).values(
                at=self.now,
                by=self.user_id,
                project_id=project_id,
                action=action,
                object_kind=kind,
                object_id=object_id,
                ref=ref,
                data=dict(data or {}),
                transaction=number,
            )
        )


@dataclass(frozen=True, slots=True)
class Database:
    """An engine with the two kinds of transaction that the store knows."""

    engine: Engine
    clock: Clock

    @property
    def where(self) -> str:
        return self.engine.url.render_as_string(hide_password=True)

    @property
    def folder(self) -> Path | None:
        """Where the file of an SQLite database lies; None for a server."""
        on_disk = self.engine.dialect.name == "sqlite" and self.engine.url.database
        return Path(on_disk).absolute().parent if on_disk else None

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """A consistent view; nothing is written."""
        with self._explained(), self.engine.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection

    @contextmanager
    def writing(self, user_id: int | None = None) -> Generator[Transaction]:
        """All or nothing. On SQLite the write lock is taken at once, so that it never has to be upgraded half-way."""
        with self._explained(), self.engine.connect() as connection:
            connection.execution_options(**{_WRITING: True})
            with connection.begin():
                yield Transaction(connection, user_id, self.clock())

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _explained(self) -> Generator[None]:
        """Turns what the database says when it cannot work at all into errors that people can act on."""
        try:
            yield
        except DBAPIError as error:
            text = str(error.orig)
            if "is full" in text or "disk I/O error" in text or "No space left" in text or "File too large" in text:
                raise StoreFullError(self.where) from error
            if "unable to open" in text or "readonly" in text:
                raise StoreForbiddenError(
                    f"The store at {self.where} cannot be used: {text}.",
                    hint="Give yourself the right to write it and its folder, or choose another: VITRINA_HOME.",
                ) from error
            if "locked" in text or "lock timeout" in text or error.connection_invalidated:
                raise StoreUnavailableError(
                    f"The store at {self.where} cannot be used: {text}.", hint="Try again in a moment."
                ) from error
            if "connection" in text and ("failed" in text or "timeout expired" in text):
                raise StoreUnavailableError(
                    f"The store at {self.where} does not answer.", hint="Is its server running, and may you reach it?"
                ) from error
            raise


def open_database(url: str, *, clock: Clock) -> Database:
    """Connects lazily to an SQLite file (its folder is made) or a PostgreSQL database."""
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        return Database(_sqlite(address), clock)
    if address.get_backend_name() == "postgresql":
        return Database(_postgres(address), clock)
    raise BadStoreUrlError(url, f"{address.get_backend_name()} is not supported")


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise BadStoreUrlError(url, "it is not a database URL") from None
    if address.get_backend_name() == "sqlite" and not address.database:
        raise BadStoreUrlError(url, "a store in memory would be lost at once")
    return address


def _postgres(address: URL) -> Engine:
    try:
        engine = create_engine(
            address.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args={"connect_timeout": address.query.get("connect_timeout", CONNECT_TIMEOUT_S)},
        )
    except (ModuleNotFoundError, NoSuchModuleError):
        raise MissingExtraError("psycopg", extra="postgres", purpose="A store in PostgreSQL") from None
    event.listen(engine, "connect", _prepare_postgres)
    return engine


def _prepare_postgres(connection: Any, _record: ConnectionPoolEntry) -> None:
    """Whoever holds a collection for longer than a writer waits on SQLite is not waited for either."""
    connection.execute(f"SET lock_timeout = '{BUSY_TIMEOUT_S}s'")
    connection.commit()


def _sqlite(address: URL) -> Engine:
    path = Path(address.database or "").absolute()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # what was logged is its owner's alone
    except OSError as error:
        raise BadStoreUrlError(str(address), f"its folder cannot be made ({error.strerror})") from None
    system = file_system(path.parent, Path("/proc/self/mounts"))
    if system in NETWORK_FILE_SYSTEMS:
        raise BadStoreUrlError(
            str(address), f"it lies on {system}, a network file system, where SQLite cannot keep it safe"
        )
    engine = create_engine(address, connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the begin event below says BEGIN; the driver must not
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def file_system(folder: Path, mounts: Path) -> str | None:
    """The type of the file system that a folder lies on, by the longest mount point above it.

    None where none is listed.
    """
    if not mounts.exists():
        return None
    found: tuple[int, str] = (0, "")
    for line in mounts.read_text().splitlines():
        _, point, kind, *_ = line.split(" ")
        point = point.encode().decode("unicode_escape")
        if folder.is_relative_to(point) and len(point) >= found[0]:
            found = (len(point), kind)
    return found[1] or None
