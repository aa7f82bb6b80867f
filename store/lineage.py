"""Lineage: what was made from what.

An edge leads from what was there first to what came of it: a dataset to the run that `used` it, a commit to the run
that `ran` it, a run to the version it `made`. What is asked of the edges is one statement each time, however long the
way: the walk is a recursive query, and its nodes bring their names along.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import CTE, Connection, cast, func, literal, or_, select, union_all

from vitrina.store.engine import Database, Transaction
from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.nodes import named
from vitrina.store.projects import COLUMNS, project_of
from vitrina.store.records import Edge, MayRead, Node, NodeKind, NodeLabel, Project, Run, everything
from vitrina.store.remotes import without_secrets
from vitrina.store.schema.lineage import CommitRow, EdgeRow
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.statements import AnyRow, Statement, upsert

DEEPEST = 64
"""Steps of a walk. A cycle is walked until this is reached, so there is an end to it."""

MOST_EDGES = 10_000
"""Of one answer; of a walk the nearest are kept."""

SHA = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Walk:
    """What was met on the way."""

    edges: Sequence[Edge]
    """Each once, in the order in which they were made."""

    is_whole: bool
    """False: there are more within that depth than were asked for; those farthest away are missing."""


class Lineage:
    def __init__(self, database: Database, user_id: int | None) -> None:
        self._database = database
        self._user_id = user_id

    def add(self, project_id: int, source: Node, target: Node, *, relation: str) -> None:
        """An edge from what was there first to what came of it; the same edge twice is one."""
        with self._database.writing(self._user_id) as transaction:
            add(transaction, project_id, source, target, relation=relation)

    def add_all(self, project_id: int, sources: Iterable[Node], target: Node, *, relation: str) -> None:
        """An edge from each of the sources."""
        with self._database.writing(self._user_id) as transaction:
            for source in sources:
                add(transaction, project_id, source, target, relation=relation)

    def ran(self, run: Run, sha: str, *, remote: str = "") -> None:
        """Says which commit a run ran. `remote` is where its repository can be cloned from, empty if not known; a
        password in it is not kept. A text that cannot be a commit's name makes no node."""
        sha = sha.lower()
        if not SHA.fullmatch(sha):
            return
        with self._database.writing(self._user_id) as transaction:
            commit = Node(NodeKind.CODE, _ensure_commit(transaction, run.project, sha, remote=without_secrets(remote)))
            add(transaction, run.project.id, commit, Node(NodeKind.RUN, run.id), relation="ran")

    def commit(self, project: Project, sha: str) -> Node:
        """The node of a commit that runs of a project ran, by its name or the beginning of it. Raises NotFoundError."""
        statement = select(CommitRow.id).where(
            CommitRow.project_id == project.id, CommitRow.sha.startswith(sha.lower(), autoescape=True)
        )
        with self._database.reading() as connection:
            found = connection.scalars(statement.limit(2)).all()
        if len(found) != 1:
            hint = "More than one begins so: give more of it." if found else "No run of this project said so."
            raise NotFoundError(f"commit {sha!r} in {project.ref}", hint=hint)
        return Node(NodeKind.CODE, found[0])

    def around(self, nodes: Sequence[Node], *, may_read: MayRead = everything) -> list[Edge]:
        """The edges that begin or end at any of the nodes, in the order in which they were made, the first MOST_EDGES.

        Lineage crosses projects: an edge that leads to where the reader may not read is not there for him.
        """
        if not nodes:
            return []
        by_kind: dict[NodeKind, list[int]] = {}
        for node in nodes:
            by_kind.setdefault(node.kind, []).append(node.id)
        # A term for each kind and end: SQLite searches each by its index, and scans all edges for pairs in a list.
        touching = or_(
            *(
                (end_kind == kind) & end_id.in_(ids)
                for kind, ids in by_kind.items()
                for end_kind, end_id in (_ends(forwards=True)[0], _ends(forwards=False)[0])
            )
        )
        met = select(EdgeRow).where(touching).order_by(EdgeRow.id).limit(MOST_EDGES).cte("met")
        with self._database.reading() as connection:
            return _edges(connection, met, may_read)

    def trace(
        self,
        start: Node,
        *,
        up: bool = True,
        down: bool = True,
        depth: int = 8,
        limit: int = MOST_EDGES,
        may_read: MayRead = everything,
    ) -> Walk:
        """What something came of (`up`), and what came of it (`down`), at most `depth` steps each way: one query.

        A way that leads through what the reader may not read ends there. Safe in cycles. Raises InvalidError for a
        depth that is not 1 to DEEPEST.
        """
        if not 1 <= depth <= DEEPEST:
            raise InvalidError(f"A depth of {depth} cannot be walked.", hint=f"Give 1 to {DEEPEST}.")
        ways = [forwards for wanted, forwards in ((up, False), (down, True)) if wanted]
        if not ways:
            return Walk((), is_whole=True)
        met = _met(start, ways, depth=depth, limit=limit + 1)
        with self._database.reading() as connection:
            count, edges = _counted(connection, met, may_read)
        kept: dict[tuple[Node, Node, str], Edge] = {}
        for forwards in ways:
            kept |= {_key(edge): edge for edge in _walked(edges, start, depth=depth, forwards=forwards)}
        return Walk([edge for edge in edges if _key(edge) in kept][:limit], is_whole=count <= limit)


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


