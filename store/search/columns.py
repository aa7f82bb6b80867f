"""Where in SQL the attributes of each kind lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    Double,
    Numeric,
    SQLColumnExpression,
    Text,
    cast,
    collate,
    extract,
    func,
    literal,
    null,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from vitrina.store.refs import Noun
from vitrina.store.schema.people import UserRow
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.schema.registry import CollectionRow, VersionRow
from vitrina.store.schema.reports import ReportRow
from vitrina.store.schema.runs import RunRow
from vitrina.store.search.tree import Kind

Expression: TypeAlias = SQLColumnExpression[Any]
"""A column, or what is computed of some."""

ROWS: Mapping[Kind, type[RunRow] | type[CollectionRow] | type[VersionRow] | type[ReportRow]] = {
    Kind.RUNS: RunRow,
    Kind.MODELS: CollectionRow,
    Kind.DATASETS: CollectionRow,
    Kind.ARTIFACTS: CollectionRow,
    Kind.VERSIONS: VersionRow,
    Kind.REPORTS: ReportRow,
}
"""The table whose rows a search of a kind finds."""


def row_id(kind: Kind) -> Expression:
    return ROWS[kind].id


def project_id(kind: Kind) -> Expression:
    """The id of the project that a row is in."""
    if kind is not Kind.VERSIONS:
        row: Any = ROWS[kind]
        return row.project_id
    return _of_collection(CollectionRow.project_id)


def alive(kind: Kind) -> list[Expression]:
    """What keeps deleted things out, and collections and reports of other kinds."""
    match kind:
        case Kind.RUNS:
            return [RunRow.deleted_at.is_(None)]
        case Kind.VERSIONS:
            collection = aliased(CollectionRow)
            kept = select(collection.id).where(
                collection.id == VersionRow.collection_id, collection.deleted_at.is_(None)
            )
            return [VersionRow.deleted_at.is_(None), kept.exists()]
        case Kind.REPORTS:
            return [ReportRow.deleted_at.is_(None)]
        case _:
            return [CollectionRow.deleted_at.is_(None), CollectionRow.kind == Noun(kind.value)]


def attribute(kind: Kind, name: str, *, is_postgres: bool) -> Expression:
    """The value of an attribute of a row, null where there is none."""
    if name == "owner":
        return _of_project(kind, OwnerRow.name)
    if name == "project":
        return _of_project(kind, OwnerRow.name + "/" + ProjectRow.name)
    if name == "user":
        return _maker(kind)
    if name == "duration":
        return _duration(is_postgres=is_postgres)
    return _PLAIN[kind][name]()


def bytewise(expression: Expression, *, is_postgres: bool) -> Expression:
    """Text in the order of its code points, whatever language the database sorts by."""
    return collate(cast(expression, Text), "C") if is_postgres else expression


def _of_project(kind: Kind, value: Expression) -> Expression:
    return (
        select(value)
        .select_from(ProjectRow)
        .join(OwnerRow, OwnerRow.id == ProjectRow.owner_id)
        .where(ProjectRow.id == project_id(kind))
        .correlate(ROWS[kind])
        .scalar_subquery()
    )


def _of_collection(value: Expression) -> Expression:
    return (
        select(value)
        .select_from(CollectionRow)
        .where(CollectionRow.id == VersionRow.collection_id)
        .correlate(VersionRow)
        .scalar_subquery()
    )


def _maker(kind: Kind) -> Expression:
    row = ROWS[kind]
    return select(UserRow.name).where(UserRow.id == row.created_by).correlate(row).scalar_subquery()


def _parent() -> Expression:
    parent = aliased(RunRow)
    return select(parent.uuid).where(parent.id == RunRow.parent_id).correlate(RunRow).scalar_subquery()


def _run_of_version() -> Expression:
    return select(RunRow.uuid).where(RunRow.id == VersionRow.run_id).correlate(VersionRow).scalar_subquery()


def _duration(*, is_postgres: bool) -> Expression:
    """Seconds, to the millisecond: SQLite counts no finer."""
    if is_postgres:
        seconds = extract("epoch", RunRow.finished_at - RunRow.started_at)
        return cast(func.round(cast(seconds, Numeric), 3), Double)
    days = func.julianday(RunRow.finished_at) - func.julianday(RunRow.started_at)
    return type_coerce(func.round(days * 86400.0, 3), Double)


def seconds(span: timedelta) -> float:
    """As `duration` has it."""
    return round(span.total_seconds(), 3)


_COLLECTION: Mapping[str, Callable[[], Expression]] = {
    "name": lambda: CollectionRow.name,
    "created": lambda: CollectionRow.created_at,
    "title": lambda: CollectionRow.title,
    "description": lambda: CollectionRow.description,
}

_PLAIN: Mapping[Kind, Mapping[str, Callable[[], Expression]]] = {
    Kind.RUNS: {
        "name": lambda: RunRow.name,
        "created": lambda: RunRow.started_at,
        "id": lambda: RunRow.uuid,
        "description": lambda: RunRow.description,
        "status": lambda: RunRow.status,
        "message": lambda: RunRow.message,
        "finished": lambda: RunRow.finished_at,
        "progress": lambda: RunRow.progress,
        "parent": _parent,
        "artifact_uri": lambda: cast(null(), Text),
    },
    Kind.MODELS: _COLLECTION,
    Kind.DATASETS: _COLLECTION,
    Kind.ARTIFACTS: _COLLECTION,
    Kind.VERSIONS: {
        "name": lambda: _of_collection(CollectionRow.name),
        "created": lambda: VersionRow.created_at,
        "noun": lambda: _of_collection(CollectionRow.kind),
        "stage": lambda: VersionRow.stage,
        "flavour": lambda: VersionRow.flavour,
        "size": lambda: VersionRow.size,
        "notes": lambda: VersionRow.notes,
        "content": lambda: VersionRow.content,
        "run": _run_of_version,
    },
    Kind.REPORTS: {
        "name": lambda: ReportRow.name,
        "created": lambda: ReportRow.created_at,
        "updated": lambda: ReportRow.updated_at,
        "title": lambda: ReportRow.title,
        "noun": lambda: func.coalesce(
            select(literal("readme")).where(ReportRow.name == "").correlate(ReportRow).scalar_subquery(), "report"
        ),
    },
}
