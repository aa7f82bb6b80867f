"""From the tree of a query to a condition in SQL over the rows of a kind.

Every condition is true or false, never null: so `not` means what it says, and both databases agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, and_, exists, not_, or_, select, tuple_
from sqlalchemy.orm import aliased

from vitrina.store.precedence import columns
from vitrina.store.records import NodeKind
from vitrina.store.schema.registry import AliasRow, CollectionRow, VersionRow
from vitrina.store.schema.reports import ReportRow
from vitrina.store.schema.runs import RunRow
from vitrina.store.search import leaves
from vitrina.store.search.columns import Expression, attribute
from vitrina.store.search.comparing import HOLDS, Comparing
from vitrina.store.search.leaves import Leaf, RunsThat
from vitrina.store.search.related import Starts, reached
from vitrina.store.search.scope import Scope
from vitrina.store.search.tree import (
    All,
    Any,
    Between,
    Compare,
    Kind,
    Like,
    Missing,
    Node,
    Not,
    Operator,
    Related,
    Section,
    Text,
    Type,
    Value,
    Within,
    Without,
)
from vitrina.store.versions import parse_version


@dataclass(frozen=True, slots=True)
class Ground:
    """What a query stands on."""

    kind: Kind
    comparing: Comparing
    scope: Scope
    starts: Mapping[Related, Starts]
    """What the references in the query name."""

    @property
    def is_postgres(self) -> bool:
        return self.comparing.is_postgres


def condition(node: Node, ground: Ground) -> Expression:
    """Whether a row of the kind meets the query."""
    match node:
        case All(parts):
            return and_(*(condition(part, ground) for part in parts))
        case Any(parts):
            return or_(*(condition(part, ground) for part in parts))
        case Not(part):
            return not_(condition(part, ground))
        case Related():
            return _related(node, ground)
        case _ if node.field.section is Section.ATTRIBUTE:
            return _attribute(node, ground)
        case Missing(field):
            return not_(_of_runs(leaves.has_field(field).of, ground.kind))
        case _:
            return _of_runs(leaves.meets(node, ground.comparing).of, ground.kind)


def runs_that(node: Node, ground: Ground) -> RunsThat | None:
    """The runs that meet a single condition, for a search of runs; None where it lies in the runs' own table."""
    match node:
        case Related():
            there = reached(ground.starts[node], node.direction, ground.scope)
            ids = select(there.c.id).where(there.c.kind == NodeKind.RUN)
            return RunsThat(ids, there.c.id, is_indexed=True)
        case Compare(field, Operator.EQ, Text(value)) if field.section is Section.ATTRIBUTE and field.name == "parent":
            run, parent = aliased(RunRow), aliased(RunRow)
            of_parent = select(parent.id).where(parent.uuid == value)
            return RunsThat(select(run.id).where(run.parent_id.in_(of_parent)), run.id, is_indexed=True)
        case Compare() | Within() | Between() | Like() | Without() if node.field.section is not Section.ATTRIBUTE:
            return leaves.meets(node, ground.comparing)
        case _:
            return None


def _of_runs(of: Callable[[Expression], Expression], kind: Kind) -> Expression:
    """What is said of runs, said of a kind: of the run that made a version, of any version of a collection."""
    match kind:
        case Kind.RUNS:
            return of(RunRow.id)
        case Kind.VERSIONS:
            return of(VersionRow.run_id)
        case _:
            version = aliased(VersionRow)
            return exists(
                select(version.id).where(
                    version.collection_id == CollectionRow.id, version.deleted_at.is_(None), of(version.run_id)
                )
            )


def _related(node: Related, ground: Ground) -> Expression:
    there = reached(ground.starts[node], node.direction, ground.scope)
    versions = select(there.c.id).where(there.c.kind == NodeKind.VERSION)
    match ground.kind:
        case Kind.RUNS:
            return RunRow.id.in_(select(there.c.id).where(there.c.kind == NodeKind.RUN))
        case Kind.VERSIONS:
            return VersionRow.id.in_(versions)
        case Kind.REPORTS:
            return ReportRow.id.in_(select(there.c.id).where(there.c.kind == NodeKind.REPORT))
        case _:
            version = aliased(VersionRow)
            of_them = select(version.collection_id).where(version.id.in_(versions), version.deleted_at.is_(None))
            return CollectionRow.id.in_(of_them)


def _attribute(leaf: Leaf, ground: Ground) -> Expression:
    field, kind = leaf.field, ground.kind
    if field.type is Type.VERSION:
        return _version(leaf)
    if field.name == "alias":
        return _alias(leaf, ground)
    if field.name == "stage" and kind.is_collections:
        version = aliased(VersionRow)
        of_collection = (version.collection_id == CollectionRow.id, version.deleted_at.is_(None))
        return _some(leaf, version.stage, select(version.id).where(*of_collection), ground)
    return leaves.held_by(leaf, attribute(kind, field.name, is_postgres=ground.is_postgres), ground.comparing)


def _alias(leaf: Leaf, ground: Ground) -> Expression:
    alias, version = aliased(AliasRow), aliased(VersionRow)
    of_row = select(alias.name).join(version, version.id == alias.version_id).where(version.deleted_at.is_(None))
    if ground.kind is Kind.VERSIONS:
        of_row = of_row.where(alias.version_id == VersionRow.id)
    else:
        of_row = of_row.where(alias.collection_id == CollectionRow.id)
    return _some(leaf, alias.name, of_row, ground)


def _some(leaf: Leaf, column: Expression, of_row: Select[str] | Select[int], ground: Ground) -> Expression:
    """Of an attribute that a row may have several of: whether one of them fits."""
    if isinstance(leaf, Missing):
        return not_(of_row.where(column.is_not(None)).exists())
    return of_row.where(leaves.held_by(leaf, column, ground.comparing)).exists()


def _version(leaf: Leaf) -> Expression:
    match leaf:
        case Compare(_, operator, value):
            return _precedes(operator, value)
        case Within(_, values):
            return or_(*(_precedes(Operator.EQ, value) for value in values))
        case Without(_, values):
            return and_(*(_precedes(Operator.NE, value) for value in values))
        case Between(_, low, high):
            return and_(_precedes(Operator.GE, low), _precedes(Operator.LE, high))
        case _:
            return VersionRow.number.is_(None)


def _precedes(operator: Operator, value: Value) -> Expression:
    """By semver's precedence, which build metadata is no part of."""
    assert isinstance(value, Text)
    parts = columns(parse_version(value.value))
    own = tuple_(VersionRow.major, VersionRow.minor, VersionRow.patch, VersionRow.pre_key)
    other = tuple_(parts.major, parts.minor, parts.patch, parts.pre_key)
    return HOLDS[operator](own, other)
