"""Pictures of apps: one for a revision, taken by the hub, kept as a blob of the app's project."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from vitrina.store import project_blobs
from vitrina.store.blobs import BlobBackend
from vitrina.store.engine import Database, Transaction
from vitrina.store.records import App, AppPicture
from vitrina.store.schema.apps import AppRevisionRow, AppRow
from vitrina.store.schema.objects import BlobRow
from vitrina.store.schema.pictures import AppPictureRow
from vitrina.store.schema.registry import VersionRow
from vitrina.store.statements import AnyRow, Statement, upsert

AGAIN_AFTER = (timedelta(minutes=10), timedelta(hours=6))
"""After the first and the second failure in a row; a third one is the last, until somebody asks."""


class Pictures:
    def __init__(self, database: Database, backend: BlobBackend) -> None:
        self._database = database
        self._backend = backend

    def keep(self, app: App, png: bytes, *, width: int, height: int) -> None:
        """The picture of an app at this revision; the one before is replaced."""
        stored = self._backend.put(png)
        with self._database.writing() as transaction:
            blob = project_blobs.keep(transaction, app.version.collection.project.id, stored)
            taken = {"blob_id": blob.id, "width": width, "height": height, "taken_at": transaction.now}
            _note(transaction, app, {**taken, "reason": "", "tries": 0, "due_at": None})

    def fail(self, app: App, reason: str) -> None:
        """No picture could be taken, and why, in one line for people. It is tried again later, some times."""
        with self._database.writing() as transaction:
            tried = select(AppPictureRow.tries).where(AppPictureRow.revision_id == app.revision_id)
            tries = (transaction.connection.scalar(tried) or 0) + 1
            due_at = transaction.now + AGAIN_AFTER[tries - 1] if tries <= len(AGAIN_AFTER) else None
            _note(transaction, app, {"reason": reason, "tries": tries, "due_at": due_at})

    def ask(self, app: App) -> None:
        """Somebody wants a new picture of this revision, as soon as may be."""
        with self._database.writing() as transaction:
            _note(transaction, app, {"reason": "", "tries": 0, "due_at": transaction.now})

    def due(self, *, limit: int = 50) -> list[int]:
        """The revisions of which a picture is to be taken now: those asked for first, then the newest ones.

        Older revisions of an app have one only if somebody asked for it, as do apps whose maintainer wants none.
        """
        newest = (
            select(func.max(AppRevisionRow.id).label("id"))
            .join(AppRow, AppRow.id == AppRevisionRow.app_id)
            .join(VersionRow, VersionRow.id == AppRow.version_id)
            .where(AppRow.deleted_at.is_(None), VersionRow.deleted_at.is_(None), AppRow.picture.is_(True))
            .group_by(AppRevisionRow.app_id)
        ).subquery()
        with self._database.reading() as connection:
            now = self._database.clock()
            asked = (
                select(AppPictureRow.revision_id)
                .where(AppPictureRow.due_at <= now)
                .order_by(AppPictureRow.due_at, AppPictureRow.revision_id)
                .limit(limit)
            )
            missing = (
                select(newest.c.id)
                .outerjoin(AppPictureRow, AppPictureRow.revision_id == newest.c.id)
                .where(AppPictureRow.revision_id.is_(None))
                .order_by(newest.c.id.desc())
                .limit(limit)
            )
            return [*connection.scalars(asked), *connection.scalars(missing)][:limit]

    def of_revisions(self, revision_ids: Sequence[int]) -> dict[int, AppPicture]:
        """What there is of these revisions, by revision; nothing for one that was not tried yet."""
        statement = _pictures().where(AppPictureRow.revision_id.in_(revision_ids))
        with self._database.reading() as connection:
            return {row.revision_id: _picture_of(row) for row in connection.execute(statement)}


def _pictures() -> Statement:
    return select(
        AppPictureRow.revision_id,
        AppPictureRow.width,
        AppPictureRow.height,
        AppPictureRow.taken_at,
        AppPictureRow.reason,
        AppPictureRow.tries,
        *project_blobs.COLUMNS,
    ).outerjoin(BlobRow, BlobRow.id == AppPictureRow.blob_id)


def _picture_of(row: AnyRow) -> AppPicture:
    return AppPicture(
        revision_id=row.revision_id,
        blob=project_blobs.blob_of(row) if row.blob_id is not None else None,
        width=row.width or 0,
        height=row.height or 0,
        taken_at=row.taken_at,
        reason=row.reason,
        tries=row.tries,
    )


def _note(transaction: Transaction, app: App, values: dict[str, Any]) -> None:
    row = upsert(transaction.connection, AppPictureRow).values(revision_id=app.revision_id, **values)
    transaction.connection.execute(row.on_conflict_do_update(index_elements=["revision_id"], set_=values))
