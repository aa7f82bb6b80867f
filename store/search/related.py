"""Conditions on lineage: what a reference in a query names, and all that it can be reached from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import CTE, Connection, String, and_, cast, func, literal, select
from sqlalchemy.orm import aliased

from vitrina.store.errors import VitrinaError
from vitrina.store.ranges import parse_range
from vitrina.store.records import NodeKind
from vitrina.store.refs import COLLECTIONS, Noun, Ref, parse_ref
from vitrina.store.schema.lineage import EdgeRow
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.schema.registry import AliasRow, CollectionRow, VersionRow
from vitrina.store.schema.reports import ReportRow
from vitrina.store.schema.runs import RunRow
from vitrina.store.search.errors import QueryError
from vitrina.store.search.scope import Scope
from vitrina.store.search.tree import Direction, Related
from vitrina.store.versions import Wanted, place_of, wanted

_ANYWHERE = "any/any/"
"""Put before a reference without owner and project, so that the grammar of references reads it."""


@dataclass(frozen=True, slots=True)
class Starts:
    """The places in lineage that a reference names."""

    kind: NodeKind
    ids: tuple[int, ...]


def starts(connection: Connection, related: Related, scope: Scope) -> Starts:
    """Where a walk begins.

    Without owner and project a reference is looked for in all projects that are searched. Without a selector, or with
    a range, it names every version that fits. Raises QueryError for what is no reference; what is not there, or may
    not be seen, names nothing.
    """
    ref, is_anywhere = _read(related)
    projects = scope.projects()
    if not is_anywhere:
        named = select(ProjectRow.id).join(OwnerRow, OwnerRow.id == ProjectRow.owner_id)
        projects = scope.readable().where(
            ProjectRow.id.in_(named.where(OwnerRow.name == ref.owner, ProjectRow.name == ref.project))
        )
    if ref.noun is Noun.RUN:
        runs = select(RunRow.id).where(RunRow.project_id.in_(projects), RunRow.deleted_at.is_(None))
        by_id = connection.scalars(runs.where(RunRow.uuid == ref.name.lower())).all()
        return Starts(NodeKind.RUN, tuple(by_id or connection.scalars(runs.where(RunRow.name == ref.name))))
    if ref.noun is Noun.REPORT:
        reports = select(ReportRow.id).where(
            ReportRow.project_id.in_(projects), ReportRow.name == ref.name, ReportRow.deleted_at.is_(None)
        )
        return Starts(NodeKind.REPORT, tuple(connection.scalars(reports)))
    if ref.noun not in COLLECTIONS:
        raise QueryError(related.column, f"{related.ref} has no lineage; name a run, a version or a report.")
    collections = select(CollectionRow.id).where(
        CollectionRow.project_id.in_(projects),
        CollectionRow.kind == ref.noun,
        CollectionRow.name == ref.name.lower(),
        CollectionRow.deleted_at.is_(None),
    )
    return Starts(NodeKind.VERSION, _versions(connection, connection.scalars(collections).all(), ref.selector))


def reached(start: Starts, direction: Direction, scope: Scope) -> CTE:
    """All that a walk along the edges comes to, as rows (kind, id); what it begins with only where a circle leads back.

    Edges of projects that the reader may not read are not there.
    """
    near, far = ("source", "target") if direction is Direction.FROM else ("target", "source")
    first, further = aliased(EdgeRow), aliased(EdgeRow)
    kind, number = f"{near}_kind", f"{near}_id"
    begun = (
        select(
            cast(getattr(first, f"{far}_kind"), String).label("kind"),
            getattr(first, f"{far}_id").label("id"),
        )
        .where(
            getattr(first, kind) == literal(start.kind.value),
            getattr(first, number).in_(start.ids),
            first.project_id.in_(scope.readable()),
        )
        .cte(recursive=True)
    )
    step = (
        select(cast(getattr(further, f"{far}_kind"), String), getattr(further, f"{far}_id"))
        .join(begun, and_(getattr(further, kind) == begun.c.kind, getattr(further, number) == begun.c.id))
        .where(further.project_id.in_(scope.readable()))
    )
    return begun.union(step)


def _read(related: Related) -> tuple[Ref, bool]:
    text = related.ref
    is_anywhere = text.split("/")[0] in set(Noun)
    try:
        ref = parse_ref(_ANYWHERE + text if is_anywhere else text)
        if ref.noun in COLLECTIONS:
            wanted(ref.selector)
    except VitrinaError as error:
        raise QueryError(related.column, error.message[:1].lower() + error.message[1:]) from None
    return ref, is_anywhere


def _versions(connection: Connection, collections: Sequence[int], selector: str | None) -> tuple[int, ...]:
    rows = select(VersionRow.id, VersionRow.number).where(
        VersionRow.collection_id.in_(collections), VersionRow.deleted_at.is_(None)
    )
    if selector is None:
        return tuple(connection.scalars(rows))
    match wanted(selector):
        case Wanted.EXACT:
            return tuple(connection.scalars(rows.where(VersionRow.number == selector)))
        case Wanted.STAGE:
            return tuple(connection.scalars(rows.where(VersionRow.stage == selector)))
        case Wanted.ALIAS:
            named = select(AliasRow.version_id).where(AliasRow.name == selector)
            return tuple(connection.scalars(rows.where(VersionRow.id.in_(named))))
        case Wanted.LATEST:
            last = select(func.max(VersionRow.id)).where(VersionRow.deleted_at.is_(None))
            newest = last.where(VersionRow.collection_id.in_(collections)).group_by(VersionRow.collection_id)
            return tuple(connection.scalars(newest))
        case _:
            fitting = parse_range(selector)
            return tuple(row.id for row in connection.execute(rows) if place_of(row.number) in fitting)
