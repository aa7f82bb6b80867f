"""From where a store says that its blobs lie to the backend that knows how."""

from __future__ import annotations

from pathlib import Path

from vitrina.store.blobs import BlobBackend
from vitrina.store.blobs.filesystem import FilesystemBlobs
from vitrina.store.engine import Database
from vitrina.store.errors import InvalidError
from vitrina.store.home import BLOBS_FOLDER, Place

S3 = "s3://"


def chosen(place: Place, database: Database) -> str:
    """Where blobs are to lie if the store does not know yet.

    A folder beside an SQLite file in the home is kept as relative, so that the home can be moved as a whole.
    """
    return place.blobs or (BLOBS_FOLDER if database.folder == place.home else str(place.home / BLOBS_FOLDER))


def backend_at(where: str, database: Database) -> BlobBackend:
    """A relative folder counts from the folder of the SQLite file. Raises InvalidError for a place that is none."""

    def clock() -> float:
        return database.clock().timestamp()

    if where.startswith(S3):
        from vitrina.store.blobs.s3 import S3Blobs

        return S3Blobs(where, clock=clock)
    if "://" in where:
        raise InvalidError(
            f"Blobs cannot be kept at {where!r}.",
            hint="Give a folder that every client of this store can reach, or s3://bucket/prefix.",
        )
    folder = Path(where).expanduser()
    return FilesystemBlobs(database.folder / folder if database.folder else folder.absolute(), clock=clock)
