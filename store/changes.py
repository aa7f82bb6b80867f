"""The log of changes, as its readers see it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Text, cast, func, select

from vitrina.store.engine import Database
from vitrina.store.records import Change, Project
from vitrina.store.schema.changes import ChangeRow
from vitrina.store.schema.people import UserRow
from vitrina.store.statements import Statement


class Changes:
    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, after: int, *, limit: int = 1000) -> list[Change]:
        """Entries after a number, oldest first.

        On PostgreSQL numbers are given before transactions commit, so a later number can be visible before an earlier
        one. Entries of transactions that were not over for every reader are therefore held back: who continues after
        the last number that was given never passes one by.
        """
        statement = _entries().where(ChangeRow.id > after).order_by(ChangeRow.id).limit(limit)
        with self._database.reading() as connection:
            if connection.dialect.name == "postgresql":
                oldest_open = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)
                statement = statement.where(ChangeRow.transaction < oldest_open)
            return [Change(*row) for row in connection.execute(statement)]

    def last(self) -> int:
        """The number of the newest entry, from which somebody can read on; 0: there is none."""
        with self._database.reading() as connection:
            return connection.scalar(select(func.max(ChangeRow.id))) or 0

    def recent(self, project: Project, *, limit: int = 20) -> list[Change]:
        """What happened last in a project, newest first."""
        statement = _entries().where(ChangeRow.project_id == project.id).order_by(ChangeRow.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return [Change(*row) for row in connection.execute(statement)]


def _entries() -> Statement:
    return select(
        ChangeRow.id, ChangeRow.at, UserRow.name, ChangeRow.action, ChangeRow.object_kind, ChangeRow.ref, ChangeRow.data
    ).outerjoin(UserRow, UserRow.id == ChangeRow.by)
