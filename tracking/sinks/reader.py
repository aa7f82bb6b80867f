"""The reader: the other direction of a sink's place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from vitrina.store.records import Blob, LoggedObject, Page, Point, Run, Version
from vitrina.store.refs import Ref


@dataclass(frozen=True, slots=True)
class Values:
    """The inputs and outputs of a run, by name, each with its type."""

    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]


class Reader(Protocol):
    """Reads what was logged. Thread-safe; every answer is a snapshot, and bytes are verified against their digest.

    All verbs raise NotFoundError for what is not there (or may not be seen), and StoreUnavailableError.
    """

    def find(self, ref: Ref) -> Run | Version:
        """The run or version that a reference names; without a selector the newest release of a collection."""
        ...

    def runs(self, owner: str, project: str, *, after: int | None, limit: int, tag: str | None) -> Page[Run]:
        """The runs of a project, newest first; `after` continues where a page ended, `tag` keeps those that have it."""
        ...

    def values(self, run: Run) -> Values:
        """What went into a run and what came out."""
        ...

    def points(self, run: Run, names: Sequence[str] | None) -> Mapping[str, Sequence[Point]]:
        """The points of metrics in the order of steps; `names` None: of all. A name that there is not is left out."""
        ...

    def histories(
        self, runs: Sequence[Run], names: Sequence[str] | None
    ) -> Mapping[int, Mapping[str, Sequence[Point]]]:
        """As `points`, of many runs at once, by the id of the run."""
        ...

    def search(
        self, query: str, *, project: str | None, fields: str, limit: int | None
    ) -> Iterator[tuple[Run, Mapping[str, Any]]]:
        """The runs that meet a query, in its order, each with the values of the fields (`metrics.auc, params.lr`; None
        where there is none). Raises QueryError at the first."""
        ...

    def objects(self, run: Run) -> Sequence[LoggedObject]:
        """What the run logged, in the order of section, name and step."""
        ...

    def read(self, blob: Blob) -> bytes:
        """All bytes of a blob."""
        ...

    def pull(self, version: Version, folder: Path) -> Sequence[Path]:
        """Writes the files of a version into a folder, which is made; a file that is there already is refused."""
        ...
