"""Collections and versions as they are found: what is asked of the tables, and what a selector means now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_

from vitrina.store import projects
from vitrina.store.engine import Transaction
from vitrina.store.errors import NotFoundError
from vitrina.store.precedence import RELEASE_KEY
from vitrina.store.ranges import Place, Range, parse_range
from vitrina.store.records import Collection, Project, Version
from vitrina.store.refs import Noun
from vitrina.store.schema.people import UserRow
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.schema.registry import AliasRow, CollectionRow, VersionRow
from vitrina.store.statements import AnyRow, Statement
from vitrina.store.versions import Stage, Wanted, wanted


def collections() -> Statement:
    """Asks for all collections that are not deleted, with their project."""
    return (
        select(*_COLLECTION, *projects.COLUMNS)
        .join(ProjectRow, ProjectRow.id == CollectionRow.project_id)
        .join(OwnerRow, OwnerRow.id == ProjectRow.owner_id)
        .where(CollectionRow.deleted_at.is_(None))
    )


_COLLECTION = (
    CollectionRow.id.label("collection_id"),
    CollectionRow.kind.label("collection_kind"),
    CollectionRow.name.label("collection_name"),
    CollectionRow.title.label("collection_title"),
    CollectionRow.description.label("collection_description"),
    CollectionRow.created_at.label("collection_created_at"),
)

VERSION = (
    VersionRow.id.label("version_id"),
    VersionRow.number.label("version_number"),
    VersionRow.content,
    VersionRow.size.label("version_size"),
    VersionRow.run_id.label("version_run_id"),
    VersionRow.stage,
    VersionRow.flavour,
    VersionRow.signature,
    VersionRow.summary,
    VersionRow.notes,
    VersionRow.created_at.label("version_created_at"),
    UserRow.name.label("version_maker"),
    *_COLLECTION,
    *projects.COLUMNS,
)


def versions() -> Statement:
    """Asks for all versions that are not deleted, with collection, project and maker."""
    return (
        select(*VERSION)
        .join(CollectionRow, CollectionRow.id == VersionRow.collection_id)
        .join(ProjectRow, ProjectRow.id == CollectionRow.project_id)
        .join(OwnerRow, OwnerRow.id == ProjectRow.owner_id)
        .outerjoin(UserRow, UserRow.id == VersionRow.created_by)
        .where(VersionRow.deleted_at.is_(None), CollectionRow.deleted_at.is_(None))
    )


def find_collection(connection: Connection, project: Project, noun: Noun, name: str) -> Collection:
    statement = collections().where(
        CollectionRow.project_id == project.id, CollectionRow.kind == noun, CollectionRow.name == name.lower()
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise NotFoundError(
            f"{noun.singular} {name!r} in {project.ref}", hint=f"List them: vitrina {noun.singular} list {project.ref}"
        )
    return collection_of(row)


def by_content(connection: Connection, collection: Collection, content: str) -> Version | None:
    """The version that has this content; deleted ones do not count."""
    statement = versions().where(VersionRow.collection_id == collection.id, VersionRow.content == content)
    row = connection.execute(statement.order_by(VersionRow.id).limit(1)).one_or_none()
    return with_aliases(connection, [row])[0] if row is not None else None


def get_version(connection: Connection, version_id: int) -> Version:
    row = connection.execute(_BY_ID, {"id": version_id}).one_or_none()
    if row is None:
        raise NotFoundError(f"version number {version_id}", hint="It may have been deleted.")
    return with_aliases(connection, [row])[0]


_BY_ID = versions().where(VersionRow.id == bindparam("id"))
"""Made once, as others below: to make a statement takes longer than to run it."""


def resolve(connection: Connection, collection: Collection, selector: str | None) -> Version:
    kind = wanted(selector)
    if kind is Wanted.RANGE and selector is not None:
        best = _highest_in(connection, collection, parse_range(selector))
        if best is None:
            raise _nothing(connection, collection, selector)
        return get_version(connection, best)
    of_collection = versions().where(VersionRow.collection_id == collection.id)
    match kind:
        case Wanted.EXACT:
            statement = of_collection.where(VersionRow.number == selector)
        case Wanted.STAGE:
            statement = of_collection.where(VersionRow.stage == selector).order_by(*highest_first())
        case Wanted.ALIAS:
            named = select(AliasRow.version_id).where(
                AliasRow.collection_id == collection.id, AliasRow.name == selector
            )
            statement = of_collection.where(VersionRow.id.in_(named))
        case Wanted.LATEST:
            statement = of_collection.order_by(VersionRow.id.desc())
        case _:
            statement = of_collection.where(VersionRow.pre_key == RELEASE_KEY).order_by(*highest_first())
    row = connection.execute(statement.limit(1)).one_or_none()
    if row is None:
        raise _nothing(connection, collection, selector)
    return with_aliases(connection, [row])[0]


def _nothing(connection: Connection, collection: Collection, selector: str | None) -> NotFoundError:
    what = f"version {collection.ref}@{selector}" if selector is not None else f"release of {collection.ref}"
    return NotFoundError(what, hint=_what_there_is(connection, collection))


def _highest_in(connection: Connection, collection: Collection, wanted: Range) -> int | None:
    """The id of the highest version in a range.

    Its spans are asked from the highest down, each at one end of the index, until no other can beat what was found.
    """
    best: tuple[Place, int] | None = None
    for span in sorted(wanted.spans, key=lambda span: span.end, reverse=True):
        if best is not None and span.end <= best[0]:
            break
        asked = {
            "collection": collection.id,
            **dict(zip(_START, span.start, strict=True)),
            **dict(zip(_END, span.end, strict=True)),
        }
        row = connection.execute(_PRE_RELEASE if span.pre_releases else _RELEASE, asked).one_or_none()
        if row is not None:
            found = (row.major, row.minor, row.patch, row.pre_key)
            best = max(best or (found, row.id), (found, row.id))
    return best[1] if best is not None else None


PRECEDENCE = tuple_(VersionRow.major, VersionRow.minor, VersionRow.patch, VersionRow.pre_key)
"""Compared as a row, it is semver's order."""


