"""Two versions of a dataset beside each other: schema and drift by their profiles, rows where both have their data."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrina.store.content import files_below
from vitrina.store.drift import Change, ColumnDrift, drift
from vitrina.store.errors import InvalidError
from vitrina.store.records import Version
from vitrina.store.refs import Noun
from vitrina.store.tabular.comparing import Rows, compare
from vitrina.store.tabular.parts import Part, parts_in

SPLITS = "splits"
"""The flavour of a version whose files are called after its splits."""

Pull = Callable[[Version, Path], object]
"""Writes the files of a version into a folder."""


@dataclass(frozen=True, slots=True)
class DatasetDiff:
    before: str
    after: str
    """References."""

    columns: Sequence[ColumnDrift]
    """What changed most first."""

    rows: Rows | None
    """None: the rows of one of the two are not in the store, or no table."""

    @property
    def schema(self) -> list[ColumnDrift]:
        """The columns that came, went or have another type."""
        return [column for column in self.columns if column.change is not Change.KEPT]

    def as_dict(self) -> dict[str, Any]:
        return {
            "before": self.before,
            "after": self.after,
            "columns": [column.as_dict() for column in self.columns],
            "rows": self.rows.as_dict() if self.rows is not None else None,
        }


def diff(before: Version, after: Version, *, pull: Pull, key: Sequence[str] | None = None) -> DatasetDiff:
    """What became of a dataset. Its rows are read here, within a limit of memory; `key` None looks for one.

    Raises InvalidError for what is no dataset, and for a key that does not tell rows apart.
    """
    for version in (before, after):
        if version.collection.noun is not Noun.DATASET:
            raise InvalidError(f"{version.ref} is no dataset.", hint="Compare models with: vitrina compare REF REF.")
    columns = drift(before.summary.get("profile") or {}, after.summary.get("profile") or {})
    with tempfile.TemporaryDirectory(prefix="vitrina-", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        (root / "spill").mkdir()
        old, new = _pulled(before, root / "before", pull), _pulled(after, root / "after", pull)
        rows = compare(old, new, key=key, spill=root / "spill") if old and new else None
    return DatasetDiff(before.ref, after.ref, columns, rows)


def _pulled(version: Version, folder: Path, pull: Pull) -> tuple[Part, ...]:
    """The tables of a version; empty: it has none. A reference has a file that only says where they lie."""
    if version.flavour == "reference":
        return ()
    pull(version, folder)
    return parts_in(files_below(folder), are_splits=version.flavour == SPLITS)
