"""Apps logged with versions, and their numbered revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.orm import aliased

from vitrina.store import catalogue, lineage, project_blobs, projects
from vitrina.store.blobs import BlobBackend
from vitrina.store.engine import Database, Transaction
from vitrina.store.errors import NotFoundError
from vitrina.store.labels import origin_label
from vitrina.store.names import name_of
from vitrina.store.records import App, Node, NodeKind, Page, Project, Version
from vitrina.store.schema.apps import AppRevisionRow, AppRow
from vitrina.store.schema.objects import BlobRow
from vitrina.store.schema.people import UserRow
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.schema.registry import CollectionRow, VersionRow
from vitrina.store.serving import Network, Serving
from vitrina.store.statements import AnyRow, Statement, upsert

AppMakerRow = aliased(UserRow)
_NewestRow = aliased(AppRevisionRow)


@dataclass(frozen=True, slots=True)
class AppDraft:
    """What is to become a revision of an app."""

    archive: Path | bytes
    """The bundle as one file, or its bytes."""

    bundle: str
    """SHA-256 of what it holds."""

    framework: str
    entry: str
    cwd: str
    requirements: str = ""
    title: str = ""
    description: str = ""
    network: Network | None = None
    """None: as it is decided for the app; for a new one, none."""


class Apps:
    def __init__(self, database: Database, backend: BlobBackend, user_id: int | None) -> None:
        self._database = database
        self._backend = backend
        self._user_id = user_id

    def log(self, version: Version, name: str, draft: AppDraft) -> App:
        """A new revision of the app of that name (made at its first); one that equals the newest is not made again."""
        name = name_of("an app", name)
        stored = self._backend.put(draft.archive)
        with self._database.writing(self._user_id) as transaction:
            connection = transaction.connection
            app_id = _ensure(transaction, version, name, draft)
            newest = _newest(connection, app_id)
            if newest is not None and _same(newest, draft):
                return newest
            blob = project_blobs.keep(transaction, version.collection.project.id, stored)
            number = newest.revision + 1 if newest is not None else 1
            row = insert(AppRevisionRow).values(
                app_id=app_id,
                number=number,
                label=origin_label(name, version.number, ref=f"{version.ref}/apps/{name}", revision=number),
                framework=draft.framework,
                entry=draft.entry,
                cwd=draft.cwd,
                bundle=draft.bundle,
                blob_id=blob.id,
                requirements=draft.requirements,
                created_at=transaction.now,
                created_by=transaction.user_id,
            )
            connection.execute(row)
            ref = f"{version.ref}/apps/{name}"
            project_id = version.collection.project.id
            transaction.change("logged", "app", app_id, ref=ref, project_id=project_id, data={"revision": number})
            projects.touch(transaction, project_id)
            made = _newest(connection, app_id)
        assert made is not None
        return made

    def serve(self, app: App, serving: Serving) -> App:
        """Decides how an app is to be served, at all its revisions; what equals what is decided changes nothing."""
        if serving == app.serving:
            return app
        with self._database.writing(self._user_id) as transaction:
            decided = asdict(serving) | {"network": serving.network.value}
            transaction.connection.execute(update(AppRow).where(AppRow.id == app.id).values(**decided))
            project_id = app.version.collection.project.id
            transaction.change("served otherwise", "app", app.id, ref=app.ref, project_id=project_id, data=decided)
        return replace(app, serving=serving)

    def kept(self) -> list[App]:
        """The apps that are to run also when nobody comes, at their newest revision."""
        with self._database.reading() as connection:
            rows = connection.execute(apps().where(AppRow.min_instances > 0, *_is_newest())).all()
            return _apps_of(connection, rows)

    def newest(self, *, limit: int) -> list[App]:
        """The apps whose newest revisions were logged last, of all projects."""
        statement = apps().where(*_is_newest()).order_by(AppRevisionRow.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return _apps_of(connection, connection.execute(statement).all())

    def of_versions(self, version_ids: Sequence[int]) -> dict[int, list[App]]:
        """The apps of versions at their newest revision, by version; one query and one for aliases."""
        found: dict[int, list[App]] = {number: [] for number in version_ids}
        with self._database.reading() as connection:
            statement = apps().where(AppRow.version_id.in_(version_ids), *_is_newest()).order_by(AppRow.name)
            for app in _apps_of(connection, connection.execute(statement).all()):
                found[app.version.id].append(app)
        return found

    def list(self, project: Project, *, after: int | None = None, limit: int = 50) -> Page[App]:
        """The apps of a project at their newest revision, those made last first."""
        statement = apps().where(CollectionRow.project_id == project.id, *_is_newest()).order_by(AppRow.id.desc())
        if after is not None:
            statement = statement.where(AppRow.id < after)
        with self._database.reading() as connection:
            found = _apps_of(connection, connection.execute(statement.limit(limit + 1)).all())
        return Page(found[:limit], after=found[limit - 1].id if len(found) > limit else None)

    def get(self, version: Version, name: str, *, revision: int | None = None) -> App:
        """An app of a version; `revision` None: the newest."""
        with self._database.reading() as connection:
            return find(connection, version, name, revision=revision)

    def revisions(self, app: App) -> list[App]:
        """All revisions of an app, the newest first."""
        statement = apps().where(AppRow.id == app.id).order_by(AppRevisionRow.number.desc())
        with self._database.reading() as connection:
            return _apps_of(connection, connection.execute(statement).all())

    def by_label(self, label: str) -> App | None:
        """The app revision that has this origin; None when there is none."""
        with self._database.reading() as connection:
            row = connection.execute(apps().where(AppRevisionRow.label == label.lower())).one_or_none()
            return _apps_of(connection, [row])[0] if row is not None else None

    def by_labels(self, labels: Sequence[str]) -> list[App]:
        """The app revisions that have these origins; those that were deleted are left out."""
        with self._database.reading() as connection:
            rows = connection.execute(apps().where(AppRevisionRow.label.in_(labels))).all()
            return _apps_of(connection, rows)

    def by_revision(self, revision_id: int) -> App:
        with self._database.reading() as connection:
            row = connection.execute(apps().where(AppRevisionRow.id == revision_id)).one_or_none()
            if row is None:
                raise NotFoundError(f"revision number {revision_id} of an app", hint="It may have been deleted.")
            return _apps_of(connection, [row])[0]

    def by_revisions(self, revision_ids: Sequence[int]) -> dict[int, App]:
        """Apps at these revisions, by revision; those that were deleted are left out."""
        with self._database.reading() as connection:
            rows = connection.execute(apps().where(AppRevisionRow.id.in_(revision_ids))).all()
            return {app.revision_id: app for app in _apps_of(connection, rows)}


def find(connection: Connection, version: Version, name: str, *, revision: int | None = None) -> App:
    statement = apps().where(AppRow.version_id == version.id, AppRow.name == name.lower())
    wanted = (
        statement.where(AppRevisionRow.number == revision) if revision is not None else statement.where(*_is_newest())
    )
    row = connection.execute(wanted).one_or_none()
    if row is None:
        what = f"app {name!r}" if revision is None else f"revision {revision} of the app {name!r}"
        raise NotFoundError(f"{what} in {version.ref}", hint=f"List them: vitrina app list {version.ref}")
    return _apps_of(connection, [row])[0]


def apps() -> Statement:
    """Asks for apps, one row a revision, with version, collection and project."""
    count = (
        select(func.count())
        .select_from(_NewestRow)
        .where(_NewestRow.app_id == AppRow.id)
        .correlate(AppRow)
        .scalar_subquery()
        .label("revisions")
    )
    return (
        select(
            AppRow.id.label("app_id"),
            AppRow.name.label("app_name"),
            AppRow.title.label("app_title"),
            AppRow.description.label("app_description"),
            AppRow.min_instances,
            AppRow.max_instances,
            AppRow.people,
            AppRow.idle_minutes,
            AppRow.network,
            AppRow.feedback,
            AppRow.upload_mb,
            AppRow.picture,
            AppRevisionRow.id.label("revision_id"),
            AppRevisionRow.number.label("revision"),
            AppRevisionRow.label,
            AppRevisionRow.framework,
            AppRevisionRow.entry,
            AppRevisionRow.cwd,
            AppRevisionRow.bundle,
            AppRevisionRow.requirements,
            AppRevisionRow.created_at.label("revision_created_at"),
            AppMakerRow.name.label("app_maker"),
            count,
            *project_blobs.COLUMNS,
            *catalogue.VERSION,
        )
        .select_from(AppRevisionRow)
        .join(AppRow, AppRow.id == AppRevisionRow.app_id)
        .join(BlobRow, BlobRow.id == AppRevisionRow.blob_id)
        .join(VersionRow, VersionRow.id == AppRow.version_id)
        .join(CollectionRow, CollectionRow.id == VersionRow.collection_id)
        .join(ProjectRow, ProjectRow.id == CollectionRow.project_id)
        .join(OwnerRow, OwnerRow.id == ProjectRow.owner_id)
        .outerjoin(UserRow, UserRow.id == VersionRow.created_by)
        .outerjoin(AppMakerRow, AppMakerRow.id == AppRevisionRow.created_by)
        .where(AppRow.deleted_at.is_(None), VersionRow.deleted_at.is_(None))
    )


def _is_newest() -> tuple[Any, ...]:
    newest = (
        select(func.max(_NewestRow.number)).where(_NewestRow.app_id == AppRow.id).correlate(AppRow).scalar_subquery()
    )
    return (AppRevisionRow.number == newest,)


def _ensure(transaction: Transaction, version: Version, name: str, draft: AppDraft) -> int:
    """The id of the app, made when it is not there, and locked until the transaction ends: revisions are counted."""
    connection = transaction.connection
    row = upsert(connection, AppRow).values(
        version_id=version.id,
        name=name,
        title=draft.title,
        description=draft.description,
        created_at=transaction.now,
        created_by=transaction.user_id,
    )
    made = connection.scalar(row.on_conflict_do_nothing().returning(AppRow.id))
    if made is not None:
        source, target = Node(NodeKind.VERSION, version.id), Node(NodeKind.APP, made)
        lineage.add(transaction, version.collection.project.id, source, target, relation="serves")
    held = select(AppRow.id).where(AppRow.version_id == version.id, AppRow.name == name).with_for_update()
    app_id = connection.execute(held).scalar_one()
    decided = {"title": draft.title, "description": draft.description, "network": draft.network and draft.network.value}
    given = {key: value for key, value in decided.items() if value}
    if given:
        connection.execute(update(AppRow).where(AppRow.id == app_id).values(**given))
    return app_id


def _newest(connection: Connection, app_id: int) -> App | None:
    row = connection.execute(apps().where(AppRow.id == app_id, *_is_newest())).one_or_none()
    return _apps_of(connection, [row])[0] if row is not None else None


def _same(app: App, draft: AppDraft) -> bool:
    given = (draft.bundle, draft.framework, draft.entry, draft.cwd, draft.requirements)
    return (app.bundle, app.framework, app.entry, app.cwd, app.requirements) == given


def _apps_of(connection: Connection, rows: Sequence[AnyRow]) -> list[App]:
    versions = catalogue.with_aliases(connection, rows)
    return [
        App(
            id=row.app_id,
            revision_id=row.revision_id,
            version=version,
            name=row.app_name,
            title=row.app_title,
            description=row.app_description,
            framework=row.framework,
            revision=row.revision,
            revisions=row.revisions,
            label=row.label,
            entry=row.entry,
            cwd=row.cwd,
            bundle=row.bundle,
            blob=project_blobs.blob_of(row),
            requirements=row.requirements,
            created_at=row.revision_created_at,
            by=row.app_maker,
            serving=Serving(
                row.min_instances,
                row.max_instances,
                row.people,
                row.idle_minutes,
                network=Network(row.network),
                feedback=row.feedback,
                upload_mb=row.upload_mb,
                picture=row.picture,
            ),
        )
        for row, version in zip(rows, versions, strict=True)
    ]