def highest_first() -> tuple[Any, ...]:
    return (VersionRow.major.desc(), VersionRow.minor.desc(), VersionRow.patch.desc(), VersionRow.pre_key.desc())


_START = ("start_major", "start_minor", "start_patch", "start_key")
_END = ("end_major", "end_minor", "end_patch", "end_key")


def _place(names: Sequence[str]) -> Any:
    parts: list[Any] = [bindparam(name) for name in names]
    return tuple_(*parts)


def _in_span() -> Statement:
    """Asks for the highest version between two places of the order, which are given when it is asked."""
    return (
        select(VersionRow.id, VersionRow.major, VersionRow.minor, VersionRow.patch, VersionRow.pre_key)
        .where(
            VersionRow.collection_id == bindparam("collection"),
            _place(_START) <= PRECEDENCE,
            _place(_END) > PRECEDENCE,
            VersionRow.deleted_at.is_(None),
        )
        .order_by(*highest_first())
        .limit(1)
    )


_RELEASE = _in_span().where(VersionRow.pre_key == RELEASE_KEY)
_PRE_RELEASE = _in_span().where(VersionRow.pre_key != RELEASE_KEY)


def _what_there_is(connection: Connection, collection: Collection) -> str:
    statement = (
        select(VersionRow.number)
        .where(VersionRow.collection_id == collection.id, VersionRow.deleted_at.is_(None))
        .order_by(*highest_first())
        .limit(5)
    )
    numbers = connection.scalars(statement).all()
    return f"The highest there are: {', '.join(numbers)}." if numbers else "It has no version yet."


_ALIASES = (
    select(AliasRow.version_id, AliasRow.name)
    .where(AliasRow.version_id.in_(bindparam("ids", expanding=True)))
    .order_by(AliasRow.name)
)


def with_aliases(connection: Connection, rows: Sequence[AnyRow]) -> list[Version]:
    ids = [row.version_id for row in rows]
    names: dict[int, list[str]] = {}
    for version_id, name in connection.execute(_ALIASES, {"ids": ids}):
        names.setdefault(version_id, []).append(name)
    return [version_of(row, tuple(names.get(row.version_id, ()))) for row in rows]


def version_of(row: AnyRow, aliases: tuple[str, ...]) -> Version:
    return Version(
        id=row.version_id,
        collection=collection_of(row),
        number=row.version_number,
        content=row.content,
        size=row.version_size,
        run_id=row.version_run_id,
        stage=Stage(row.stage) if row.stage is not None else None,
        aliases=aliases,
        flavour=row.flavour,
        signature=row.signature,
        summary=row.summary,
        notes=row.notes,
        created_at=row.version_created_at,
        by=row.version_maker,
    )


def collection_of(row: AnyRow) -> Collection:
    return Collection(
        id=row.collection_id,
        project=projects.project_of(row),
        noun=Noun(row.collection_kind),
        name=row.collection_name,
        title=row.collection_title,
        description=row.collection_description,
        created_at=row.collection_created_at,
    )


def lock(transaction: Transaction, collection: Collection) -> None:
    """Lets one writer at a time change a collection (SQLite has one writer anyway)."""
    transaction.connection.execute(select(CollectionRow.id).where(CollectionRow.id == collection.id).with_for_update())
