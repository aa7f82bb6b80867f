"""Deleting a version: what keeps it from that, and the way back.

A deleted version is a tombstone: its row stays, with its number, which is never used again; nothing finds it any more.
Its files stay too, until `gc` takes them (its rows of `version_files`, then the blobs that nothing refers to), and as
long it can be restored. The same content, logged again, is a new version with the next number.

What people rely on keeps a version from being deleted:

- an alias, or the stage staging or production
- a live version that was made from it, directly or by a run that used it
- a report or README, not its own, that cites it in what was published or frozen
- an app of it that runs, or starts
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import aliased

from vitrina.store import catalogue, collection_log, reports
from vitrina.store.engine import Transaction
from vitrina.store.errors import ConflictError, NotFoundError
from vitrina.store.records import Collection, MayRead, NodeKind, Project, Version, everything
from vitrina.store.schema.apps import AppRevisionRow, AppRow, InstanceRow
from vitrina.store.schema.lineage import EdgeRow
from vitrina.store.schema.registry import VersionFileRow, VersionRow
from vitrina.store.versions import Stage

RELIED_ON = frozenset({Stage.STAGING, Stage.PRODUCTION})
ENDED = ("cold", "crashed", "stopped")
"""States of instances that are no process."""

MOST_NAMED = 5
"""Of each kind of thing that points to a version."""


class PinnedError(ConflictError):
    """A version cannot be deleted, since something points to it; `pins` says what, one a line."""

    def __init__(self, ref: str, pins: Sequence[str]) -> None:
        self.pins = tuple(pins)
        super().__init__(
            f"{ref} is relied on: {'; '.join(pins)}.",
            hint="Take these away first (an alias: alias NAME --drop; a stage: promote it to archived).",
        )


class GoneError(NotFoundError):
    """A version was deleted so long ago that its files are gone."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"file of {ref} any more", hint="It was deleted, and gc took its files; log it again.")


def delete(transaction: Transaction, version: Version, *, reason: str, may_read: MayRead = everything) -> None:
    """Deletes a version, while its collection is locked. Raises PinnedError, which names what the reader may see, and
    NotFoundError for one that is deleted already."""
    connection = transaction.connection
    current = catalogue.get_version(connection, version.id)
    if found := list(_pins(connection, current, may_read)):
        raise PinnedError(current.ref, found)
    connection.execute(update(VersionRow).where(VersionRow.id == current.id).values(deleted_at=transaction.now))
    collection_log.note(transaction, current, kind="deleted", reason=reason)


def restore(transaction: Transaction, collection: Collection, number: str, *, reason: str) -> Version:
    """Takes a deletion back, while the collection is locked.

    Raises NotFoundError where no such version was deleted, GoneError where gc took its files, and ConflictError where
    its content was logged again meanwhile: content never has two numbers.
    """
    connection, ref = transaction.connection, f"{collection.ref}@{number}"
    asked = select(VersionRow.id, VersionRow.content).where(
        VersionRow.collection_id == collection.id, VersionRow.number == number, VersionRow.deleted_at.is_not(None)
    )
    row = connection.execute(asked).one_or_none()
    if row is None:
        raise NotFoundError(f"deleted version {ref}")
    if connection.scalar(select(VersionFileRow.path).where(VersionFileRow.version_id == row.id).limit(1)) is None:
        raise GoneError(ref)
    same = catalogue.by_content(connection, collection, row.content)
    if same is not None:
        raise ConflictError(f"The content of {ref} was logged again as {same.ref}.", hint="Use that version.")
    connection.execute(update(VersionRow).where(VersionRow.id == row.id).values(deleted_at=None))
    restored = catalogue.get_version(connection, row.id)
    collection_log.note(transaction, restored, kind="restored", reason=reason)
    return restored


def _pins(connection: Connection, version: Version, may_read: MayRead) -> Iterator[str]:
    yield from (f"alias @{name} points to it" for name in version.aliases)
    if version.stage in RELIED_ON:
        yield f"it is in {version.stage}"
    made = [(one.collection.project, one.ref) for one in _made_from(connection, version)]
    yield from _named("{} was made from it", made, may_read)
    citing = [(one.project, one.ref) for one in _citing(connection, version)]
    yield from _named("{} cites it", citing, may_read)
    yield from (f"its app {name} runs" for name in _running(connection, version))


def _named(sentence: str, things: Sequence[tuple[Project, str]], may_read: MayRead) -> Iterator[str]:
    """A sentence for each thing that the reader may see, and one for all others."""
    seen = [ref for project, ref in things if may_read(project)]
    yield from (sentence.format(ref) for ref in seen[:MOST_NAMED])
    if rest := len(things) - len(seen[:MOST_NAMED]):
        yield sentence.format(f"{rest} more" if seen else f"something ({rest})")


def _made_from(connection: Connection, version: Version) -> list[Version]:
    """The live versions that came of this one, directly or by a run that used it."""
    used, made = aliased(EdgeRow), aliased(EdgeRow)
    by_run = (
        select(made.target_id)
        .join(used, (used.target_kind == made.source_kind) & (used.target_id == made.source_id))
        .where(*_begins_at(used, version), used.target_kind == NodeKind.RUN, made.target_kind == NodeKind.VERSION)
    )
    direct = select(EdgeRow.target_id).where(*_begins_at(EdgeRow, version), EdgeRow.target_kind == NodeKind.VERSION)
    statement = catalogue.versions().where(VersionRow.id.in_(by_run.union(direct)), VersionRow.id != version.id)
    return catalogue.with_aliases(connection, connection.execute(statement.order_by(VersionRow.id)).all())


def _citing(connection: Connection, version: Version) -> list[Any]:
    """The reports that cite it; its own README does not count."""
    statement = select(EdgeRow.target_id).where(*_begins_at(EdgeRow, version), EdgeRow.target_kind == NodeKind.REPORT)
    found = reports.by_ids(connection, connection.scalars(statement).all())
    return [report for _, report in sorted(found.items()) if report.subject_ref != version.ref]


def _begins_at(edge: Any, version: Version) -> tuple[Any, ...]:
    return edge.source_kind == NodeKind.VERSION, edge.source_id == version.id


def _running(connection: Connection, version: Version) -> Sequence[str]:
    statement = (
        select(AppRow.name)
        .join(AppRevisionRow, AppRevisionRow.app_id == AppRow.id)
        .join(InstanceRow, InstanceRow.revision_id == AppRevisionRow.id)
        .where(AppRow.version_id == version.id, InstanceRow.state.not_in(ENDED))
        .distinct()
        .order_by(AppRow.name)
    )
    return connection.scalars(statement).all()
