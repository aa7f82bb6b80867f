"""Collections and versions as they are found: what is asked of the tables, and what a selector means now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from vitrina.store import projects
from vitrina.store.engine import Transaction
from vitrina.store.errors import NotFoundError
from vitrina.store.records import Collection, Project, Version
from vitrina.store.refs import Noun
from vitrina.store.schema.people import UserRow
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.schema.registry import AliasRow, CollectionRow, VersionRow
from vitrina.store.statements import AnyRow, Statement
from vitrina.store.versions import RELEASE_KEY, Stage, Wanted, wanted
from vitrina.store.versions import select as in_range


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


def get_version(connection: Connection, version_id: int) -> Version:
    row = connection.execute(versions().where(VersionRow.id == version_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"version number {version_id}", hint="It may have been deleted.")
    return with_aliases(connection, [row])[0]


def resolve(connection: Connection, collection: Collection, selector: str | None) -> Version:
    of_collection = versions().where(VersionRow.collection_id == collection.id)
    match wanted(selector):
        case Wanted.EXACT:
            statement = of_collection.where(VersionRow.number == selector)
        case Wanted.STAGE:
            statement = of_collection.where(VersionRow.stage == selector).order_by(*_highest_first())
        case Wanted.ALIAS:
            named = select(AliasRow.version_id).where(
                AliasRow.collection_id == collection.id, AliasRow.name == selector
            )
            statement = of_collection.where(VersionRow.id.in_(named))
        case Wanted.LATEST:
            statement = of_collection.order_by(VersionRow.id.desc())
        case Wanted.NEWEST:
            statement = of_collection.where(VersionRow.pre_key == RELEASE_KEY).order_by(*_highest_first())
        case Wanted.RANGE:
            assert selector is not None
            numbers = select(VersionRow.number).where(
                VersionRow.collection_id == collection.id, VersionRow.deleted_at.is_(None)
            )
            best = in_range(selector, connection.scalars(numbers))
            statement = of_collection.where(VersionRow.number == best)
    row = connection.execute(statement.limit(1)).one_or_none()
    if row is None:
        what = f"version {collection.ref}@{selector}" if selector is not None else f"release of {collection.ref}"
        raise NotFoundError(what, hint=_what_there_is(connection, collection))
    return with_aliases(connection, [row])[0]


def _what_there_is(connection: Connection, collection: Collection) -> str:
    statement = (
        select(VersionRow.number)
        .where(VersionRow.collection_id == collection.id, VersionRow.deleted_at.is_(None))
        .order_by(*_highest_first())
        .limit(5)
    )
    numbers = connection.scalars(statement).all()
    return f"The highest there are: {', '.join(numbers)}." if numbers else "It has no version yet."


def _highest_first() -> tuple[Any, ...]:
    return (VersionRow.major.desc(), VersionRow.minor.desc(), VersionRow.patch.desc(), VersionRow.pre_key.desc())


def with_aliases(connection: Connection, rows: Sequence[AnyRow]) -> list[Version]:
    ids = [row.version_id for row in rows]
    statement = select(AliasRow.version_id, AliasRow.name).where(AliasRow.version_id.in_(ids)).order_by(AliasRow.name)
    names: dict[int, list[str]] = {}
    for version_id, name in connection.execute(statement):
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