def reached(start: Statement, *, forwards: bool, depth: int) -> CTE:
    """The nodes that are reached from those of `start` (columns kind and id) in at most `depth` steps, as kind, id and
    step; the start is step 0. A node that several ways lead to is there once a step."""
    walk = start.add_columns(literal(0).label("step")).cte("down" if forwards else "up", recursive=True)
    here, there = _ends(forwards=forwards)
    next_step = (
        select(*there, walk.c.step + 1)
        .join_from(walk, EdgeRow, (here[0] == walk.c.kind) & (here[1] == walk.c.id))
        .where(walk.c.step < depth)
    )
    return walk.union(next_step)


def _ensure_commit(transaction: Transaction, project: Project, sha: str, *, remote: str) -> int:
    insertion = upsert(transaction.connection, CommitRow)
    row = insertion.values(project_id=project.id, sha=sha, remote=remote, created_at=transaction.now)
    known = {"remote": func.coalesce(func.nullif(insertion.excluded.remote, ""), CommitRow.remote)}
    kept = row.on_conflict_do_update(index_elements=["project_id", "sha"], set_=known)
    return transaction.connection.execute(kept.returning(CommitRow.id)).scalar_one()


def _met(start: Node, ways: Sequence[bool], *, depth: int, limit: int) -> CTE:
    """The edges on the ways from a node, the nearest first."""
    kind = cast(literal(start.kind.value), EdgeRow.source_kind.type).label("kind")
    begin = select(kind, cast(literal(start.id), EdgeRow.source_id.type).label("id"))
    left: list[Statement] = []
    for forwards in ways:
        walk = reached(begin, forwards=forwards, depth=depth - 1)
        here, _ = _ends(forwards=forwards)
        # Not grouped here: to group by edge, SQLite would rather read all edges in their order than search for these.
        left.append(
            select(EdgeRow.id, walk.c.step).join_from(walk, EdgeRow, (here[0] == walk.c.kind) & (here[1] == walk.c.id))
        )
    every = union_all(*left).subquery("every_edge")
    nearest = select(every.c.id, func.min(every.c.step).label("step")).group_by(every.c.id).subquery("nearest")
    return (
        select(EdgeRow).join(nearest, nearest.c.id == EdgeRow.id).order_by(nearest.c.step, EdgeRow.id).limit(limit)
    ).cte("met")


def _ends(*, forwards: bool) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """(where a step begins, where it ends), each as columns of kind and id."""
    source, target = (EdgeRow.source_kind, EdgeRow.source_id), (EdgeRow.target_kind, EdgeRow.target_id)
    return (source, target) if forwards else (target, source)


def _edges(connection: Connection, met: CTE, may_read: MayRead) -> list[Edge]:
    return _counted(connection, met, may_read)[1]


def _counted(connection: Connection, met: CTE, may_read: MayRead) -> tuple[int, list[Edge]]:
    """How many edges were met, and those of which the reader may see both ends, with their names."""
    rows = connection.execute(_with_names(met)).all()
    edges: list[Edge] = []
    count = 0
    readable: dict[int, bool] = {}
    for row in rows:
        if row.path and row.project_id not in readable:
            readable[row.project_id] = may_read(project_of(row))
    for _, grouped in groupby(rows, key=lambda row: row.edge_id):
        count += 1
        ends = list(grouped)
        seen = {bool(end.is_target): _label_of(end) for end in ends if end.path and readable[end.project_id]}
        if len(seen) == len(ends):
            edges.append(Edge(seen[False], seen[True], ends[0].relation))
    return count, edges


def _with_names(met: CTE) -> Statement:
    """Two rows an edge, one an end."""
    sides = ((False, met.c.source_kind, met.c.source_id), (True, met.c.target_kind, met.c.target_id))
    ends = union_all(
        *(
            select(
                met.c.id.label("edge_id"),
                met.c.relation,
                literal(is_target).label("is_target"),
                kind.label("kind"),
                number.label("id"),
            )
            for is_target, kind, number in sides
        )
    ).cte("ends")
    nodes = select(ends.c.kind, ends.c.id).distinct().cte("nodes")
    names = named(nodes).cte("names")
    return (
        select(ends, names.c.path, names.c.title, names.c.noun, names.c.remote, *COLUMNS)
        .outerjoin(names, (names.c.kind == ends.c.kind) & (names.c.id == ends.c.id))
        .outerjoin(ProjectRow, ProjectRow.id == names.c.project_id)
        .outerjoin(OwnerRow, OwnerRow.id == ProjectRow.owner_id)
        .order_by(ends.c.edge_id)
    )


def _label_of(row: AnyRow) -> NodeLabel:
    node = Node(NodeKind(row.kind), row.id)
    return NodeLabel(node, f"{row.owner}/{row.project}/{row.path}", row.title, row.noun, remote=row.remote)


def _walked(edges: Sequence[Edge], start: Node, *, depth: int, forwards: bool) -> list[Edge]:
    """Of the edges those that can be come to over others of them. The query walks over everything that there is; what
    is behind something that the reader may not read is left out here."""
    leaving: dict[Node, list[Edge]] = {}
    for edge in edges:
        leaving.setdefault((edge.source if forwards else edge.target).node, []).append(edge)
    steps, queue, found = {start: 0}, deque([start]), list[Edge]()
    while queue:
        node = queue.popleft()
        if steps[node] == depth:
            continue
        for edge in leaving.get(node, ()):
            found.append(edge)
            there = (edge.target if forwards else edge.source).node
            if there not in steps:
                steps[there] = steps[node] + 1
                queue.append(there)
    return found


def _key(edge: Edge) -> tuple[Node, Node, str]:
    return edge.source.node, edge.target.node, edge.relation
