"""What refers to what, read from the tables themselves: a table that is added needs no line here.

Two kinds of reference are no foreign keys, and are named below: the ends of lineage edges, and what a report is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Table, select

from vitrina.store.records import NodeKind, Subject
from vitrina.store.schema import Base
from vitrina.store.schema.apps import AppRevisionRow, AppRow
from vitrina.store.schema.lineage import EdgeRow
from vitrina.store.schema.objects import BlobRow, ObjectRow
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.schema.registry import CollectionRow, VersionFileRow, VersionRow
from vitrina.store.schema.reports import ReportRow, SnapshotRow
from vitrina.store.schema.runs import RunRow

BLOBS: Table = Base.metadata.tables[BlobRow.__tablename__]

_TABLE_OF = {"code": "commits"}
"""Of the kinds whose table has another name than theirs in the plural."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A column whose values are keys of another table, by a foreign key."""

    column: Column[int]
    target: Table
    key: str
    """The column there."""

    @property
    def table(self) -> Table:
        return self.column.table

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column.name}"


@dataclass(frozen=True, slots=True)
class KindReference:
    """Two columns, the second a key of the table that the first one names."""

    kind: Column[str]
    column: Column[int]
    targets: dict[str, Table]

    @property
    def table(self) -> Table:
        return self.column.table

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column.name}"


def references(to: Table | None = None) -> list[Reference]:
    """Every foreign key, or those to one table."""
    found = [
        Reference(column, key.column.table, key.column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
    ]
    return [one for one in found if to is None or one.target is to]


def kind_references() -> list[KindReference]:
    """The references that are no foreign keys. Kinds that are not listed refer to nothing of ours."""
    edges, reports = table_of(EdgeRow), table_of(ReportRow)
    tables = Base.metadata.tables
    named = ((kind.value, _TABLE_OF.get(kind.value, f"{kind.value}s")) for kind in NodeKind)
    nodes = {kind: tables[name] for kind, name in named if name in tables}
    subjects = {kind.value: tables[f"{kind.value}s"] for kind in Subject}
    return [
        KindReference(edges.c.source_kind, edges.c.source_id, nodes),
        KindReference(edges.c.target_kind, edges.c.target_id, nodes),
        KindReference(reports.c.subject_kind, reports.c.subject_id, subjects),
    ]


def is_referred_to(table: Table) -> bool:
    """Whether keys of its rows stand anywhere."""
    return bool(references(table)) or any(table in kinds.targets.values() for kinds in kind_references())


def users_of(connection: Connection, blob_ids: Sequence[int]) -> dict[int, list[str]]:
    """Who needs these blobs, by blob, in words that people know; by the name of the column where there are none."""
    found: dict[int, list[str]] = {blob_id: [] for blob_id in blob_ids}
    for blob_id, name in _named(connection, blob_ids):
        found[blob_id].append(name)
    for reference in references(BLOBS):
        wanted = [blob_id for blob_id, names in found.items() if not names]
        column = reference.column
        for blob_id in connection.scalars(select(column).where(column.in_(wanted)).distinct()) if wanted else ():
            found[blob_id].append(reference.name)
    return found


def _named(connection: Connection, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    project = OwnerRow.name + "/" + ProjectRow.name
    in_project = ProjectRow.id == BlobRow.project_id, OwnerRow.id == ProjectRow.owner_id
    start = select(BlobRow.id, project).join(ProjectRow, in_project[0]).join(OwnerRow, in_project[1])
    version = CollectionRow.kind + "/" + CollectionRow.name + "@" + VersionRow.number
    files = (
        start.add_columns(version, VersionFileRow.path)
        .join(VersionFileRow, VersionFileRow.blob_id == BlobRow.id)
        .join(VersionRow, VersionRow.id == VersionFileRow.version_id)
        .join(CollectionRow, CollectionRow.id == VersionRow.collection_id)
    )
    objects = (
        start.add_columns(RunRow.uuid, ObjectRow.section, ObjectRow.name)
        .join(ObjectRow, (ObjectRow.blob_id == BlobRow.id) | (ObjectRow.still_id == BlobRow.id))
        .join(RunRow, RunRow.id == ObjectRow.run_id)
    )
    apps = (
        start.add_columns(version, AppRow.name, AppRevisionRow.number)
        .join(AppRevisionRow, AppRevisionRow.blob_id == BlobRow.id)
        .join(AppRow, AppRow.id == AppRevisionRow.app_id)
        .join(VersionRow, VersionRow.id == AppRow.version_id)
        .join(CollectionRow, CollectionRow.id == VersionRow.collection_id)
    )
    snapshots = (
        start.add_columns(ReportRow.name, SnapshotRow.number)
        .join(SnapshotRow, SnapshotRow.blob_id == BlobRow.id)
        .join(ReportRow, ReportRow.id == SnapshotRow.report_id)
    )
    chosen = BlobRow.id.in_(ids)
    for blob, where, ref, path in connection.execute(files.where(chosen)):
        yield blob, f"{where}/{ref} ({path})"
    for blob, where, run, section, name in connection.execute(objects.where(chosen)):
        yield blob, f"{where}/runs/{run}#{section}/{name}"
    for blob, where, ref, app, number in connection.execute(apps.where(chosen)):
        yield blob, f"{where}/{ref}/apps/{app}@{number}"
    for blob, where, report, number in connection.execute(snapshots.where(chosen)):
        yield blob, f"{where}/reports/{report}@{number}" if report else f"{where}, snapshot {number} of a README"


def table_of(row: type[Base]) -> Table:
    return Base.metadata.tables[row.__tablename__]
