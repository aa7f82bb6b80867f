"""Owners and projects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, literal, select, union_all, update

from vitrina.store.engine import Database, Transaction
from vitrina.store.errors import NotFoundError
from vitrina.store.names import name_of, owner_name
from vitrina.store.records import Project, Visibility
from vitrina.store.schema.apps import AppRow
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.schema.registry import CollectionRow, VersionRow
from vitrina.store.schema.reports import ReportRow
from vitrina.store.schema.runs import RunRow
from vitrina.store.statements import AnyRow, Statement, upsert

COLUMNS = (
    ProjectRow.id.label("project_id"),
    OwnerRow.name.label("owner"),
    ProjectRow.name.label("project"),
    ProjectRow.title.label("project_title"),
    ProjectRow.description.label("project_description"),
    ProjectRow.visibility,
    ProjectRow.created_at.label("project_created_at"),
    ProjectRow.updated_at.label("project_updated_at"),
)
"""What a statement selects, from projects joined with owners, to give rows that `project_of` reads."""


class Projects:
    def __init__(self, database: Database, user_id: int | None) -> None:
        self._database = database
        self._user_id = user_id

    def ensure(self, owner: str, name: str) -> Project:
        """The project, made (private, its owner too) when it is not there."""
        owner, name = owner_name(owner), name_of("a project", name)
        if found := self.find(owner, name):
            return found
        with self._database.writing(self._user_id) as transaction:
            return ensure(transaction, owner, name)

    def find(self, owner: str, name: str) -> Project | None:
        with self._database.reading() as connection:
            return find(connection, owner, name)

    def get(self, owner: str, name: str) -> Project:
        """Like `find`; raises NotFoundError."""
        if found := self.find(owner, name):
            return found
        raise NotFoundError(f"project {owner}/{name}", hint="List those there are: vitrina project list")

    def list(self, *, visible_to: Sequence[Visibility] = tuple(Visibility)) -> list[Project]:
        """Projects with one of these visibilities, the last changed first."""
        statement = projects().where(ProjectRow.visibility.in_(visible_to)).order_by(ProjectRow.updated_at.desc())
        with self._database.reading() as connection:
            return [project_of(row) for row in connection.execute(statement)]

    def counts(self, project_ids: Sequence[int]) -> dict[int, dict[str, int]]:
        """How many runs, models, datasets, artifacts, apps and reports each project has, in one query."""
        counted: dict[int, dict[str, int]] = {
            number: dict.fromkeys(("runs", "models", "datasets", "artifacts", "apps", "reports"), 0)
            for number in project_ids
        }
        with self._database.reading() as connection:
            for row in connection.execute(tally(project_ids)):
                counted[row.project_id][row.what] = row.how_many
        return counted

    def describe(
        self,
        project: Project,
        *,
        title: str | None = None,
        description: str | None = None,
        visibility: Visibility | None = None,
    ) -> Project:
        """Changes what is given; None leaves a value as it is."""
        given: dict[str, Any] = {
            key: value
            for key, value in {"title": title, "description": description, "visibility": visibility}.items()
            if value is not None
        }
        with self._database.writing(self._user_id) as transaction:
            statement = (
                update(ProjectRow).where(ProjectRow.id == project.id).values(**given, updated_at=transaction.now)
            )
            transaction.connection.execute(statement)
            transaction.change("changed", "project", project.id, ref=project.ref, project_id=project.id, data=given)
            found = find(transaction.connection, project.owner, project.name)
        assert found is not None
        return found


def projects() -> Statement:
    """Asks for all projects that are not deleted."""
    return select(*COLUMNS).join(OwnerRow, OwnerRow.id == ProjectRow.owner_id).where(ProjectRow.deleted_at.is_(None))


def tally(project_ids: Sequence[int]) -> Statement:
    """Asks how many things of each noun the projects have: rows (project, noun, count)."""
    runs = (
        select(RunRow.project_id, literal("runs").label("what"), func.count().label("how_many"))
        .where(RunRow.project_id.in_(project_ids), RunRow.deleted_at.is_(None))
        .group_by(RunRow.project_id)
    )
    collections = (
        select(CollectionRow.project_id, CollectionRow.kind, func.count())
        .where(CollectionRow.project_id.in_(project_ids), CollectionRow.deleted_at.is_(None))
        .group_by(CollectionRow.project_id, CollectionRow.kind)
    )
    apps = (
        select(CollectionRow.project_id, literal("apps"), func.count())
        .select_from(AppRow)
        .join(VersionRow, VersionRow.id == AppRow.version_id)
        .join(CollectionRow, CollectionRow.id == VersionRow.collection_id)
        .where(CollectionRow.project_id.in_(project_ids), AppRow.deleted_at.is_(None), VersionRow.deleted_at.is_(None))
        .group_by(CollectionRow.project_id)
    )
    reports = (
        select(ReportRow.project_id, literal("reports"), func.count())
        .where(ReportRow.project_id.in_(project_ids), ReportRow.name != "", ReportRow.deleted_at.is_(None))
        .group_by(ReportRow.project_id)
    )
    every = union_all(runs, collections, apps, reports).subquery()
    return select(every)


def find(connection: Connection, owner: str, name: str) -> Project | None:
    statement = projects().where(OwnerRow.name == owner.lower(), ProjectRow.name == name.lower())
    row = connection.execute(statement).one_or_none()
    return project_of(row) if row is not None else None


def ensure(transaction: Transaction, owner: str, name: str) -> Project:
    """Inside a transaction; both names are already checked."""
    connection, now = transaction.connection, transaction.now
    row = upsert(connection, OwnerRow).values(
        name=owner, kind="organization", title="", created_at=now, created_by=transaction.user_id
    )
    made = connection.scalar(row.on_conflict_do_nothing().returning(OwnerRow.id))
    if made is not None:
        transaction.change("made", "owner", made, ref=owner, project_id=None)
    row = upsert(connection, ProjectRow).values(
        owner_id=select(OwnerRow.id).where(OwnerRow.name == owner).scalar_subquery(),
        name=name,
        title="",
        description="",
        visibility=Visibility.PRIVATE,
        created_at=now,
        created_by=transaction.user_id,
        updated_at=now,
    )
    made = connection.scalar(row.on_conflict_do_nothing().returning(ProjectRow.id))
    if made is not None:
        transaction.change("made", "project", made, ref=f"{owner}/{name}", project_id=made)
    found = find(connection, owner, name)
    assert found is not None
    return found


def touch(transaction: Transaction, project_id: int) -> None:
    """Says that something in the project changed."""
    transaction.connection.execute(
        update(ProjectRow).where(ProjectRow.id == project_id).values(updated_at=transaction.now)
    )


def project_of(row: AnyRow) -> Project:
    return Project(
        id=row.project_id,
        owner=row.owner,
        name=row.project,
        title=row.project_title,
        description=row.project_description,
        visibility=Visibility(row.visibility),
        created_at=row.project_created_at,
        updated_at=row.project_updated_at,
    )
