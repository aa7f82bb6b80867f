"""A copy of a store to come back to: its database as it was at one moment, and every blob that it refers to then.

    DIR/blobs/ab/cd/<digest>        shared by all backups in DIR: what is there is not copied again
    DIR/<moment>/backup.json        what it is a backup of; written last
    DIR/<moment>/store.db           of SQLite: a copy made by SQLite itself, while others write
    DIR/<moment>/<table>.copy       of PostgreSQL: what COPY gives, all tables in one snapshot

The database is copied first and the blobs after it. Blobs never change, and nobody takes one away meanwhile
(`vitrina.store.care.turn`), so all that the copy refers to is there. A backup that was cut off has no folder.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select, update

from vitrina.store import settings
from vitrina.store.blobs import BlobBackend, BlobDamagedError, BlobGoneError, places
from vitrina.store.blobs.filesystem import FilesystemBlobs
from vitrina.store.care import copies
from vitrina.store.care.turn import turn
from vitrina.store.engine import Clock, open_database
from vitrina.store.errors import ConflictError, NotFoundError, VitrinaError
from vitrina.store.home import Place
from vitrina.store.migrations import HEAD
from vitrina.store.opening import Store
from vitrina.store.schema.changes import SettingRow
from vitrina.store.schema.objects import BlobRow

BLOBS = "blobs"
ABOUT = "backup.json"
UNFINISHED = ".unfinished-"
FORMAT = 1
EVERY = 500
"""After so many blobs a line is said."""


class IncompleteBackupError(VitrinaError):
    """Some blobs could not be copied."""

    status = 500

    def __init__(self, where: Path, digests: Sequence[str]) -> None:
        self.digests = tuple(digests)
        super().__init__(
            f"{len(digests)} blobs of the store are damaged or missing, so {where} is a backup without them; the first "
            f"is {digests[0]}.",
            hint="vitrina store check names what needs them; an older backup may have them: vitrina store check "
            "--repair --from DIR",
        )


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is there."""

    folder: Path
    """Of its database; the blobs are beside it."""

    database: str
    """`sqlite` or `postgresql`."""

    schema: str
    made_at: datetime
    blobs: int
    """How many it refers to."""

    size: int
    """Their bytes."""

    new_blobs: int
    """How many of them no earlier backup in the same folder had."""

    @property
    def name(self) -> str:
        return self.folder.name


def backup(store: Store, folder: Path, *, told: Callable[[str], None] = lambda _line: None) -> Backup:
    """Makes a backup in a folder, which may hold earlier ones; others go on reading and writing.

    Raises IncompleteBackupError, when it is made, if the store has lost blobs.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made_at = store.database.clock()
    name = made_at.strftime("%Y%m%dT%H%M%S.%fZ")
    unfinished = folder / f"{UNFINISHED}{name}"
    with turn(store.database):
        try:
            unfinished.mkdir(mode=0o700)
            told("the database")
            sizes = copies.copy_out(store.database, unfinished)
            new, lost = _copy_blobs(store, folder / BLOBS, sizes, told)
            made = Backup(
                folder=folder / name,
                database=store.database.engine.dialect.name,
                schema=HEAD,
                made_at=made_at,
                blobs=len(sizes),
                size=sum(sizes.values()),
                new_blobs=new,
            )
            _write_about(unfinished, made)
            unfinished.rename(folder / name)
            _sync(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    if lost:
        raise IncompleteBackupError(folder / name, lost)
    return made


def backups(folder: Path) -> list[Backup]:
    """Those in a folder, the oldest first."""
    return [_read_about(path.parent) for path in sorted(folder.glob(f"[0-9]*/{ABOUT}"))]


def restore(
    folder: Path,
    place: Place,
    *,
    clock: Clock,
    name: str | None = None,
    told: Callable[[str], None] = lambda _line: None,
) -> Backup:
    """Makes a store of a backup (`name` None: the newest) in a place where there is none; the database comes last.

    The new store is of the same kind of database. Its blobs lie where the place says; every one is verified.
    """
    chosen = _choose(folder, name)
    database = open_database(place.url, clock=clock)
    try:
        if database.engine.dialect.name != chosen.database:
            raise ConflictError(
                f"The backup {chosen.folder} is of a store in {chosen.database}; {database.where} is another kind.",
                hint="Restore it into its own kind, then move projects: vitrina store export, vitrina store import.",
            )
        with copies.copying_in(database, chosen.folder, schema=chosen.schema) as connection:
            where = places.chosen(place, database)
            digests = sorted(set(connection.scalars(select(BlobRow.digest))))
            _put_back(FilesystemBlobs(folder / BLOBS), places.backend_at(where, database), digests, told)
            connection.execute(update(SettingRow).where(SettingRow.key == settings.BLOBS).values(value=where))
    finally:
        database.close()
    return chosen


def _copy_blobs(
    store: Store, folder: Path, sizes: Mapping[str, int], told: Callable[[str], None]
) -> tuple[int, list[str]]:
    """Copies, verified, what is not there; gives how many were copied, and the digests of those that could not be."""
    kept, copied, lost = FilesystemBlobs(folder), 0, list[str]()
    there = {held.digest: held.size for held in kept.held()}
    for number, (digest, size) in enumerate(sorted(sizes.items()), start=1):
        if number % EVERY == 0:
            told(f"blob {number} of {len(sizes)}")
        if there.get(digest) == size:
            continue
        try:
            _move(store.blobs.backend, kept, digest)
            copied += 1
        except (BlobDamagedError, BlobGoneError):
            lost.append(digest)
    return copied, lost


def _put_back(kept: BlobBackend, backend: BlobBackend, digests: Sequence[str], told: Callable[[str], None]) -> None:
    for number, digest in enumerate(digests, start=1):
        if number % EVERY == 0:
            told(f"blob {number} of {len(digests)}")
        _move(kept, backend, digest)


def _move(source: BlobBackend, target: BlobBackend, digest: str) -> None:
    """By way of a file beside neither: both ends may be anywhere, and both verify."""
    with TemporaryDirectory(prefix="vitrina-") as folder:
        copy = Path(folder) / digest
        source.copy(digest, copy)
        target.put(copy)


def _choose(folder: Path, name: str | None) -> Backup:
    found = backups(folder)
    if not found:
        raise NotFoundError(f"backup in {folder}", hint="Make one: vitrina store backup DIR")
    for one in found:
        if one.name == name:
            return one
    if name is not None:
        there = ", ".join(one.name for one in found)
        raise NotFoundError(f"backup {name} in {folder}", hint=f"There are: {there}")
    return found[-1]


def _write_about(folder: Path, made: Backup) -> None:
    about = asdict(made) | {"format": FORMAT, "made_at": made.made_at.isoformat()}
    del about["folder"]
    with (folder / ABOUT).open("w") as file:
        json.dump(about, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _read_about(folder: Path) -> Backup:
    about = json.loads((folder / ABOUT).read_text())
    if about.pop("format") != FORMAT:
        raise ConflictError(f"The backup {folder} is of a newer Vitrina.", hint="Upgrade this installation.")
    return Backup(**about | {"folder": folder, "made_at": datetime.fromisoformat(about["made_at"])})


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
