"""The file of an exported project: a zip archive that any tool can look into.

    vitrina.json          {"format": "vitrina project", "version": 1, "project": "acme/churn", …}
    rows/<table>.jsonl    a line a row, of the tables of docs/looking-after.md; compressed
    blobs/<sha256>        as they are

What is read may come from anywhere. Nothing is ever written under a name that the archive gives. Every entry has one of
the names above or the file is refused, as it is when an entry would grow out of proportion.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from vitrina.store.errors import InvalidError

FORMAT = "vitrina project"
VERSION = 1
ABOUT = "vitrina.json"

MOST_GROWTH = 200
"""So many times its compressed size may an entry have; rows of real projects have 5 to 30 times."""

FREE_GROWTH = 1 << 20
"""Bytes from which on that is asked."""

LONGEST_LINE = 64 << 20
PIECE = 1 << 20

_ROWS = re.compile(r"rows/([a-z_]{1,64})\.jsonl")
_BLOB = re.compile(r"blobs/([0-9a-f]{64})")


class BadExportError(InvalidError):
    """A file cannot be imported."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(
            f"{file} cannot be imported: {why}. Nothing was.", hint="Export the project again: vitrina store export"
        )


class NewerExportError(InvalidError):
    """A file was written by a newer release."""

    def __init__(self, file: Path, what: str) -> None:
        super().__init__(
            f"{file} was written by a newer Vitrina: {what}. Nothing was imported.",
            hint="Upgrade this installation: pip install --upgrade vitrina",
        )


class Writer:
    """An archive that is being written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def about(self, values: Mapping[str, Any]) -> None:
        said = {"format": FORMAT, "version": VERSION, **values}
        self._archive.writestr(ABOUT, json.dumps(said, indent=1), zipfile.ZIP_DEFLATED)

    def rows(self, table: str, rows: Iterable[Mapping[str, Any]]) -> int:
        count = 0
        with self._entry(f"rows/{table}.jsonl", zipfile.ZIP_DEFLATED) as file:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
                count += 1
        return count

    def blob(self, digest: str, pieces: Iterable[bytes]) -> None:
        with self._entry(f"blobs/{digest}", zipfile.ZIP_STORED) as file:
            for piece in pieces:
                file.write(piece)

    def _entry(self, name: str, how: int) -> IO[bytes]:
        entry = zipfile.ZipInfo(name)
        entry.compress_type = how
        return self._archive.open(entry, "w", force_zip64=True)


@contextmanager
def writing(file: Path) -> Generator[Writer]:
    """The file is there when the block ended well, whole and synced, and else as it was before."""
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        with unfinished.open("wb") as raw:
            with zipfile.ZipFile(raw, "w") as archive:
                yield Writer(archive)
            raw.flush()
            os.fsync(raw.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Reader:
    """An archive whose names and sizes were checked."""

    file: Path
    archive: zipfile.ZipFile
    about: Mapping[str, Any]
    blobs: Mapping[str, int]
    """Size by digest."""

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The lines of a table; nothing when it has none. Raises BadExportError."""
        name = f"rows/{table}.jsonl"
        if name not in self.archive.NameToInfo:
            return
        with self._explained(), self.archive.open(name) as lines:
            while line := lines.readline(LONGEST_LINE):
                if len(line) == LONGEST_LINE:
                    raise BadExportError(self.file, f"a line of {name} is too long")
                yield _object(line, self.file, name)

    def blob(self, digest: str) -> Iterator[bytes]:
        """The bytes; BadExportError after the last one when they are not those of the digest."""
        check = hashlib.sha256()
        with self._explained(), self.archive.open(f"blobs/{digest}") as file:
            while piece := file.read(PIECE):
                check.update(piece)
                yield piece
        if check.hexdigest() != digest:
            raise BadExportError(self.file, f"the blob {digest[:12]} has other bytes than its name says")

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise BadExportError(self.file, f"it is damaged ({error})") from error


@contextmanager
def reading(file: Path) -> Generator[Reader]:
    """Raises BadExportError and NewerExportError before anything of it was used."""
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise BadExportError(file, "it is no exported project, or not all of one") from None
    with archive:
        blobs = _checked_entries(file, archive)
        yield Reader(file, archive, _about(file, archive), blobs)


def tables_in(reader: Reader) -> list[str]:
    """The tables of which it has rows."""
    return [found[1] for name in reader.archive.namelist() if (found := _ROWS.fullmatch(name))]


def _checked_entries(file: Path, archive: zipfile.ZipFile) -> dict[str, int]:
    blobs, names = dict[str, int](), set[str]()
    for entry in archive.infolist():
        if entry.filename in names:
            raise BadExportError(file, f"it has {entry.filename!r} twice")
        names.add(entry.filename)
        if entry.file_size > FREE_GROWTH and entry.file_size > MOST_GROWTH * entry.compress_size:
            raise BadExportError(
                file, f"{entry.filename!r} would grow from {entry.compress_size} to {entry.file_size} bytes"
            )
        if found := _BLOB.fullmatch(entry.filename):
            blobs[found[1]] = entry.file_size
        elif entry.filename != ABOUT and not _ROWS.fullmatch(entry.filename):
            raise BadExportError(file, f"it holds {entry.filename!r}, which no exported project does")
    if sum(entry.compress_size for entry in archive.infolist()) > file.stat().st_size:
        raise BadExportError(file, "its entries lie over each other")
    return blobs


def _about(file: Path, archive: zipfile.ZipFile) -> Mapping[str, Any]:
    if ABOUT not in archive.NameToInfo or archive.NameToInfo[ABOUT].file_size > FREE_GROWTH:
        raise BadExportError(file, "it is no exported project")
    about = _object(archive.read(ABOUT), file, ABOUT)
    if about.get("format") != FORMAT or not isinstance(about.get("version"), int):
        raise BadExportError(file, "it is no exported project")
    if about["version"] > VERSION:
        raise NewerExportError(file, f"its format is {about['version']}, and this release reads {VERSION}")
    return about


def _object(line: bytes, file: Path, name: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadExportError(file, f"{name} holds what is no JSON") from error
    if not isinstance(found, dict):
        raise BadExportError(file, f"{name} holds what is no object")
    return cast("dict[str, Any]", found)
