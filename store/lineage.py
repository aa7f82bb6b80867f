"""Lineage: what was made from what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, or_, select, tuple_

from vitrina.store.engine import Database, Transaction
from vitrina.store.projects import COLUMNS, project_of
from vitrina.store.records import Edge, MayRead, Node, NodeKind, NodeLabel, everything
from vitrina.store.refs import Noun
from vitrina.store.schema.apps import AppRow
from vitrina.store.schema.lineage import EdgeRow
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.schema.registry import CollectionRow, VersionRow
from vitrina.store.schema.reports import ReportRow
from vitrina.store.schema.runs import RunRow
from vitrina.store.statements import AnyRow, upsert


class Lineage:
    def __init__(self, database: Database, user_id: int | None) -> None:
        self._database = database
        self._user_id = user_id

    def add(self, project_id: int, source: Node, target: Node, *, relation: str) -> None:
        """An edge from what was there first to what came of it; the same edge twice is one."""
        with self._database.writing(self._user_id) as transaction:
            add(transaction, project_id, source, target, relation=relation)

    def around(self, nodes: Sequence[Node], *, may_read: MayRead = everything) -> list[Edge]:
        """The edges that begin or end at any of the nodes, in the order in which they were made.

        Lineage crosses projects: an edge that leads to where the reader may not read is not there for him.
        """
        if not nodes:
            return []
        keys = [(node.kind, node.id) for node in nodes]
        statement = (
            select(EdgeRow)
            .where(
                or_(
                    tuple_(EdgeRow.source_kind, EdgeRow.source_id).in_(keys),
                    tuple_(EdgeRow.target_kind, EdgeRow.target_id).in_(keys),
                )
            )
            .order_by(EdgeRow.id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
            ends = {Node(NodeKind(row.source_kind), row.source_id) for row in rows}
            ends |= {Node(NodeKind(row.target_kind), row.target_id) for row in rows}
            labels = _labels(connection, ends, may_read)
        joined: list[Edge] = []
        for row in rows:
            source = labels.get(Node(NodeKind(row.source_kind), row.source_id))
            target = labels.get(Node(NodeKind(row.target_kind), row.target_id))
            if source is not None and target is not None:
                joined.append(Edge(source, target, row.relation))
        return joined

    def trace(self, start: Node, *, up: bool = True, down: bool = True, depth: int = 8) -> list[Edge]:
        """The edges met by walking from a node, at most `depth` steps each way; safe in cycles."""
        found: dict[tuple[Node, Node, str], Edge] = {}
        for wanted, forwards in ((up, False), (down, True)):
            reached, seen = {start}, {start}
            for _ in range(depth if wanted else 0):
                step = [edge for edge in self.around(list(reached)) if _leaves(edge, reached, forwards=forwards)]
                found |= {(edge.source.node, edge.target.node, edge.relation): edge for edge in step}
                reached = {(edge.target if forwards else edge.source).node for edge in step} - seen
                seen |= reached
                if not reached:
                    break
        return list(found.values())


def add(transaction: Transaction, project_id: int, source: Node, target: Node, *, relation: str) -> None:
    """Inside a transaction."""
    insertion = upsert(transaction.connection, EdgeRow)
    row = insertion.values(
        project_id=project_id,
        source_kind=source.kind,
        source_id=source.id,
        target_kind=target.kind,
        target_id=target.id,
        relation=relation,
        created_at=transaction.now,
        created_by=transaction.user_id,
    )
    transaction.connection.execute(row.on_conflict_do_nothing())


def _leaves(edge: Edge, nodes: set[Node], *, forwards: bool) -> bool:
    return (edge.source if forwards else edge.target).node in nodes


def _labels(connection: Connection, nodes: Iterable[Node], may_read: MayRead) -> dict[Node, NodeLabel]:
    """What each node is called; one query a kind. Nodes that were deleted or are not for the reader are left out."""
    by_kind: dict[NodeKind, list[int]] = {}
    for node in nodes:
        by_kind.setdefault(node.kind, []).append(node.id)
    found: dict[Node, NodeLabel] = {}
    for kind, ids in by_kind.items():
        for row, rest, title, noun in _named(connection, kind, ids):
            node, project = Node(kind, row.id), project_of(row)
            if may_read(project):
                found[node] = NodeLabel(node, f"{project.ref}/{rest}", title, noun)
    return found


def _named(connection: Connection, kind: NodeKind, ids: Sequence[int]) -> Iterable[tuple[AnyRow, str, str, str]]:
    """(row with its id and project, reference after the project, title, noun)."""
    in_project = OwnerRow.id == ProjectRow.owner_id
    match kind:
        case NodeKind.RUN:
            runs = (
                select(RunRow.id, *COLUMNS, RunRow.uuid, RunRow.name)
                .join(ProjectRow, ProjectRow.id == RunRow.project_id)
                .join(OwnerRow, in_project)
                .where(RunRow.id.in_(ids), RunRow.deleted_at.is_(None))
            )
            for row in connection.execute(runs):
                yield row, f"runs/{row.uuid}", row.name, "run"
        case NodeKind.VERSION:
            versions = (
                select(VersionRow.id, *COLUMNS, CollectionRow.kind, CollectionRow.name, VersionRow.number)
                .join(CollectionRow, CollectionRow.id == VersionRow.collection_id)
                .join(ProjectRow, ProjectRow.id == CollectionRow.project_id)
                .join(OwnerRow, in_project)
                .where(VersionRow.id.in_(ids), VersionRow.deleted_at.is_(None))
            )
            for row in connection.execute(versions):
                yield row, f"{row.kind}/{row.name}@{row.number}", f"{row.name} {row.number}", Noun(row.kind).singular
        case NodeKind.APP:
            apps = (
                select(
                    AppRow.id,
                    *COLUMNS,
                    CollectionRow.kind,
                    CollectionRow.name,
                    VersionRow.number,
                    AppRow.name.label("app"),
                )
                .join(VersionRow, VersionRow.id == AppRow.version_id)
                .join(CollectionRow, CollectionRow.id == VersionRow.collection_id)
                .join(ProjectRow, ProjectRow.id == CollectionRow.project_id)
                .join(OwnerRow, in_project)
                .where(AppRow.id.in_(ids), AppRow.deleted_at.is_(None))
            )
            for row in connection.execute(apps):
                yield row, f"{row.kind}/{row.name}@{row.number}/apps/{row.app}", row.app, "app"
        case NodeKind.REPORT:
            reports = (
                select(ReportRow.id, *COLUMNS, ReportRow.name, ReportRow.title)
                .join(ProjectRow, ProjectRow.id == ReportRow.project_id)
                .join(OwnerRow, in_project)
                .where(ReportRow.id.in_(ids), ReportRow.deleted_at.is_(None))
            )
            for row in connection.execute(reports):
                yield row, f"reports/{row.name}" if row.name else "readme", row.title or row.name or "README", "report"
