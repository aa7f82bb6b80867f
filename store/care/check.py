"""Is everything there that a store says it has?

Nothing that somebody logged is ever removed or changed here. What follows from other rows is derived again, leftovers
of broken writes go, and a blob comes back from a backup when one is named; all else is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, select
from sqlalchemy.orm import InstrumentedAttribute

from vitrina.store import content
from vitrina.store.blobs import UNTOUCHED_S, BlobDamagedError, BlobGoneError
from vitrina.store.blobs.filesystem import FilesystemBlobs
from vitrina.store.care.referring import kind_references, references, users_of
from vitrina.store.care.turn import turn
from vitrina.store.opening import Store
from vitrina.store.schema.apps import AppRevisionRow
from vitrina.store.schema.objects import BlobRow, ObjectRow
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.schema.registry import AliasRow, CollectionRow, VersionFileRow, VersionRow
from vitrina.store.schema.reports import ReportRevisionRow, SnapshotRow
from vitrina.store.schema.runs import RunRow
from vitrina.store.statements import Statement
from vitrina.store.versions import Stage

CHUNK = 500
"""Rows asked for at a time by their keys."""


class Trouble(StrEnum):
    DAMAGED_BLOB = "damaged blob"
    MISSING_BLOB = "missing blob"
    BROKEN_REFERENCE = "broken reference"
    WRONG_DIGEST = "wrong digest"
    CONTRADICTION = "contradiction"
    STALE_SUMMARY = "stale summary"
    LEFTOVER = "leftover"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    trouble: Trouble
    what: str
    """Where it is and what is wrong with it, for people."""

    is_repaired: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to."""

    findings: tuple[Finding, ...]
    blobs: int
    """Digests that were read whole."""

    size: int
    """Their bytes."""

    unneeded: int
    """Blobs that no row refers to: nothing is wrong with them, `vitrina store gc` takes them in time."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong any more."""
        return all(finding.is_repaired for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Check:
    store: Store
    repairs: bool
    backup: Path | None
    told: Callable[[str], None]


def check(
    store: Store,
    *,
    repair: bool = False,
    backup: Path | None = None,
    told: Callable[[str], None] = lambda _line: None,
) -> Checked:
    """Reads all of a store. `backup` is a folder of `vitrina store backup`, from which blobs are brought back.

    `told` gets a line for each step. Raises TurnTakenError while somebody else looks after the store.
    """
    asked = _Check(store, repair, backup, told)
    with turn(store.database):
        told("rows and their references")
        findings = [*_references(asked), *_contradictions(asked), *_digests(asked)]
        told("sums of series and feedback")
        findings += [*_series(asked), *_feedback(asked)]
        sizes = _blob_sizes(store)
        told(f"{len(sizes)} blobs")
        findings += _bytes(asked, sizes)
        findings += _leftovers(asked)
        unneeded = sum(held.digest not in sizes for held in store.blobs.backend.held())
    return Checked(tuple(findings), len(sizes), sum(sizes.values()), unneeded)


def _blob_sizes(store: Store) -> dict[str, int]:
    with store.database.reading() as connection:
        return {row.digest: row.size for row in connection.execute(select(BlobRow.digest, BlobRow.size))}


def _bytes(asked: _Check, sizes: dict[str, int]) -> Iterator[Finding]:
    """Every blob that a row refers to, read whole."""
    for number, (digest, size) in enumerate(sorted(sizes.items()), start=1):
        if number % CHUNK == 0:
            asked.told(f"blob {number} of {len(sizes)}")
        finding = _damage(asked.store, digest, size)
        if finding is not None:
            yield replace(finding, is_repaired=asked.repairs and _bring_back(asked, digest))


def _damage(store: Store, digest: str, size: int) -> Finding | None:
    try:
        found = sum(len(chunk) for chunk in store.blobs.backend.stream(digest))
    except BlobDamagedError:
        return Finding(Trouble.DAMAGED_BLOB, f"{digest}: its bytes are not those of {_needed(store, digest)}")
    except BlobGoneError:
        return Finding(Trouble.MISSING_BLOB, f"{digest}: it is not there; {_needed(store, digest)} cannot be read")
    except OSError as error:
        return Finding(Trouble.DAMAGED_BLOB, f"{digest}: {error.strerror}; {_needed(store, digest)} cannot be read")
    if found != size:
        return Finding(Trouble.CONTRADICTION, f"blob {digest}: {found} bytes, and its row says {size}")
    return None


def _needed(store: Store, digest: str) -> str:
    with store.database.reading() as connection:
        ids = connection.scalars(select(BlobRow.id).where(BlobRow.digest == digest)).all()
        names = [name for found in users_of(connection, ids).values() for name in found]
    return ", ".join(names) or "nothing that is logged"


def _bring_back(asked: _Check, digest: str) -> bool:
    """From the backup, if there is one that has the blob, whole."""
    if asked.backup is None:
        return False
    with TemporaryDirectory(prefix="vitrina-") as folder:
        copy = Path(folder) / digest
        try:
            FilesystemBlobs(asked.backup / "blobs").copy(digest, copy)
        except (BlobDamagedError, BlobGoneError):
            return False
        return asked.store.blobs.backend.put(copy).digest == digest


def _references(asked: _Check) -> Iterator[Finding]:
    """Every key that leads nowhere. A database in order allows none; one that was edited or damaged may have some."""
    with asked.store.database.reading() as connection:
        for reference in references():
            there, key = reference.target.alias(), reference.key
            found = there.c[key] == reference.column
            lost = select(reference.column).where(reference.column.is_not(None), ~select(1).where(found).exists())
            for value in connection.scalars(lost.distinct()):
                yield Finding(Trouble.BROKEN_REFERENCE, f"{reference.name} is {value}: no row of {reference.target}")
        for kinds in kind_references():
            for kind, target in kinds.targets.items():
                there = target.alias()
                found = there.c.id == kinds.column
                lost = select(kinds.column).where(kinds.kind == kind, ~select(1).where(found).exists())
                for value in connection.scalars(lost.distinct()):
                    yield Finding(Trouble.BROKEN_REFERENCE, f"{kinds.name} is {kind} {value}: there is none")


def _contradictions(asked: _Check) -> Iterator[Finding]:
    """What no foreign key forbids."""
    with asked.store.database.reading() as connection:
        yield from _foreign_blobs(connection)
        strays = (
            select(AliasRow.name, CollectionRow.name)
            .join(CollectionRow, CollectionRow.id == AliasRow.collection_id)
            .join(VersionRow, VersionRow.id == AliasRow.version_id)
            .where(VersionRow.collection_id != AliasRow.collection_id)
        )
        for alias, collection in connection.execute(strays):
            yield Finding(Trouble.CONTRADICTION, f"the alias {alias} of {collection} is a version of something else")
        served = select(VersionRow.collection_id).where(VersionRow.stage == Stage.PRODUCTION.value)
        ids = list(connection.scalars(served))
        for collection_id in sorted({number for number in ids if ids.count(number) > 1}):
            yield Finding(Trouble.CONTRADICTION, f"collection {collection_id} has several versions in production")


def _foreign_blobs(connection: Connection) -> Iterator[Finding]:
    """A blob belongs to one project, and only that project's things may refer to it."""
    version = CollectionRow.id == VersionRow.collection_id
    files = (
        select(VersionFileRow.blob_id)
        .join(VersionRow, VersionRow.id == VersionFileRow.version_id)
        .join(CollectionRow, version)
        .join(BlobRow, BlobRow.id == VersionFileRow.blob_id)
        .where(BlobRow.project_id != CollectionRow.project_id)
    )
    objects = (
        select(ObjectRow.blob_id)
        .join(RunRow, RunRow.id == ObjectRow.run_id)
        .join(BlobRow, BlobRow.id == ObjectRow.blob_id)
        .where(BlobRow.project_id != RunRow.project_id)
    )
    for statement in (files, objects):
        for blob_id in connection.scalars(statement.distinct()):
            yield Finding(Trouble.CONTRADICTION, f"blob {blob_id} is used outside the project that has it")


def _digests(asked: _Check) -> Iterator[Finding]:
    """Every digest over rows: contents of versions, bundles of apps, texts and snapshots of reports."""
    with asked.store.database.reading() as connection:
        yield from _contents(connection)
        bundles = select(AppRevisionRow.label, AppRevisionRow.bundle, BlobRow.digest)
        for label, bundle, digest in connection.execute(
            _unlike(bundles, AppRevisionRow.blob_id, AppRevisionRow.bundle)
        ):
            yield Finding(Trouble.WRONG_DIGEST, f"app {label}: its bundle is {bundle[:12]}, its blob {digest[:12]}")
        frozen = select(SnapshotRow.report_id, SnapshotRow.number)
        for report, number in connection.execute(_unlike(frozen, SnapshotRow.blob_id, SnapshotRow.content)):
            yield Finding(Trouble.WRONG_DIGEST, f"snapshot {number} of report {report} is not the blob that it names")
        texts = select(
            ReportRevisionRow.report_id, ReportRevisionRow.number, ReportRevisionRow.text, ReportRevisionRow.digest
        )
        for report, number, text, digest in connection.execute(texts.execution_options(yield_per=CHUNK)):
            if hashlib.sha256(text.encode()).hexdigest() != digest:
                yield Finding(Trouble.WRONG_DIGEST, f"revision {number} of report {report} is not the text it was")


def _unlike(statement: Statement, blob_id: InstrumentedAttribute[int], digest: InstrumentedAttribute[str]) -> Statement:
    return statement.join(BlobRow, BlobRow.id == blob_id).where(BlobRow.digest != digest)


def _contents(connection: Connection) -> Iterator[Finding]:
    """Versions whose files are not those of their content digest; one that was deleted may have none."""
    files = (
        select(VersionFileRow.version_id, VersionFileRow.path, BlobRow.digest, BlobRow.size)
        .join(BlobRow, BlobRow.id == VersionFileRow.blob_id)
        .order_by(VersionFileRow.version_id)
        .execution_options(yield_per=CHUNK)
    )
    found: dict[int, tuple[str, int]] = {}
    for version_id, group in groupby(connection.execute(files), key=lambda row: row.version_id):
        rows = list(group)
        found[version_id] = (
            content.content_digest((row.path, row.digest) for row in rows),
            sum(row.size for row in rows),
        )
    ref = OwnerRow.name + "/" + ProjectRow.name + "/" + CollectionRow.kind + "/" + CollectionRow.name
    versions = (
        select(
            VersionRow.id,
            ref.label("ref"),
            VersionRow.number,
            VersionRow.content,
            VersionRow.size,
            VersionRow.deleted_at,
        )
        .join(CollectionRow, CollectionRow.id == VersionRow.collection_id)
        .join(ProjectRow, ProjectRow.id == CollectionRow.project_id)
        .join(OwnerRow, OwnerRow.id == ProjectRow.owner_id)
    )
    for row in connection.execute(versions):
        if row.id not in found and row.deleted_at is not None:
            continue
        digest, size = found.get(row.id, (content.content_digest([]), 0))
        if digest != row.content:
            yield Finding(
                Trouble.WRONG_DIGEST, f"{row.ref}@{row.number}: its files are not its content {row.content[:12]}"
            )
        elif size != row.size:
            yield Finding(Trouble.CONTRADICTION, f"{row.ref}@{row.number}: {size} bytes, and its row says {row.size}")


def _series(asked: _Check) -> Iterator[Finding]:
    metrics = asked.store.metrics
    wrong = metrics.wrong_summaries()
    if asked.repairs and wrong:
        metrics.summarise(list(wrong))
    for name in wrong.values():
        yield Finding(
            Trouble.STALE_SUMMARY, f"the summary of the series {name} is not that of its points", asked.repairs
        )


def _feedback(asked: _Check) -> Iterator[Finding]:
    wrong = asked.store.feedback.wrong_totals()
    if asked.repairs and wrong:
        asked.store.feedback.count_again(wrong)
    for version_id in wrong:
        yield Finding(Trouble.STALE_SUMMARY, f"the feedback of version {version_id} is counted wrong", asked.repairs)


def _leftovers(asked: _Check) -> Iterator[Finding]:
    backend = asked.store.blobs.backend
    count = backend.clear(untouched_s=UNTOUCHED_S, dry_run=not asked.repairs)
    if count:
        yield Finding(Trouble.LEFTOVER, f"{count} files of broken writes in {backend.where}", asked.repairs)
