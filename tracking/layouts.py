"""How versions that are no models are laid out in files: a table as Parquet, a reference as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitrina.store import libraries
from vitrina.store.profile import schema

TABLE = "table"
"""The flavour of a version that is one table."""

TABLE_FILE = "data.parquet"

REFERENCE = "reference"
"""The flavour of a version whose bytes lie elsewhere."""

REFERENCE_FILE = "reference.json"

FILES = "files"
"""The flavour of a version that is files as a script wrote them."""


def read_table(folder: Path) -> Any:
    """The table of a version as a pandas DataFrame."""
    pandas = libraries.load("pandas", extra="frames", purpose="Loading a table")
    return pandas.read_parquet(folder / TABLE_FILE)


def columns_of(folder: Path) -> list[dict[str, Any]]:
    """The schema of the table that lies in a folder: name, type and kind of each column, and whether it has gaps."""
    parquet = libraries.load("pyarrow.parquet", extra="frames", purpose="A table")
    return schema(parquet.read_table(folder / TABLE_FILE))


def write_table(folder: Path, payload: bytes) -> list[tuple[str, Path]]:
    """The files of a version that is a table."""
    (folder / TABLE_FILE).write_bytes(payload)
    return [(TABLE_FILE, folder / TABLE_FILE)]


def write_reference(folder: Path, facts: Mapping[str, Any]) -> list[tuple[str, Path]]:
    """The files of a version that says where bytes lie and how they are known again; equal facts are equal bytes."""
    text = json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True, default=str)
    (folder / REFERENCE_FILE).write_text(f"{text}\n", encoding="utf-8")
    return [(REFERENCE_FILE, folder / REFERENCE_FILE)]
