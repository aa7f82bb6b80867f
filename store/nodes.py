"""What the nodes of lineage are called: of all kinds in one statement, so that a walk needs no second question."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CTE, ColumnElement, CompoundSelect, String, and_, case, cast, func, literal, select, union_all

from vitrina.store.records import NodeKind, Subject
from vitrina.store.refs import Noun
from vitrina.store.schema.apps import AppRow
from vitrina.store.schema.lineage import CommitRow
from vitrina.store.schema.registry import CollectionRow, VersionRow
from vitrina.store.schema.reports import ReportRow
from vitrina.store.schema.runs import RunRow
from vitrina.store.statements import Statement

SHORT_SHA = 10
"""Digits of a commit that people read."""


def named(nodes: CTE) -> CompoundSelect[Any]:
    """Asks what `nodes` (columns kind and id) are called: kind, id, project_id, path after the project, title, noun,
    remote. A node that was deleted, or is in what was deleted, is left out."""
    return union_all(_runs(nodes), _versions(nodes), _apps(nodes), _reports(nodes), _commits(nodes))


def _columns(
    nodes: CTE,
    *,
    project_id: Any,
    path: ColumnElement[str],
    title: Any,
    noun: Any,
    remote: Any = "",
) -> Statement:
    return select(
        nodes.c.kind,
        nodes.c.id,
        project_id.label("project_id"),
        path.label("path"),
        cast(title, String).label("title"),
        cast(noun, String).label("noun"),
        cast(remote, String).label("remote"),
    )


def _is(nodes: CTE, kind: NodeKind, row_id: Any) -> ColumnElement[bool]:
    return and_(nodes.c.kind == kind, nodes.c.id == row_id)


def _runs(nodes: CTE) -> Statement:
    asked = _columns(
        nodes, project_id=RunRow.project_id, path=literal("runs/") + RunRow.uuid, title=RunRow.name, noun=literal("run")
    )
    return asked.join(RunRow, _is(nodes, NodeKind.RUN, RunRow.id)).where(RunRow.deleted_at.is_(None))


def _versions(nodes: CTE) -> Statement:
    asked = _columns(
        nodes,
        project_id=CollectionRow.project_id,
        path=_version_path(),
        title=CollectionRow.name + literal(" ") + VersionRow.number,
        noun=case({noun.value: noun.singular for noun in Noun}, value=CollectionRow.kind),
    )
    return (
        asked.join(VersionRow, _is(nodes, NodeKind.VERSION, VersionRow.id))
        .join(CollectionRow, CollectionRow.id == VersionRow.collection_id)
        .where(VersionRow.deleted_at.is_(None), CollectionRow.deleted_at.is_(None))
    )


def _apps(nodes: CTE) -> Statement:
    asked = _columns(
        nodes,
        project_id=CollectionRow.project_id,
        path=_version_path() + literal("/apps/") + AppRow.name,
        title=AppRow.name,
        noun=literal("app"),
    )
    return (
        asked.join(AppRow, _is(nodes, NodeKind.APP, AppRow.id))
        .join(VersionRow, VersionRow.id == AppRow.version_id)
        .join(CollectionRow, CollectionRow.id == VersionRow.collection_id)
        .where(AppRow.deleted_at.is_(None), VersionRow.deleted_at.is_(None), CollectionRow.deleted_at.is_(None))
    )


def _reports(nodes: CTE) -> Statement:
    """A report of its own, or the README of what it is about, whose reference it has."""
    of_version = and_(ReportRow.subject_kind == Subject.VERSION, VersionRow.id == ReportRow.subject_id)
    of_collection = and_(ReportRow.subject_kind == Subject.COLLECTION, CollectionRow.id == ReportRow.subject_id)
    path = case(
        (ReportRow.name != "", literal("reports/") + ReportRow.name),
        (ReportRow.subject_kind == Subject.RUN, literal("runs/") + RunRow.uuid + literal("/readme")),
        (ReportRow.subject_kind == Subject.VERSION, _version_path() + literal("/readme")),
        (ReportRow.subject_kind == Subject.COLLECTION, _collection_path() + literal("/readme")),
        else_="readme",
    )
    asked = _columns(
        nodes,
        project_id=ReportRow.project_id,
        path=path,
        title=func.coalesce(func.nullif(ReportRow.title, ""), func.nullif(ReportRow.name, ""), "README"),
        noun=literal("report"),
    )
    return (
        asked.join(ReportRow, _is(nodes, NodeKind.REPORT, ReportRow.id))
        .outerjoin(RunRow, and_(ReportRow.subject_kind == Subject.RUN, RunRow.id == ReportRow.subject_id))
        .outerjoin(VersionRow, of_version)
        .outerjoin(CollectionRow, of_collection | (CollectionRow.id == VersionRow.collection_id))
        .where(ReportRow.deleted_at.is_(None), path.is_not(None))
    )


def _commits(nodes: CTE) -> Statement:
    asked = _columns(
        nodes,
        project_id=CommitRow.project_id,
        path=literal("code/") + CommitRow.sha,
        title=func.substr(CommitRow.sha, 1, SHORT_SHA),
        noun=literal("code"),
        remote=CommitRow.remote,
    )
    return asked.join(CommitRow, _is(nodes, NodeKind.CODE, CommitRow.id))


def _collection_path() -> ColumnElement[str]:
    return CollectionRow.kind + literal("/") + CollectionRow.name


def _version_path() -> ColumnElement[str]:
    return _collection_path() + literal("@") + VersionRow.number
