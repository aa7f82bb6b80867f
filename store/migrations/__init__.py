"""Which version of the schema a database has, and how it gets the newest.

A fresh database is made from the tables at once and stamped; one of an older release is upgraded by Alembic's scripts
in `versions/`. That both ways end at the same schema is a test.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from vitrina.store.engine import Database
from vitrina.store.errors import ConflictError
from vitrina.store.schema import Base

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0009"
"""The newest script.

Alembic is not asked, since importing it costs every process that opens a store a tenth of a second.
"""

_LOCK = 0x5649_5452
"""The PostgreSQL advisory lock that lets one process at a time make or upgrade a schema."""


class NewerStoreError(ConflictError):
    """The store was written by a newer release."""

    def __init__(self, where: str, revision: str) -> None:
        super().__init__(
            f"The store at {where} was written by a newer Vitrina (schema {revision}; this one knows {HEAD}).",
            hint="Upgrade this installation: pip install --upgrade vitrina. The store was not touched.",
        )


class OlderStoreError(ConflictError):
    """The store was written by an older release."""

    def __init__(self, where: str, revision: str) -> None:
        super().__init__(
            f"The store at {where} has schema {revision}; this Vitrina needs {HEAD}.",
            hint="Make a copy of it, then run: vitrina store upgrade",
        )


def prepare(database: Database) -> None:
    """Makes the schema of an empty database; refuses one that is older or newer than this release."""
    with database.reading() as connection:
        revision = current(connection)
    if revision is None:
        with database.writing() as transaction:
            _lock(transaction.connection)
            if current(transaction.connection) is None:
                _create(transaction.connection)
        return
    refuse_other(database.where, revision, known=_known())


def refuse_other(where: str, revision: str, *, known: Collection[str]) -> None:
    """Raises unless the revision is this release's; `known` are those that it can upgrade."""
    if revision == HEAD:
        return
    if revision in known:
        raise OlderStoreError(where, revision)
    raise NewerStoreError(where, revision)


def current(connection: Connection) -> str | None:
    """The revision of a database; None of an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def upgrade(database: Database) -> str | None:
    """Brings a store of an older release to this one; gives the revision it had (None: it was empty)."""
    from alembic import command

    with database.writing() as transaction:
        _lock(transaction.connection)
        before = current(transaction.connection)
        if before is not None and before != HEAD and before not in _known():
            raise NewerStoreError(database.where, before)
        command.upgrade(_config(transaction.connection), "head")
    return before


def create_at(connection: Connection, revision: str) -> None:
    """Makes the schema of the release whose newest script this is, in an empty database. Inside a transaction."""
    if revision == HEAD:
        _create(connection)
        return
    from alembic import command

    command.upgrade(_config(connection), revision)


def _config(connection: Connection) -> Config:
    """Alembic's, for scripts that run inside the connection's transaction."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def _create(connection: Connection) -> None:
    Base.metadata.create_all(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _known() -> set[str]:
    return {path.name.partition("_")[0] for path in (Path(__file__).parent / "versions").glob("0*.py")}
