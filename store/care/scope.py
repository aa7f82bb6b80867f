"""Which rows belong to a project, read from the tables themselves: a table that is added needs no line here.

A row belongs to a project when every key that it must have leads to something that does. Keys that it may have, and
that lead elsewhere, are left out; a lineage edge to another project is no edge of this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, Index, Select, Table, UniqueConstraint, case, null, or_, select

from vitrina.store.care.referring import (
    BLOBS,
    KindReference,
    Reference,
    is_referred_to,
    kind_references,
    references,
    table_of,
)
from vitrina.store.schema import Base
from vitrina.store.schema.apps import AppRow, InstanceMoveRow, InstanceRow, TicketRow
from vitrina.store.schema.changes import ChangeRow, SettingRow
from vitrina.store.schema.feedback import FeedbackTotalRow
from vitrina.store.schema.people import LoginLinkRow, SessionRow, UserRow
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.schema.registry import VersionFileRow, VersionRow
from vitrina.store.schema.use import AppUseRow, AppViewerRow
from vitrina.store.statements import Statement

PROJECTS = table_of(ProjectRow)
USERS = table_of(UserRow)

STAYS = {
    *(table_of(UserRow), table_of(OwnerRow), table_of(SessionRow), table_of(LoginLinkRow), table_of(SettingRow)),
    *(table_of(TicketRow), table_of(InstanceRow), table_of(InstanceMoveRow), table_of(AppUseRow)),
    *(table_of(AppViewerRow), table_of(FeedbackTotalRow), table_of(ChangeRow)),
}
"""What belongs to the store and not to a project: people and what lets them in, what runs and who looked, totals that
follow from entries, and the log of changes, whose numbers are its readers' bookmarks."""

_ONLY_OF_LIVING_VERSIONS = {table_of(VersionFileRow), table_of(AppRow)}


@dataclass(frozen=True, slots=True)
class Part:
    """A table that is exported. `required` keys lead to what it belongs to, `optional` ones may be missing."""

    table: Table
    required: tuple[Reference, ...]
    optional: tuple[Reference, ...]
    kinds: tuple[KindReference, ...]
    makers: tuple[str, ...]
    """Columns that say who: users, by name in the file."""

    identity: tuple[str, ...]
    """The columns by which a row is known again; empty: by all of them, and several may be alike."""

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def has_id(self) -> bool:
        return "id" in self.table.c

    @property
    def is_referred_to(self) -> bool:
        """Whether the keys of its rows stand in other rows."""
        return is_referred_to(self.table)

    @property
    def parent(self) -> Reference:
        """What rows that have no identity are counted in."""
        return next(one for one in self.required if one.target is not BLOBS)


@cache
def parts() -> tuple[Part, ...]:
    """Every table of a project, those that others refer to first."""
    found: dict[Table, Part] = {}
    for table in Base.metadata.sorted_tables:
        if table in STAYS:
            continue
        keys = [one for one in references() if one.table is table]
        inside = [one for one in keys if one.target in found or one.target is table]
        required = tuple(one for one in inside if not one.column.nullable)
        if required or table is PROJECTS:
            found[table] = Part(
                table=table,
                required=required,
                optional=tuple(one for one in inside if one.column.nullable),
                kinds=tuple(one for one in kind_references() if one.table is table),
                makers=tuple(one.column.name for one in keys if one.target is USERS),
                identity=_identity(table, {one.column.name for one in required}),
            )
    return tuple(_ordered(found))


def _ordered(found: dict[Table, Part]) -> list[Part]:
    """Those that others refer to first, also where that is no foreign key."""
    ordered, waiting = list[Part](), list(found.values())
    while waiting:
        done = {part.table for part in ordered}
        ready = next(part for part in waiting if _needs(part) & set(found) <= done)
        waiting.remove(ready)
        ordered.append(ready)
    return ordered


def _needs(part: Part) -> set[Table]:
    keys = {one.target for one in (*part.required, *part.optional)}
    return (keys | {target for one in part.kinds for target in one.targets.values()}) - {part.table}


def rows(part: Part, project_id: int) -> Statement:
    """Asks for the rows of a part in a project, in the order in which they were made.

    Those that have no identity come grouped by what they are counted in.
    """
    optional = {one.column: one for one in part.optional}
    columns = [
        case((column.in_(_ids(optional[column].target, project_id)), column), else_=null()).label(column.name)
        if column in optional
        else column
        for column in part.table.columns
    ]
    order = () if part.identity else (part.parent.column,)
    return select(*columns).where(*_belongs(part, project_id)).order_by(*order, *part.table.primary_key)


def _ids(table: Table, project_id: int) -> Select[int]:
    part = next(one for one in parts() if one.table is table)
    return select(table.c.id).where(*_belongs(part, project_id))


def _belongs(part: Part, project_id: int) -> list[ColumnElement[bool]]:
    table = part.table
    if table is PROJECTS:
        return [table.c.id == project_id]
    conditions: list[ColumnElement[bool]] = [
        one.column.in_(_ids(one.target, project_id)) if one.target is not BLOBS else one.column.is_not(None)
        for one in part.required
        if one.target is not table
    ]
    if "deleted_at" in table.c and table is not table_of(VersionRow):
        conditions.append(table.c.deleted_at.is_(None))
    if table in _ONLY_OF_LIVING_VERSIONS:
        conditions.append(table.c.version_id.in_(select(VersionRow.id).where(VersionRow.deleted_at.is_(None))))
    if table is BLOBS:
        conditions.append(or_(*(BLOBS.c.id.in_(needed) for needed in _blob_uses(project_id))))
    for one in part.kinds:
        ends = [(one.kind == kind) & one.column.in_(_ids(target, project_id)) for kind, target in one.targets.items()]
        conditions.append(or_(*ends))
    return conditions


def _blob_uses(project_id: int) -> list[Select[int]]:
    by_table = {part.table: part for part in parts()}
    return [
        select(one.column).where(*_belongs(by_table[one.table], project_id))
        for one in references(BLOBS)
        if one.table in by_table
    ]


def _identity(table: Table, required: set[str]) -> tuple[str, ...]:
    """The first unique key that holds what the row belongs to; else the first one; else its primary key, if that is
    no mere number."""
    keys = [tuple(column.name for column in one.columns) for one in _unique(table)]
    primary = tuple(column.name for column in table.primary_key)
    keys = sorted(keys) + ([primary] if primary != ("id",) else [])
    within = [key for key in keys if required & set(key)]
    return next(iter([*within, *keys]), ())


def _unique(table: Table) -> list[UniqueConstraint | Index]:
    constraints = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    return [*constraints, *(index for index in table.indexes if index.unique)]
