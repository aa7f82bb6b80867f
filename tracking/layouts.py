"""How versions that are no models are laid out in files: a table as Parquet, a reference as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitrina.store import libraries

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


def write_reference(folder: Path, facts: Mapping[str, Any]) -> None:
    """Where the bytes lie and how they are known again; equal facts are equal bytes."""
    text = json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True, default=str)
    (folder / REFERENCE_FILE).write_text(f"{text}\n", encoding="utf-8")
