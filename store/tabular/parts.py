"""Which files hold the rows of a dataset, and how they are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePath

WHOLE = ""
"""The name of the one part of data that has no splits."""


class Form(Enum):
    """How rows are written, and the DuckDB function that reads them."""

    CSV = "read_csv"
    PARQUET = "read_parquet"
    JSON = "read_json"


FORMS = {
    ".csv": Form.CSV,
    ".tsv": Form.CSV,
    ".parquet": Form.PARQUET,
    ".pq": Form.PARQUET,
    ".jsonl": Form.JSON,
    ".ndjson": Form.JSON,
    ".json": Form.JSON,
}
SPLIT_NAMES = frozenset({"train", "training", "valid", "validation", "val", "dev", "test", "testing", "holdout"})
"""Files or folders of a folder that are all called so are its splits."""

PACKED = frozenset({".gz", ".zst"})
"""Endings after that of a text form which DuckDB unpacks as it reads."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows with one set of columns: the whole of a dataset, or one of its splits."""

    name: str
    """WHOLE, or the name of the split: train, valid, test …"""

    files: tuple[str, ...]
    form: Form


def form_of(path: PurePath) -> Form | None:
    """By the ending of a file's name; None: no table that we read."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if suffixes and suffixes[-1] in PACKED:
        found = FORMS.get(suffixes[0]) if len(suffixes) == 2 else None
        return found if found in {Form.CSV, Form.JSON} else None
    return FORMS.get(suffixes[-1]) if suffixes else None


def part_of(files: Iterable[Path], *, name: str = WHOLE) -> Part | None:
    """The part that files of one form make up together; None when one of them is no table, or of another form."""
    found = sorted(files)
    forms = {form_of(file) for file in found}
    if len(forms) != 1 or (form := forms.pop()) is None:
        return None
    return Part(name, tuple(str(file) for file in found), form)


def names_of(parts: Sequence[Part]) -> tuple[str, ...]:
    """The names of splits; none of data that has none."""
    return tuple(part.name for part in parts if part.name != WHOLE)


def parts_in(files: Sequence[tuple[str, Path]], *, are_splits: bool = False) -> tuple[Part, ...]:
    """The parts of the files of a dataset, given with their relative paths: its splits where its files or folders are
    all called so (or are said to be), else one table; empty: it is none."""
    by_name: dict[str, list[Path]] = {}
    for name, file in files:
        by_name.setdefault(PurePath(name).parts[0].partition(".")[0].lower(), []).append(file)
    if are_splits or (len(by_name) > 1 and SPLIT_NAMES.issuperset(by_name)):
        parts = [part_of(found, name=name) for name, found in by_name.items()]
        return () if None in parts else tuple(part for part in parts if part is not None)
    whole = part_of(file for _, file in files)
    return (whole,) if whole is not None else ()
