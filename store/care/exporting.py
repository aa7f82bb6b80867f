"""Writing a project with all that is in it into one file, whatever the database."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from vitrina import __version__
from vitrina.store.care import archive
from vitrina.store.care.referring import BLOBS
from vitrina.store.care.scope import PROJECTS, Part, parts, rows
from vitrina.store.care.turn import turn
from vitrina.store.migrations import HEAD
from vitrina.store.opening import Store
from vitrina.store.records import Project
from vitrina.store.schema.people import UserRow

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Exported:
    """What a file holds."""

    ref: str
    rows: int
    blobs: int
    size: int
    """Bytes of the blobs."""


def export(store: Store, project: Project, file: Path, *, told: Callable[[str], None] = lambda _line: None) -> Exported:
    """Writes a project as it is at one moment; what was deleted is left out, but for tombstones of versions.

    The file replaces one of that name when it is complete. Raises BlobDamagedError and BlobGoneError when the store has
    lost a blob; then there is none.
    """
    with turn(store.database), archive.writing(file) as writer:
        writer.about(
            {
                "project": project.ref,
                "exported_at": store.database.clock().isoformat(),
                "release": __version__,
                "schema": HEAD,
            }
        )
        count, sizes = 0, dict[str, int]()
        with store.database.reading() as connection:
            makers = {row.id: row.name for row in connection.execute(select(UserRow.id, UserRow.name))}
            for part in parts():
                told(part.name.replace("_", " "))
                found = _rows(connection, part, project.id, makers)
                count += writer.rows(part.name, _noting(found, sizes) if part.table is BLOBS else found)
        for number, digest in enumerate(sorted(sizes), start=1):
            if number % CHUNK == 0:
                told(f"blob {number} of {len(sizes)}")
            writer.blob(digest, store.blobs.backend.stream(digest))
    return Exported(project.ref, count, len(sizes), sum(sizes.values()))


def _rows(connection: Connection, part: Part, project_id: int, makers: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    found = connection.execute(rows(part, project_id).execution_options(yield_per=CHUNK))
    left_out = {"owner_id", "visibility"} if part.table is PROJECTS else set[str]()
    for row in found.mappings():
        values = {name: _plain(value) for name, value in row.items() if name not in left_out}
        yield values | {name: makers.get(row[name]) for name in part.makers}


def _noting(found: Iterator[dict[str, Any]], sizes: dict[str, int]) -> Iterator[dict[str, Any]]:
    for row in found:
        sizes[row["digest"]] = row["size"]
        yield row


def _plain(value: Any) -> Any:
    """As JSON has it; infinities, which it has not, as text."""
    match value:
        case float() if math.isinf(value):
            return "inf" if value > 0 else "-inf"
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case _:
            return value
