"""How versions that are no models are laid out in files: a table as Parquet, a reference as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitrina.store import libraries
from vitrina.store.profile import schema
from vitrina.store.tabular.parts import Form, form_of

TABLE = "table"
"""The flavour of a version that is one table."""

TABLE_FILE = "data.parquet"

SPLITS = "splits"
"""The flavour of a version that is several tables, each a file called after its split."""

REFERENCE = "reference"
"""The flavour of a version whose bytes lie elsewhere."""

REFERENCE_FILE = "reference.json"

FILES = "files"
"""The flavour of a version that is files as a script wrote them."""


def read_table(folder: Path) -> Any:
    """The table of a version as a pandas DataFrame."""
    pandas = libraries.load("pandas", extra="frames", purpose="Loading a table")
    return pandas.read_parquet(folder / TABLE_FILE)


def read_splits(folder: Path) -> dict[str, Any]:
    """The tables of a version as pandas DataFrames, by split."""
    pandas = libraries.load("pandas", extra="frames", purpose="Loading a table")
    forms = {file: form_of(file) for file in sorted(folder.iterdir())}
    return {file.name.partition(".")[0]: _read(pandas, file, form) for file, form in forms.items() if form is not None}


def _read(pandas: Any, file: Path, form: Form) -> Any:
    match form:
        case Form.PARQUET:
            return pandas.read_parquet(file)
        case Form.CSV:
            return pandas.read_csv(file, sep="\t" if ".tsv" in file.suffixes else ",")
        case Form.JSON:
            return pandas.read_json(file, lines=".json" not in file.suffixes)


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
