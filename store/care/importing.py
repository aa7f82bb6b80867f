"""Bringing a project from a file into a store of any kind.

What is there already stays as it is, and what is new is added: importing twice adds nothing, and importing a project
that went on elsewhere adds what is new in it. Rows are known again by their names and numbers, never by the keys that
they had; those that have none (points, entries of a history) by all that they hold.

Nothing in the file is believed. All of it is read and checked before the first byte is kept; then blobs are put, which
nobody sees, and then all rows are written in one transaction, or none. Who made what is the file's word: names that the
store does not know become users, who have no way to sign in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.exc import DBAPIError, StatementError

from vitrina.store import metrics, projects
from vitrina.store.blobs import Stored
from vitrina.store.care import archive, trust
from vitrina.store.care.archive import BadExportError, NewerExportError, Reader
from vitrina.store.care.referring import BLOBS
from vitrina.store.care.scope import PROJECTS, Part, parts
from vitrina.store.content import content_digest
from vitrina.store.engine import Transaction
from vitrina.store.errors import ConflictError
from vitrina.store.feedback import count_again
from vitrina.store.opening import Store
from vitrina.store.project_blobs import keep
from vitrina.store.records import Project
from vitrina.store.schema.feedback import FeedbackRow
from vitrina.store.schema.metrics import PointRow
from vitrina.store.schema.people import UserRow
from vitrina.store.schema.registry import VersionFileRow, VersionRow
from vitrina.store.statements import upsert

BATCH = 200
"""Rows asked for and written at a time."""

DERIVED = {PointRow.__tablename__: metrics.summarise, FeedbackRow.__tablename__: count_again}
"""Tables from whose rows something follows, and how it is derived for what they belong to."""

Row = dict[str, Any]


class OtherContentError(ConflictError):
    """Something that never changes has other content in the file than in the store."""

    def __init__(self, file: Path, what: str) -> None:
        super().__init__(
            f"{file} and this store have different content for {what}. Nothing was imported.",
            hint="They went different ways; import the file into a store, or under an owner, that does not have it.",
        )


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    ref: str
    added: dict[str, int]
    """Rows by table; only tables with new ones."""

    blobs: int
    """That the file holds."""


@dataclass
class _Arrival:
    """An import in its transaction."""

    reader: Reader
    transaction: Transaction
    project: Project
    stored: Mapping[str, Stored]
    keys: dict[str, dict[int, int]] = field(default_factory=dict[str, dict[int, int]])
    """Of each table: the key in the file to the key here."""

    digests: dict[int, str] = field(default_factory=dict[int, str])
    """Of blobs by their key here."""

    new: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    """Of each table that others refer to: the keys here that this import made."""

    touched: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    """Of each table from whose rows something follows: what they were added to."""

    makers: dict[str, int] = field(default_factory=dict[str, int])
    added: Counter[str] = field(default_factory=Counter[str])


def import_(store: Store, file: Path, *, told: Callable[[str], None] = lambda _line: None) -> Imported:
    """Brings the project of a file written by `exporting.export`; a new one is private.

    Raises BadExportError, NewerExportError and OtherContentError; then no row was changed.
    """
    with archive.reading(file) as reader:
        owner, name = trust.project_name(reader)
        told("checking the file")
        _check_rows(reader)
        _check_blobs(reader)
        told(f"{len(reader.blobs)} blobs")
        stored = _put_blobs(store, reader)
        told("rows")
        try:
            with store.database.writing(store.user.id) as transaction:
                is_new = projects.find(transaction.connection, owner, name) is None
                project = projects.ensure(transaction, owner, name)
                arrival = _Arrival(reader, transaction, project, stored)
                _bring(arrival, is_new=is_new)
        except (DBAPIError, StatementError, OverflowError) as error:
            why = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise BadExportError(file, f"its rows cannot be stored ({why})") from error
    return Imported(project.ref, dict(arrival.added), len(reader.blobs))


def _check_rows(reader: Reader) -> None:
    """Every row once, alone: whatever is no row of ours is refused before anything is kept."""
    known = {part.name: part for part in parts()}
    for table in archive.tables_in(reader):
        if table not in known:
            raise NewerExportError(reader.file, f"it has rows of {table!r}")
        for row in reader.rows(table):
            trust.decoded(known[table], row, reader.file)
    listed = {row["digest"]: row["size"] for row in reader.rows(BLOBS.name)}
    if listed != dict(reader.blobs):
        raise BadExportError(reader.file, "its list of blobs is not that of the blobs that it holds")


def _check_blobs(reader: Reader) -> None:
    for digest in reader.blobs:
        for _ in reader.blob(digest):
            pass


def _put_blobs(store: Store, reader: Reader) -> dict[str, Stored]:
    stored = dict[str, Stored]()
    with TemporaryDirectory(prefix="vitrina-") as folder:
        for digest in reader.blobs:
            unpacked = Path(folder) / "blob"
            with unpacked.open("wb") as target:
                target.writelines(reader.blob(digest))
            stored[digest] = store.blobs.backend.put(unpacked)
            if stored[digest].digest != digest:
                raise BadExportError(reader.file, "it changed while it was read")
    return stored


def _bring(arrival: _Arrival, *, is_new: bool) -> None:
    for part in parts():
        if part.table is PROJECTS:
            _bring_project(arrival, part, is_new=is_new)
        elif part.table is BLOBS:
            _bring_blobs(arrival, part)
        elif part.identity:
            for rows in _batches(_rows(arrival, part)):
                _bring_named(arrival, part, rows)
        else:
            _bring_counted(arrival, part)
    _check_contents(arrival)
    _derive(arrival)
    if arrival.added:
        transaction, project = arrival.transaction, arrival.project
        added = dict(arrival.added)
        transaction.change("imported", "project", project.id, ref=project.ref, project_id=project.id, data=added)
        projects.touch(transaction, project.id)


def _rows(arrival: _Arrival, part: Part) -> Iterator[Row]:
    """The rows of a part with the keys of this store; its own is under `id` still that of the file."""
    for row in arrival.reader.rows(part.name):
        yield _rekeyed(arrival, part, trust.decoded(part, row, arrival.reader.file))


def _rekeyed(arrival: _Arrival, part: Part, row: Row) -> Row:
    for one in (*part.required, *part.optional):
        if row.get(one.column.name) is not None and one.target is not part.table:
            row[one.column.name] = _key(arrival, one.target.name, row[one.column.name])
    for one in part.kinds:
        target = one.targets.get(row[one.kind.name])
        if target is None:
            raise BadExportError(arrival.reader.file, f"{one.kind} is {row[one.kind.name]!r}")
        row[one.column.name] = _key(arrival, target.name, row[one.column.name])
    for name in part.makers:
        row[name] = _maker(arrival, row.get(name))
    return row


def _key(arrival: _Arrival, table: str, key: int) -> int:
    found = arrival.keys.get(table, {}).get(key)
    if found is None:
        raise BadExportError(arrival.reader.file, f"it refers to row {key} of {table}, which it does not hold")
    return found


def _maker(arrival: _Arrival, name: str | None) -> int | None:
    if name is None:
        return None
    if name not in arrival.makers:
        connection = arrival.transaction.connection
        row = upsert(connection, UserRow).values(name=name, title="", created_at=arrival.transaction.now)
        connection.execute(row.on_conflict_do_nothing())
        arrival.makers[name] = connection.execute(select(UserRow.id).where(UserRow.name == name)).scalar_one()
    return arrival.makers[name]


def _bring_project(arrival: _Arrival, part: Part, *, is_new: bool) -> None:
    """The project itself was made if need be; only a new one takes title and description from the file."""
    rows = list(arrival.reader.rows(part.name))
    if len(rows) != 1:
        raise BadExportError(arrival.reader.file, "it is not of one project")
    row = trust.decoded(part, rows[0], arrival.reader.file)
    arrival.keys[part.name] = {row["id"]: arrival.project.id}
    if is_new:
        described = {"title": row["title"], "description": row["description"]}
        arrival.transaction.connection.execute(
            update(PROJECTS).where(PROJECTS.c.id == arrival.project.id).values(**described)
        )


def _bring_blobs(arrival: _Arrival, part: Part) -> None:
    before = select(BLOBS.c.digest).where(BLOBS.c.project_id == arrival.project.id)
    known = set(arrival.transaction.connection.scalars(before))
    keys = arrival.keys.setdefault(part.name, {})
    for row in arrival.reader.rows(part.name):
        blob = keep(arrival.transaction, arrival.project.id, arrival.stored[row["digest"]])
        keys[row["id"]] = blob.id
        arrival.digests[blob.id] = blob.digest
        if blob.digest not in known:
            arrival.added[part.name] += 1


def _bring_named(arrival: _Arrival, part: Part, rows: Sequence[Row]) -> None:
    """Adds those rows whose names are not there yet."""
    connection, table = arrival.transaction.connection, part.table
    columns = [table.c[name] for name in part.identity]
    fixed = trust.FIXED.get(part.name)
    there = select(*columns, *([table.c.id] if part.has_id else []), *([table.c[fixed]] if fixed else []))
    names = [tuple(row[name] for name in part.identity) for row in rows]
    found = {tuple(row[: len(columns)]): row for row in connection.execute(there.where(tuple_(*columns).in_(names)))}
    added = list[Row]()
    for name, row in zip(names, rows, strict=True):
        known = found.get(name)
        if known is None:
            added.append(row)
            continue
        if fixed and known[-1] != row[fixed]:
            raise OtherContentError(arrival.reader.file, f"{part.name} {', '.join(str(one) for one in name)}")
        if part.has_id:
            arrival.keys.setdefault(part.name, {})[row["id"]] = known.id
    _add(arrival, part, added)


def _bring_counted(arrival: _Arrival, part: Part) -> None:
    """Rows without a name, grouped by what they belong to: each that is not there as often as in the file."""
    connection, table = arrival.transaction.connection, part.table
    parent = part.parent
    columns = [column for column in table.columns if column.name != "id"]
    for key, group in groupby(_rows(arrival, part), key=lambda row: row[parent.column.name]):
        there = Counter[str]()
        if key not in arrival.new.get(parent.target.name, ()):
            rows = connection.execute(select(*columns).where(parent.column == key)).mappings()
            there.update(trust.fingerprint(row, columns) for row in rows)
        added = list[Row]()
        for row in group:
            print_ = trust.fingerprint(row, columns)
            if there[print_]:
                there[print_] -= 1
                continue
            added.append(row)
            if len(added) == BATCH:
                _add(arrival, part, added)
                added = []
        _add(arrival, part, added)


def _add(arrival: _Arrival, part: Part, rows: Sequence[Row]) -> None:
    if not rows:
        return
    connection, table = arrival.transaction.connection, part.table
    arrival.added[part.name] += len(rows)
    trust.judge(arrival.transaction.connection, part.name, rows, digests=arrival.digests, file=arrival.reader.file)
    if part.name in DERIVED:
        arrival.touched.setdefault(part.name, set()).update(row[part.parent.column.name] for row in rows)
    if not part.is_referred_to:
        values = [{name: value for name, value in row.items() if name != "id"} for row in rows]
        connection.execute(insert(table), values)
        return
    keys, new = arrival.keys.setdefault(part.name, {}), arrival.new.setdefault(part.name, set())
    itself = [one.column.name for one in (*part.required, *part.optional) if one.target is table]
    if not itself:
        values = [{name: value for name, value in row.items() if name != "id"} for row in rows]
        made = connection.scalars(insert(table).returning(table.c.id, sort_by_parameter_order=True), values).all()
        keys.update(zip((row["id"] for row in rows), made, strict=True))
        new.update(made)
        return
    for row in rows:  # one may refer to the one before it
        values = {name: value for name, value in row.items() if name != "id"}
        for name in itself:
            values[name] = _key(arrival, part.name, values[name]) if values[name] is not None else None
        keys[row["id"]] = connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one()
        new.add(keys[row["id"]])


def _check_contents(arrival: _Arrival) -> None:
    """The files of each new version are those that its content digest was made of."""
    connection = arrival.transaction.connection
    for ids in _batches(iter(sorted(arrival.new.get(VersionRow.__tablename__, ())))):
        files = (
            select(VersionFileRow.version_id, VersionFileRow.path, BLOBS.c.digest)
            .join(BLOBS, BLOBS.c.id == VersionFileRow.blob_id)
            .where(VersionFileRow.version_id.in_(ids))
        )
        held: dict[int, list[tuple[str, str]]] = {number: [] for number in ids}
        for row in connection.execute(files):
            held[row.version_id].append((row.path, row.digest))
        versions = select(VersionRow.id, VersionRow.number, VersionRow.content, VersionRow.deleted_at)
        for row in connection.execute(versions.where(VersionRow.id.in_(ids))):
            if content_digest(held[row.id]) != row.content and not (row.deleted_at and not held[row.id]):
                raise BadExportError(arrival.reader.file, f"the files of version {row.number} are not its content")


def _derive(arrival: _Arrival) -> None:
    for table, derive in DERIVED.items():
        for key in sorted(arrival.touched.get(table, ())):
            derive(arrival.transaction.connection, key)


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
