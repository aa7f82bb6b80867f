"""From ids to the records that people know, in the order of the ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from sqlalchemy import Connection

from vitrina.store import catalogue
from vitrina.store import reports as report_rows
from vitrina.store import runs as run_rows
from vitrina.store.records import Collection, Report, Run, Version
from vitrina.store.schema.registry import CollectionRow, VersionRow
from vitrina.store.search.tree import Kind

Thing: TypeAlias = Run | Collection | Version | Report


def things(connection: Connection, kind: Kind, ids: Sequence[int]) -> list[Thing]:
    """A constant number of queries, however many ids."""
    by_id: dict[int, Thing] = {}
    match kind:
        case Kind.RUNS:
            by_id.update(run_rows.by_ids(connection, ids))
        case Kind.VERSIONS:
            rows = connection.execute(catalogue.versions().where(VersionRow.id.in_(ids))).all()
            by_id.update({version.id: version for version in catalogue.with_aliases(connection, rows)})
        case Kind.REPORTS:
            by_id.update(report_rows.by_ids(connection, ids))
        case _:
            rows = connection.execute(catalogue.collections().where(CollectionRow.id.in_(ids))).all()
            by_id.update({row.collection_id: catalogue.collection_of(row) for row in rows})
    return [by_id[number] for number in ids if number in by_id]
