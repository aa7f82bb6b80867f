"""Any other file: its name, its size and its digest."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitrina.store.kinds.files import head_of
from vitrina.store.kinds.kind import KindError, Section, Taken
from vitrina.store.views import Column, TableView, TextView, View

NAME = "file"
SECTION = Section.FILES
TAKES = "the path of a file, or bytes"

ANY = "application/octet-stream"
LONGEST_TEXT = 100_000
"""Bytes of a text file that are shown; a longer one is to be downloaded."""

LANGUAGES = {
    ".py": "python",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".toml": "toml",
    ".sh": "bash",
    ".sql": "sql",
    ".r": "r",
    ".js": "javascript",
    ".css": "css",
    ".xml": "xml",
    ".html": "html",
    ".ini": "ini",
    ".cfg": "ini",
}
PLAIN = (".txt", ".csv", ".tsv", ".log", ".md", ".jsonl")


def claims(value: object) -> bool:
    return isinstance(value, (Path, bytes))


def take(value: object, *, name: str | None = None) -> Taken:
    """`name` is the file's name, needed for bytes to be more than "data"."""
    match value:
        case str() | Path():
            return _of_path(Path(value), name)
        case bytes() | bytearray():
            return _taken(bytes(value), name or "data", len(value), hashlib.sha256(value).hexdigest())
        case _:
            raise KindError("it is neither a path nor bytes")


def view(summary: Mapping[str, Any], payload: bytes) -> View:
    suffix = Path(str(summary.get("name", ""))).suffix.lower()
    if suffix in (*LANGUAGES, *PLAIN) and len(payload) <= LONGEST_TEXT:
        language = LANGUAGES.get(suffix)
        return TextView(payload.decode(errors="replace"), "code" if language else "plain", language)
    facts = ("name", "name"), ("size_bytes", "size, bytes"), ("media_type", "type"), ("sha256", "SHA-256")
    rows = tuple((word, str(summary.get(key, ""))) for key, word in facts)
    return TableView((Column("fact", "text"), Column("value", "text")), rows, len(rows))


def _of_path(path: Path, name: str | None) -> Taken:
    if path.is_dir():
        raise KindError(f"{path} is a folder", hint="Give a file, or log the folder as an artifact.")
    head_of(path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return _taken(path, name or path.name, path.stat().st_size, digest)


def _taken(payload: bytes | Path, name: str, size: int, digest: str) -> Taken:
    media_type = mimetypes.guess_type(name)[0] or ANY
    summary = {"name": name, "size_bytes": size, "media_type": media_type, "sha256": digest}
    return Taken(NAME, payload, media_type, Path(name).suffix, summary)
