"""Reports and READMEs: their text by revisions, their frozen snapshots."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.orm import aliased

from vitrina.store import project_blobs, projects
from vitrina.store.blobs import BlobBackend
from vitrina.store.engine import Database, Transaction
from vitrina.store.errors import NotFoundError
from vitrina.store.names import name_of
from vitrina.store.records import Page, Project, Report, Snapshot, Subject
from vitrina.store.schema.objects import BlobRow
from vitrina.store.schema.people import UserRow
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.schema.registry import CollectionRow, VersionRow
from vitrina.store.schema.reports import ReportRevisionRow, ReportRow, SnapshotRow
from vitrina.store.schema.runs import RunRow
from vitrina.store.statements import AnyRow, Statement, upsert

_NewestRow = aliased(ReportRevisionRow)
_VersionCollection = aliased(CollectionRow)


class Reports:
    def __init__(self, database: Database, backend: BlobBackend, user_id: int | None) -> None:
        self._database = database
        self._backend = backend
        self._user_id = user_id

    def publish(self, project: Project, name: str, text: str, *, title: str = "") -> Report:
        """A new revision of a report (made at its first); a text that equals the newest is not kept again."""
        return self._publish(project, Subject.PROJECT, project.id, name_of("a report", name), text, title=title)

    def publish_readme(self, project: Project, subject: Subject, subject_id: int, text: str) -> Report:
        """A new revision of the README of a subject in this project."""
        return self._publish(project, subject, subject_id, "", text, title="")

    def get(self, project: Project, name: str, *, revision: int | None = None) -> Report:
        """A report by name; `revision` None: the newest."""
        with self._database.reading() as connection:
            found = _find(connection, Subject.PROJECT, project.id, name.lower(), revision=revision)
        if found is None:
            raise NotFoundError(
                f"report {name!r} in {project.ref}", hint=f"List them: vitrina report list {project.ref}"
            )
        return found

    def readme(self, subject: Subject, subject_id: int, *, revision: int | None = None) -> Report | None:
        """The README of a subject; None when it has none."""
        with self._database.reading() as connection:
            return _find(connection, subject, subject_id, "", revision=revision)

    def list(self, project: Project, *, after: int | None = None, limit: int = 50) -> Page[Report]:
        """The reports of a project at their newest revision, those made last first; READMEs are left out."""
        statement = (
            reports()
            .where(ReportRow.project_id == project.id, ReportRow.name != "", _is_newest())
            .order_by(ReportRow.id.desc())
        )
        if after is not None:
            statement = statement.where(ReportRow.id < after)
        with self._database.reading() as connection:
            found = [_report_of(row) for row in connection.execute(statement.limit(limit + 1))]
        return Page(found[:limit], after=found[limit - 1].id if len(found) > limit else None)

    def revisions(self, report: Report) -> list[Report]:
        """All revisions, the newest first."""
        statement = reports().where(ReportRow.id == report.id).order_by(ReportRevisionRow.number.desc())
        with self._database.reading() as connection:
            return [_report_of(row) for row in connection.execute(statement)]

    def freeze(self, report: Report, html: bytes, *, values: Mapping[str, Any]) -> Snapshot:
        """Keeps a frozen rendering of a revision under the next number.

        One that equals the newest is not kept again.
        """
        stored = self._backend.put(html)
        with self._database.writing(self._user_id) as transaction:
            connection = transaction.connection
            connection.execute(select(ReportRow.id).where(ReportRow.id == report.id).with_for_update())
            newest = next(iter(_snapshots(connection, report.id)), None)
            if newest is not None and (newest.content, newest.revision) == (stored.digest, report.revision):
                return newest
            blob = project_blobs.keep(transaction, report.project.id, stored)
            row = insert(SnapshotRow).values(
                report_id=report.id,
                revision_id=report.revision_id,
                number=newest.number + 1 if newest is not None else 1,
                blob_id=blob.id,
                content=stored.digest,
                values=dict(values),
                created_at=transaction.now,
                created_by=transaction.user_id,
            )
            connection.execute(row)
            transaction.change("froze", "report", report.id, ref=report.ref, project_id=report.project.id)
            return next(iter(_snapshots(connection, report.id)))

    def snapshots(self, report: Report) -> list[Snapshot]:
        """The newest first."""
        with self._database.reading() as connection:
            return _snapshots(connection, report.id)

    def snapshot(self, report: Report, number: int) -> Snapshot:
        found = next((snapshot for snapshot in self.snapshots(report) if snapshot.number == number), None)
        if found is None:
            raise NotFoundError(
                f"snapshot {number} of {report.ref}", hint="Freeze one: vitrina report publish --snapshot"
            )
        return found

    def _publish(
        self, project: Project, subject: Subject, subject_id: int, name: str, text: str, *, title: str
    ) -> Report:
        digest = hashlib.sha256(text.encode()).hexdigest()
        with self._database.writing(self._user_id) as transaction:
            connection, now = transaction.connection, transaction.now
            report_id = _ensure(transaction, project, subject, subject_id, name)
            before = _find(connection, subject, subject_id, name)
            if before is not None and before.digest == digest and title in {"", before.title}:
                return before
            row = insert(ReportRevisionRow).values(
                report_id=report_id,
                number=before.revision + 1 if before is not None else 1,
                text=text,
                digest=digest,
                created_at=now,
                created_by=transaction.user_id,
            )
            connection.execute(row)
            changed: dict[str, Any] = {"updated_at": now, **({"title": title} if title else {})}
            connection.execute(update(ReportRow).where(ReportRow.id == report_id).values(**changed))
            made = _find(connection, subject, subject_id, name)
            assert made is not None
            data = {"revision": made.revision}
            transaction.change("published", "report", report_id, ref=made.ref, project_id=project.id, data=data)
            projects.touch(transaction, project.id)
            return made


def reports() -> Statement:
    """Asks for reports and READMEs, one row a revision."""
    return (
        select(
            ReportRow.id.label("report_id"),
            ReportRow.subject_kind,
            ReportRow.subject_id,
            ReportRow.name.label("report_name"),
            ReportRow.title.label("report_title"),
            ReportRevisionRow.id.label("revision_id"),
            ReportRevisionRow.number.label("revision"),
            ReportRevisionRow.text.label("report_text"),
            ReportRevisionRow.digest.label("report_digest"),
            ReportRevisionRow.created_at.label("revision_created_at"),
            UserRow.name.label("report_maker"),
            RunRow.uuid.label("subject_run"),
            CollectionRow.kind.label("subject_noun"),
            CollectionRow.name.label("subject_collection"),
            _VersionCollection.kind.label("version_kind"),
            _VersionCollection.name.label("version_name"),
            VersionRow.number.label("version_number"),
            *projects.COLUMNS,
        )
        .select_from(ReportRevisionRow)
        .join(ReportRow, ReportRow.id == ReportRevisionRow.report_id)
        .join(ProjectRow, ProjectRow.id == ReportRow.project_id)
        .join(OwnerRow, OwnerRow.id == ProjectRow.owner_id)
        .outerjoin(UserRow, UserRow.id == ReportRevisionRow.created_by)
        .outerjoin(RunRow, (ReportRow.subject_kind == Subject.RUN) & (RunRow.id == ReportRow.subject_id))
        .outerjoin(
            CollectionRow, (ReportRow.subject_kind == Subject.COLLECTION) & (CollectionRow.id == ReportRow.subject_id)
        )
        .outerjoin(VersionRow, (ReportRow.subject_kind == Subject.VERSION) & (VersionRow.id == ReportRow.subject_id))
        .outerjoin(_VersionCollection, _VersionCollection.id == VersionRow.collection_id)
        .where(ReportRow.deleted_at.is_(None))
    )


def by_ids(connection: Connection, report_ids: Sequence[int]) -> dict[int, Report]:
    """Reports and READMEs at their newest revision."""
    rows = connection.execute(reports().where(ReportRow.id.in_(report_ids), _is_newest()))
    return {row.report_id: _report_of(row) for row in rows}


def _is_newest() -> Any:
    newest = (
        select(func.max(_NewestRow.number))
        .where(_NewestRow.report_id == ReportRow.id)
        .correlate(ReportRow)
        .scalar_subquery()
    )
    return ReportRevisionRow.number == newest


def _find(
    connection: Connection, subject: Subject, subject_id: int, name: str, *, revision: int | None = None
) -> Report | None:
    statement = reports().where(
        ReportRow.subject_kind == subject, ReportRow.subject_id == subject_id, ReportRow.name == name
    )
    statement = statement.where(_is_newest() if revision is None else ReportRevisionRow.number == revision)
    row = connection.execute(statement).one_or_none()
    return _report_of(row) if row is not None else None


def _ensure(transaction: Transaction, project: Project, subject: Subject, subject_id: int, name: str) -> int:
    """The id of the report, made when it is not there, and locked until the transaction ends: revisions are counted."""
    connection = transaction.connection
    row = upsert(connection, ReportRow).values(
        project_id=project.id,
        subject_kind=subject,
        subject_id=subject_id,
        name=name,
        title="",
        created_at=transaction.now,
        created_by=transaction.user_id,
        updated_at=transaction.now,
    )
    connection.execute(row.on_conflict_do_nothing())
    held = select(ReportRow.id).where(
        ReportRow.subject_kind == subject, ReportRow.subject_id == subject_id, ReportRow.name == name
    )
    return connection.execute(held.with_for_update()).scalar_one()


def _snapshots(connection: Connection, report_id: int) -> list[Snapshot]:
    statement = (
        select(
            SnapshotRow.number,
            SnapshotRow.report_id,
            ReportRevisionRow.number.label("revision"),
            SnapshotRow.content,
            SnapshotRow.values.label("shown"),
            SnapshotRow.created_at,
            UserRow.name.label("maker"),
            *project_blobs.COLUMNS,
        )
        .join(ReportRevisionRow, ReportRevisionRow.id == SnapshotRow.revision_id)
        .join(BlobRow, BlobRow.id == SnapshotRow.blob_id)
        .outerjoin(UserRow, UserRow.id == SnapshotRow.created_by)
        .where(SnapshotRow.report_id == report_id)
        .order_by(SnapshotRow.number.desc())
    )
    return [
        Snapshot(
            row.number,
            row.report_id,
            row.revision,
            row.content,
            project_blobs.blob_of(row),
            row.shown,
            row.created_at,
            row.maker,
        )
        for row in connection.execute(statement)
    ]


def _report_of(row: AnyRow) -> Report:
    project, subject = projects.project_of(row), Subject(row.subject_kind)
    match subject:
        case Subject.PROJECT:
            subject_ref = project.ref
        case Subject.RUN:
            subject_ref = f"{project.ref}/runs/{row.subject_run}"
        case Subject.COLLECTION:
            subject_ref = f"{project.ref}/{row.subject_noun}/{row.subject_collection}"
        case Subject.VERSION:
            subject_ref = f"{project.ref}/{row.version_kind}/{row.version_name}@{row.version_number}"
    return Report(
        id=row.report_id,
        project=project,
        subject=subject,
        subject_id=row.subject_id,
        subject_ref=subject_ref,
        name=row.report_name,
        title=row.report_title,
        revision_id=row.revision_id,
        revision=row.revision,
        text=row.report_text,
        digest=row.report_digest,
        created_at=row.revision_created_at,
        by=row.report_maker,
    )
