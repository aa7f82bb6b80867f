"""Feedback: what people tried in a version's apps, kept entry by entry.

What stands in an entry is the app's own word, and may be personal data: it is deleted for good when somebody wants it
gone, and whoever reads a version does not thereby read its feedback (see `vitrina.hub.access`).
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from vitrina.store.engine import Database, Transaction
from vitrina.store.records import Page, Version
from vitrina.store.schema.apps import AppRevisionRow, AppRow
from vitrina.store.schema.feedback import FeedbackRow, FeedbackTotalRow
from vitrina.store.schema.registry import VersionRow
from vitrina.store.statements import AnyRow, Statement, upsert

MOST_FLAGS = 20
"""An app can make up as many as it likes; so many, those used most, are offered as filters."""

CHUNK = 500
"""Entries read at a time where all are wanted."""


@dataclass(frozen=True, slots=True)
class FeedbackRoom:
    """How much feedback a version may have; what comes when it is full is not kept."""

    entries: int = 10_000
    size_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FeedbackDraft:
    """What is to become an entry. `inputs` and `output` are JSON as text; `uuid` is made by who hands it over."""

    uuid: str
    version_id: int
    revision_id: int
    instance: int
    at: datetime
    inputs: str
    output: str
    note: str = ""
    flag: str = ""
    viewer: str | None = None
    visitor: str | None = None

    @property
    def size_bytes(self) -> int:
        """Of all its texts, in UTF-8."""
        texts = (self.inputs, self.output, self.note, self.flag, self.viewer or "", self.visitor or "")
        return sum(len(text.encode()) for text in texts)


@dataclass(frozen=True, slots=True)
class FeedbackEntry:
    """One entry as it is read. All but `uuid`, `app`, `revision`, `instance` and `at` is what the app said."""

    id: int
    uuid: str
    app: str
    """Name of the app."""

    revision: int
    instance: int
    at: datetime
    inputs: Any
    output: Any
    note: str
    flag: str
    viewer: str | None
    visitor: str | None
    size_bytes: int


@dataclass(frozen=True, slots=True)
class FeedbackTally:
    """How much a version has. `refused` were not kept for want of room; `flags` come with how many have them."""

    entries: int = 0
    size_bytes: int = 0
    refused: int = 0
    flags: Sequence[tuple[str, int]] = ()


class Feedback:
    def __init__(self, database: Database, user_id: int | None) -> None:
        self._database = database
        self._user_id = user_id

    def keep(self, drafts: Sequence[FeedbackDraft], room: FeedbackRoom) -> int:
        """Keeps the drafts, oldest first, as far as there is room; gives how many of them there was none for.

        Keeping one again changes nothing. Those of a version that was deleted are dropped.
        """
        refused = 0
        with self._database.writing() as transaction:
            for version_id in sorted(
                {draft.version_id for draft in drafts}
            ):  # in order: two hubs never hold each other
                told = [draft for draft in drafts if draft.version_id == version_id]
                refused += _keep(transaction.connection, version_id, told, room)
        return refused

    def refuse(self, version_id: int, count: int) -> None:
        """So many more entries were not kept, since there is no room for them."""
        with self._database.writing() as transaction:
            _hold(transaction.connection, version_id)
            _add(transaction.connection, version_id, entries=0, size=0, refused=count)

    def refused(self) -> int:
        """How many entries there was no room for, of all versions that ever had feedback."""
        with self._database.reading() as connection:
            return int(connection.scalar(select(func.sum(FeedbackTotalRow.refused))) or 0)

    def list(
        self, version: Version, *, flag: str | None = None, after: int | None = None, limit: int = 50
    ) -> Page[FeedbackEntry]:
        """A version's entries, newest first; `flag` keeps those that have it. `after` continues where a page ended."""
        statement = _of(version, flag).order_by(FeedbackRow.id.desc()).limit(limit + 1)
        if after is not None:
            statement = statement.where(FeedbackRow.id < after)
        with self._database.reading() as connection:
            found = [_entry(row) for row in connection.execute(statement)]
        return Page(found[:limit], after=found[limit - 1].id if len(found) > limit else None)

    def every(self, version: Version, *, flag: str | None = None) -> Generator[FeedbackEntry]:
        """All entries of a version, oldest first, read a chunk at a time; what is added meanwhile may come too."""
        after = 0
        while True:
            statement = _of(version, flag).where(FeedbackRow.id > after).order_by(FeedbackRow.id).limit(CHUNK)
            with self._database.reading() as connection:
                found = [_entry(row) for row in connection.execute(statement)]
            yield from found
            if len(found) < CHUNK:
                return
            after = found[-1].id

    def tally(self, version: Version) -> FeedbackTally:
        """How much a version has, and with which flags."""
        total = select(FeedbackTotalRow.entries, FeedbackTotalRow.size, FeedbackTotalRow.refused).where(
            FeedbackTotalRow.version_id == version.id
        )
        how_many = func.count().label("how_many")
        flags = (
            select(FeedbackRow.flag, how_many)
            .where(FeedbackRow.version_id == version.id, FeedbackRow.flag != "")
            .group_by(FeedbackRow.flag)
            .order_by(how_many.desc(), FeedbackRow.flag)
            .limit(MOST_FLAGS)
        )
        with self._database.reading() as connection:
            row = connection.execute(total).one_or_none()
            if row is None:
                return FeedbackTally()
            return FeedbackTally(
                row.entries, row.size, row.refused, [(f.flag, f.how_many) for f in connection.execute(flags)]
            )

    def sizes(self, version_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
        """How many entries and bytes each of these versions has; nothing of one that has none."""
        statement = select(FeedbackTotalRow.version_id, FeedbackTotalRow.entries, FeedbackTotalRow.size).where(
            FeedbackTotalRow.version_id.in_(version_ids)
        )
        with self._database.reading() as connection:
            return {row.version_id: (row.entries, row.size) for row in connection.execute(statement)}

    def delete(self, version: Version, uuids: Sequence[str]) -> int:
        """Deletes these entries of a version for good; gives how many there were."""
        return self._delete(version, FeedbackRow.uuid.in_(uuids))

    def clear(self, version: Version) -> int:
        """Deletes all entries of a version for good; gives how many there were."""
        return self._delete(version, FeedbackRow.version_id == version.id)

    def wrong_totals(self) -> list[int]:
        """The versions whose totals are not those of their entries. Reads the size of every entry."""
        counted = (
            select(FeedbackRow.version_id, func.count().label("entries"), func.sum(FeedbackRow.size).label("size"))
            .group_by(FeedbackRow.version_id)
            .subquery()
        )
        total = FeedbackTotalRow
        differs = or_(
            total.entries != func.coalesce(counted.c.entries, 0), total.size != func.coalesce(counted.c.size, 0)
        )
        statement = select(total.version_id).outerjoin(counted, counted.c.version_id == total.version_id).where(differs)
        with self._database.reading() as connection:
            return list(connection.scalars(statement.order_by(total.version_id)))

    def count_again(self, version_ids: Sequence[int]) -> None:
        """Derives the totals of versions from their entries again."""
        with self._database.writing(self._user_id) as transaction:
            for version_id in sorted(version_ids):
                count_again(transaction.connection, version_id)

    def _delete(self, version: Version, which: ColumnElement[bool]) -> int:
        with self._database.writing(self._user_id) as transaction:
            connection = transaction.connection
            _hold(connection, version.id)
            gone = delete(FeedbackRow).where(FeedbackRow.version_id == version.id, which).returning(FeedbackRow.size)
            sizes = connection.scalars(gone).all()
            if sizes:
                _add(connection, version.id, entries=-len(sizes), size=-sum(sizes), refused=0)
                _say_deleted(transaction, version, entries=len(sizes))
        return len(sizes)


def count_again(connection: Connection, version_id: int) -> None:
    """Inside a transaction."""
    entries, size = _hold(connection, version_id)
    counted = select(func.count(), func.coalesce(func.sum(FeedbackRow.size), 0))
    there = connection.execute(counted.where(FeedbackRow.version_id == version_id)).one()
    _add(connection, version_id, entries=there[0] - entries, size=int(there[1]) - size, refused=0)


def _keep(connection: Connection, version_id: int, drafts: Sequence[FeedbackDraft], room: FeedbackRoom) -> int:
    """Keeps drafts of one version; gives how many there was no room for."""
    alive = select(VersionRow.id).where(VersionRow.id == version_id, VersionRow.deleted_at.is_(None))
    if connection.scalar(alive) is None:
        return 0
    entries, size = _hold(connection, version_id)
    kept_before = select(FeedbackRow.uuid).where(FeedbackRow.uuid.in_([draft.uuid for draft in drafts]))
    known = set(connection.scalars(kept_before))
    kept = list[FeedbackDraft]()
    new = [draft for draft in drafts if draft.uuid not in known]
    for draft in new:
        if entries < room.entries and size + draft.size_bytes <= room.size_bytes:
            kept.append(draft)
            entries, size = entries + 1, size + draft.size_bytes
    if kept:
        connection.execute(insert(FeedbackRow), [_values(draft) for draft in kept])
    refused = len(new) - len(kept)
    added = sum(draft.size_bytes for draft in kept)
    _add(connection, version_id, entries=len(kept), size=added, refused=refused)
    return refused


def _hold(connection: Connection, version_id: int) -> tuple[int, int]:
    """How many entries and bytes a version has, held until the transaction ends: nobody else adds or deletes."""
    none = upsert(connection, FeedbackTotalRow).values(version_id=version_id, entries=0, size=0, refused=0)
    connection.execute(none.on_conflict_do_nothing())
    held = select(FeedbackTotalRow.entries, FeedbackTotalRow.size).where(FeedbackTotalRow.version_id == version_id)
    row = connection.execute(held.with_for_update()).one()
    return row.entries, row.size


def _add(connection: Connection, version_id: int, *, entries: int, size: int, refused: int) -> None:
    total = FeedbackTotalRow
    connection.execute(
        update(total)
        .where(total.version_id == version_id)
        .values(entries=total.entries + entries, size=total.size + size, refused=total.refused + refused)
    )


def _say_deleted(transaction: Transaction, version: Version, *, entries: int) -> None:
    collection = version.collection
    transaction.change(
        "deleted feedback",
        collection.noun.singular,
        version.id,
        ref=version.ref,
        project_id=collection.project.id,
        data={"entries": entries},
    )


_COLUMNS = tuple(FeedbackRow.__table__.columns)


def _of(version: Version, flag: str | None) -> Statement:
    statement = (
        select(*_COLUMNS, AppRow.name.label("app"), AppRevisionRow.number.label("revision"))
        .join(AppRevisionRow, AppRevisionRow.id == FeedbackRow.revision_id)
        .join(AppRow, AppRow.id == AppRevisionRow.app_id)
        .where(FeedbackRow.version_id == version.id)
    )
    return statement if flag is None else statement.where(FeedbackRow.flag == flag)


def _values(draft: FeedbackDraft) -> dict[str, Any]:
    return {
        "uuid": draft.uuid,
        "version_id": draft.version_id,
        "revision_id": draft.revision_id,
        "instance": draft.instance,
        "at": draft.at,
        "size": draft.size_bytes,
        "flag": draft.flag,
        "viewer": draft.viewer,
        "visitor": draft.visitor,
        "note": draft.note,
        "inputs": draft.inputs,
        "output": draft.output,
    }


def _entry(row: AnyRow) -> FeedbackEntry:
    return FeedbackEntry(
        id=row.id,
        uuid=row.uuid,
        app=row.app,
        revision=row.revision,
        instance=row.instance,
        at=row.at,
        inputs=json.loads(row.inputs),
        output=json.loads(row.output),
        note=row.note,
        flag=row.flag,
        viewer=row.viewer,
        visitor=row.visitor,
        size_bytes=row.size,
    )
