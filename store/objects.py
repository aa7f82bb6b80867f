"""Logged objects: the charts, images, tables … of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import aliased

from vitrina.store import project_blobs
from vitrina.store.blobs import BlobBackend
from vitrina.store.engine import Database
from vitrina.store.errors import NotFoundError
from vitrina.store.records import Blob, LoggedObject, Run
from vitrina.store.schema.objects import BlobRow, ObjectRow
from vitrina.store.statements import AnyRow, Statement

StillRow = aliased(BlobRow)


class Objects:
    def __init__(self, database: Database, backend: BlobBackend, user_id: int | None) -> None:
        self._database = database
        self._backend = backend
        self._user_id = user_id

    def add(
        self,
        run: Run,
        *,
        kind: str,
        section: str,
        name: str,
        payload: bytes | Path,
        media_type: str,
        summary: Mapping[str, Any],
        step: int | None = None,
        at: datetime | None = None,
        still: bytes | None = None,
        still_media_type: str | None = None,
    ) -> LoggedObject:
        """Keeps an object. The same name and step again is a further object; the newest is the one that is shown.

        `at` is when it was logged; None: now.
        """
        stored = self._backend.put(payload)
        stored_still = self._backend.put(still) if still is not None else None
        with self._database.writing(self._user_id) as transaction:
            blob = project_blobs.keep(transaction, run.project.id, stored)
            picture = project_blobs.keep(transaction, run.project.id, stored_still) if stored_still else None
            row = insert(ObjectRow).values(
                run_id=run.id,
                kind=kind,
                section=section,
                name=name,
                step=step,
                at=at or transaction.now,
                media_type=media_type,
                blob_id=blob.id,
                still_id=picture.id if picture else None,
                still_media_type=still_media_type,
                summary=dict(summary),
            )
            number = transaction.connection.execute(row.returning(ObjectRow.id)).scalar_one()
            data = {"section": section, "name": name}
            transaction.change(
                "logged", "object", number, ref=f"{run.ref}#{section}/{name}", project_id=run.project.id, data=data
            )
            return _object_of(transaction.connection.execute(objects().where(ObjectRow.id == number)).one())

    def get(self, object_id: int) -> LoggedObject:
        with self._database.reading() as connection:
            row = connection.execute(objects().where(ObjectRow.id == object_id)).one_or_none()
        if row is None:
            raise NotFoundError(f"logged object {object_id}")
        return _object_of(row)

    def find(self, run_id: int, section: str, name: str, *, step: int | None = None) -> LoggedObject | None:
        """The newest object of a name; `step` None: of any step, the highest first."""
        statement = objects().where(ObjectRow.run_id == run_id, ObjectRow.section == section, ObjectRow.name == name)
        if step is not None:
            statement = statement.where(ObjectRow.step == step)
        order = (func.coalesce(ObjectRow.step, -1).desc(), ObjectRow.id.desc())
        with self._database.reading() as connection:
            row = connection.execute(statement.order_by(*order).limit(1)).one_or_none()
        return _object_of(row) if row is not None else None

    def list(self, run_ids: Sequence[int]) -> dict[int, list[LoggedObject]]:
        """All objects of runs, by run, in the order of section, name and step; one query."""
        statement = (
            objects()
            .where(ObjectRow.run_id.in_(run_ids))
            .order_by(ObjectRow.run_id, ObjectRow.section, ObjectRow.name, ObjectRow.step, ObjectRow.id)
        )
        found: dict[int, list[LoggedObject]] = {run_id: [] for run_id in run_ids}
        with self._database.reading() as connection:
            for row in connection.execute(statement):
                found[row.run_id].append(_object_of(row))
        return found


def objects() -> Statement:
    """Asks for objects with their blobs."""
    return (
        select(
            ObjectRow.id,
            ObjectRow.run_id,
            ObjectRow.kind,
            ObjectRow.section,
            ObjectRow.name,
            ObjectRow.step,
            ObjectRow.at,
            ObjectRow.media_type,
            ObjectRow.still_media_type,
            ObjectRow.summary,
            *project_blobs.COLUMNS,
            StillRow.id.label("still_id"),
            StillRow.digest.label("still_digest"),
            StillRow.size.label("still_size"),
        )
        .join(BlobRow, BlobRow.id == ObjectRow.blob_id)
        .outerjoin(StillRow, StillRow.id == ObjectRow.still_id)
    )


def _object_of(row: AnyRow) -> LoggedObject:
    blob = project_blobs.blob_of(row)
    still = Blob(row.still_id, blob.project_id, row.still_digest, row.still_size) if row.still_id is not None else None
    return LoggedObject(
        row.id,
        row.run_id,
        row.kind,
        row.section,
        row.name,
        row.step,
        row.at,
        row.media_type,
        blob,
        still,
        row.still_media_type,
        row.summary,
    )
