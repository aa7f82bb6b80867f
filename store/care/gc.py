"""Taking what nobody refers to any more.

Three steps, each safe against writers in other processes:

1. Rows of what was deleted long ago: runs, apps, reports with all that is theirs, and the files and apps of deleted
   versions. The version itself stays as a tombstone, so that its number is never used again. So does an app whose
   version has feedback from it.
2. Rows of blobs to which no row refers. A writer makes the row of a blob and the row that refers to it in one
   transaction (`project_blobs.keep`): SQLite has one writer at a time, and on PostgreSQL it locks the blob's row, which
   is passed over here.
3. Bytes of which no project has a row. Between the bytes and their row a writer may need hours; so bytes that somebody
   put within a day are left, whatever is asked, and a row that comes later than half a day after its bytes is refused
   (`BlobTooOldError`). Whether they are old is decided by the backend against every put.

A table that is added and refers to blobs, runs, versions, apps or reports is found by its foreign key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, or_, select, update

from vitrina.store.blobs import UNTOUCHED_S, Held
from vitrina.store.care.referring import BLOBS, is_referred_to, kind_references, references, table_of
from vitrina.store.care.turn import turn
from vitrina.store.engine import Transaction
from vitrina.store.opening import Store
from vitrina.store.records import Status
from vitrina.store.schema.apps import AppRevisionRow, AppRow
from vitrina.store.schema.feedback import FeedbackRow, FeedbackTotalRow
from vitrina.store.schema.objects import BlobRow
from vitrina.store.schema.registry import CollectionRow, VersionFileRow, VersionRow
from vitrina.store.schema.reports import ReportRow
from vitrina.store.schema.runs import RunRow

BATCH = 200
"""Things taken in one transaction: on SQLite nobody else writes meanwhile."""

Writing = Callable[[], AbstractContextManager[Transaction]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken, or would be."""

    things: dict[str, int]
    """Deleted long ago: how many of each table."""

    blob_rows: int
    """Blobs that a project had and did not need."""

    blobs: int
    """Blobs whose bytes went."""

    size: int
    """Their bytes."""

    leftovers: int
    """Files of broken writes."""


def gc(
    store: Store, *, older_than: timedelta, dry_run: bool = False, told: Callable[[str], None] = lambda _line: None
) -> Taken:
    """Takes what was deleted, or needed by nobody, for longer than `older_than`; `dry_run` only says what that is.

    Bytes are left for a day in any case. Raises TurnTakenError while somebody else looks after the store.
    """
    with turn(store.database), _writing(store, dry_run=dry_run) as writing:
        before = store.database.clock() - older_than
        told("what was deleted")
        things = _take_things(writing, before)
        told("blobs that nobody refers to")
        untouched_s = max(older_than.total_seconds(), UNTOUCHED_S)
        rows = _take_blob_rows(writing, store.database.clock() - timedelta(seconds=untouched_s))
        blobs, size = _take_bytes(store, writing, untouched_s, dry_run=dry_run)
        leftovers = store.blobs.backend.clear(untouched_s=untouched_s, dry_run=dry_run)
    return Taken(dict(things), rows, blobs, size, leftovers)


@contextmanager
def _writing(store: Store, *, dry_run: bool) -> Generator[Writing]:
    """How to begin a transaction: each one of its own, or always the same one, which is undone at the end."""
    if not dry_run:
        yield store.database.writing
        return
    with store.database.writing() as transaction:

        @contextmanager
        def joined() -> Generator[Transaction]:
            yield transaction

        yield joined
        transaction.connection.rollback()


def _take_things(writing: Writing, before: datetime) -> Counter[str]:
    taken = Counter[str]()
    while count := _take_files(writing, before):
        taken[VersionRow.__tablename__] += count
    runs, apps, reports = table_of(RunRow), table_of(AppRow), table_of(ReportRow)
    tried = select(AppRevisionRow.app_id).join(FeedbackRow, FeedbackRow.revision_id == AppRevisionRow.id)
    theirs = select(AppRow.id).join(VersionRow, VersionRow.id == AppRow.version_id)
    for table, chosen in (
        (runs, select(RunRow.id).where(RunRow.deleted_at < before, _is_over(before))),
        (apps, select(AppRow.id).where(AppRow.deleted_at < before, AppRow.id.not_in(tried))),
        (apps, theirs.where(VersionRow.deleted_at < before, ~_has_files())),
        (reports, select(ReportRow.id).where(ReportRow.deleted_at < before)),
    ):
        while count := _take_batch(writing, table, chosen):
            taken[table.name] += count
    return taken


