"""Files over all sides, told apart by digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from vitrina.store.records import VersionFile


class FileChange(StrEnum):
    """What became of a file, from the first side to another."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    ABSENT = "absent"
    """In neither of the two."""


@dataclass(frozen=True, slots=True)
class ComparedFile:
    path: str
    files: tuple[VersionFile | None, ...]
    """One a side; None: it is not there."""

    changes: tuple[FileChange, ...]
    """For each side after the first."""

    @property
    def differs(self) -> bool:
        return any(change not in {FileChange.SAME, FileChange.ABSENT} for change in self.changes)


def files(sides: Sequence[Mapping[str, VersionFile]]) -> list[ComparedFile]:
    """Every file of any side, in the order of paths."""
    compared: list[ComparedFile] = []
    for path in sorted({path for side in sides for path in side}):
        first, *others = (side.get(path) for side in sides)
        changes = tuple(_change(first, other) for other in others)
        compared.append(ComparedFile(path, (first, *others), changes))
    return compared


def _change(before: VersionFile | None, after: VersionFile | None) -> FileChange:
    match before, after:
        case None, None:
            return FileChange.ABSENT
        case None, _:
            return FileChange.ADDED
        case _, None:
            return FileChange.REMOVED
        case VersionFile(), VersionFile():
            return FileChange.SAME if before.blob.digest == after.blob.digest else FileChange.CHANGED
