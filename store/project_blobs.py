"""Which project has which blob."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from vitrina.store.blobs import BlobBackend, Stored
from vitrina.store.engine import Database, Transaction
from vitrina.store.errors import NotFoundError, VitrinaError
from vitrina.store.records import Blob
from vitrina.store.schema.objects import BlobRow
from vitrina.store.statements import AnyRow, upsert

COLUMNS = (
    BlobRow.id.label("blob_id"),
    BlobRow.project_id.label("blob_project_id"),
    BlobRow.digest.label("blob_digest"),
    BlobRow.size.label("blob_size"),
)


class BlobTooOldError(VitrinaError):
    """Bytes were put long before a row was to refer to them."""

    status = 503
    permanent = False

    def __init__(self, digest: str) -> None:
        super().__init__(
            f"The blob {digest[:12]} was put so long before it was to be used that it may be gone by now.",
            hint="Log it again; in smaller parts, if it takes that long.",
        )


class ProjectBlobs:
    def __init__(self, database: Database, backend: BlobBackend) -> None:
        self._database = database
        self.backend = backend

    def put(self, project_id: int, source: bytes | Path) -> Blob:
        """Keeps bytes or a file's content for a project: first the bytes, then the row that points to them."""
        stored = self.backend.put(source)
        with self._database.writing() as transaction:
            return keep(transaction, project_id, stored)

    def find(self, project_id: int, digest: str) -> Blob:
        """A blob that this project has; NotFoundError also when only another project has it."""
        statement = select(*COLUMNS).where(BlobRow.project_id == project_id, BlobRow.digest == digest)
        with self._database.reading() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            raise NotFoundError(f"blob {digest[:12]} in this project")
        return blob_of(row)

    def read(self, blob: Blob) -> bytes:
        """All bytes, verified."""
        return self.backend.read(blob.digest)

    def stream(self, blob: Blob) -> Iterator[bytes]:
        """The bytes in chunks; damage shows with the last one at the latest."""
        return self.backend.stream(blob.digest)

    def copy(self, blob: Blob, target: Path) -> None:
        """Writes the bytes, verified, to a new file."""
        self.backend.copy(blob.digest, target)


def keep(transaction: Transaction, project_id: int, stored: Stored) -> Blob:
    """The row for bytes that the backend has; two writers at once get the same one.

    It cannot go before the transaction is over: on PostgreSQL it is locked against `vitrina.store.care.gc`, on SQLite
    there is one writer. Raises BlobTooOldError for bytes that may have been discarded since they were put.
    """
    if transaction.now.timestamp() > stored.until:
        raise BlobTooOldError(stored.digest)
    connection = transaction.connection
    row = upsert(connection, BlobRow).values(
        project_id=project_id, digest=stored.digest, size=stored.size, created_at=transaction.now
    )
    statement = select(BlobRow.id).where(BlobRow.project_id == project_id, BlobRow.digest == stored.digest)
    found = None
    while found is None:  # none: it was there, and is being taken by a collector, for whom this waited
        connection.execute(row.on_conflict_do_nothing(index_elements=["project_id", "digest"]))
        found = connection.scalar(statement.with_for_update(read=True, key_share=True))
    return Blob(found, project_id, stored.digest, stored.size)


def blob_of(row: AnyRow) -> Blob:
    return Blob(row.blob_id, row.blob_project_id, row.blob_digest, row.blob_size)