def _take_files(writing: Writing, before: datetime) -> int:
    """Takes the files of some deleted versions: from then on they cannot be restored (`vitrina.store.deletion`).

    Who restores one holds its collection, and so does this; whoever comes second finds what the first one did.
    """
    gone = VersionRow.deleted_at < before
    with writing() as transaction:
        connection = transaction.connection
        found = select(VersionRow.id, VersionRow.collection_id).where(gone, _has_files()).limit(BATCH)
        rows = connection.execute(found).all()
        collections = select(CollectionRow.id).where(CollectionRow.id.in_({row.collection_id for row in rows}))
        connection.execute(collections.order_by(CollectionRow.id).with_for_update())
        ids = connection.scalars(select(VersionRow.id).where(VersionRow.id.in_([row.id for row in rows]), gone)).all()
        for theirs in (VersionFileRow, FeedbackTotalRow):
            connection.execute(delete(theirs).where(theirs.version_id.in_(ids)))
    return len(ids)


def _has_files() -> ColumnElement[bool]:
    return select(1).where(VersionFileRow.version_id == VersionRow.id).exists()


def _is_over(before: datetime) -> ColumnElement[bool]:
    """Of a run: nobody writes to it any more, though it was deleted."""
    heard = or_(RunRow.heartbeat_at < before, RunRow.heartbeat_at.is_(None) & (RunRow.created_at < before))
    return or_(RunRow.status != Status.RUNNING.value, heard)


def _take_batch(writing: Writing, table: Table, chosen: Select[int]) -> int:
    with writing() as transaction:
        ids = transaction.connection.scalars(chosen.limit(BATCH)).all()
        _remove(transaction.connection, table, ids)
    return len(ids)


def _remove(connection: Connection, table: Table, ids: Sequence[int]) -> None:
    """Removes rows with all that is theirs: rows whose key to them may be missing lose it, the others go first."""
    if not ids:
        return
    for reference in references(table):
        column = reference.column
        if column.nullable:
            connection.execute(update(reference.table).where(column.in_(ids)).values({column.name: None}))
        elif is_referred_to(reference.table):
            theirs = connection.scalars(select(reference.table.c.id).where(column.in_(ids))).all()
            for part in _parts(theirs):
                _remove(connection, reference.table, part)
        else:
            connection.execute(delete(reference.table).where(column.in_(ids)))
    for kinds in kind_references():
        for kind in [kind for kind, target in kinds.targets.items() if target is table]:
            theirs = connection.scalars(select(kinds.table.c.id).where(kinds.kind == kind, kinds.column.in_(ids))).all()
            for part in _parts(theirs):
                _remove(connection, kinds.table, part)
    connection.execute(delete(table).where(table.c.id.in_(ids)))


def _take_blob_rows(writing: Writing, before: datetime) -> int:
    """Rows made lately are left: who was given a blob alone (`ProjectBlobs.put`) may still be about to use it."""
    needed = [select(1).where(reference.column == BLOBS.c.id).exists() for reference in references(BLOBS)]
    unneeded = [~one for one in needed]
    chosen = select(BLOBS.c.id).where(BLOBS.c.created_at < before, *unneeded).limit(BATCH)
    taken = 0
    while True:
        with writing() as transaction:
            connection = transaction.connection
            ids = connection.scalars(chosen.with_for_update(skip_locked=True)).all()
            # Asked again: on PostgreSQL a writer may have committed between the question and the lock.
            gone = connection.execute(delete(BLOBS).where(BLOBS.c.id.in_(ids), *unneeded)).rowcount
        taken += gone
        if not gone:
            return taken


def _take_bytes(store: Store, writing: Writing, untouched_s: float, *, dry_run: bool) -> tuple[int, int]:
    backend, count, size = store.blobs.backend, 0, 0
    held = backend.held()
    while some := list(islice(held, BATCH)):
        for one in _unknown(writing, some):
            if backend.discard(one.digest, untouched_s=untouched_s, dry_run=dry_run):
                count, size = count + 1, size + one.size
    return count, size


def _unknown(writing: Writing, held: Sequence[Held]) -> list[Held]:
    """Those of which no project has a row."""
    with writing() as transaction:
        known = set(
            transaction.connection.scalars(
                select(BlobRow.digest).where(BlobRow.digest.in_([one.digest for one in held]))
            )
        )
    return [one for one in held if one.digest not in known]


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
