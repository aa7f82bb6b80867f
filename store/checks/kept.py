"""What checks found, with the version that they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, func, insert, select

from vitrina.store.checks.check import Result, result_of
from vitrina.store.engine import Database, Transaction
from vitrina.store.records import Run, Version
from vitrina.store.schema.checks import CheckingRow


@dataclass(frozen=True, slots=True)
class Checking:
    """One time that a version's data was checked."""

    version_id: int
    at: datetime
    results: tuple[Result, ...]

    @property
    def failed(self) -> tuple[Result, ...]:
        """Those that did not pass, also those that could not be asked."""
        return tuple(result for result in self.results if not result.is_passed)


class Checks:
    def __init__(self, database: Database, user_id: int | None) -> None:
        self._database = database
        self._user_id = user_id

    def record(self, version: Version, results: Sequence[Result]) -> None:
        """Keeps what checks found now; from then on that is what counts."""
        with self._database.writing(self._user_id) as transaction:
            record(transaction, version, results, run=None)

    def of(self, version_ids: Sequence[int]) -> dict[int, Checking]:
        """What the newest checking of each version found; one that was never checked is left out. One query."""
        with self._database.reading() as connection:
            return newest(connection, version_ids)


def record(transaction: Transaction, version: Version, results: Sequence[Result], *, run: Run | None) -> None:
    """Inside a transaction."""
    failed = sum(not result.is_passed for result in results)
    row = insert(CheckingRow).values(
        version_id=version.id,
        run_id=run.id if run is not None else None,
        passed=len(results) - failed,
        failed=failed,
        results={"checks": [result.as_dict() for result in results]},
        at=transaction.now,
        by=transaction.user_id,
    )
    transaction.connection.execute(row)
    project = version.collection.project
    data = {"passed": len(results) - failed, "failed": failed}
    transaction.change("checked", "version", version.id, ref=version.ref, project_id=project.id, data=data)


def newest(connection: Connection, version_ids: Sequence[int]) -> dict[int, Checking]:
    """As `Checks.of`, inside a connection."""
    latest = (
        select(func.max(CheckingRow.id)).where(CheckingRow.version_id.in_(version_ids)).group_by(CheckingRow.version_id)
    )
    statement = select(CheckingRow.version_id, CheckingRow.at, CheckingRow.results).where(CheckingRow.id.in_(latest))
    return {
        row.version_id: Checking(row.version_id, row.at, _results(row.results)) for row in connection.execute(statement)
    }


def _results(kept: Mapping[str, Any]) -> tuple[Result, ...]:
    """A row may have come with a file from another store: what it holds is not trusted to have our form."""
    listed = kept.get("checks")
    if not isinstance(listed, list):
        return (result_of(listed),)
    return tuple(result_of(one) for one in cast("list[object]", listed))
