"""Reading straight from a store's database and blobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.opening import Store
from vitrina.store.records import Blob, LoggedObject, Page, Point, Run, Version
from vitrina.store.refs import Ref
from vitrina.store.runs import Io
from vitrina.tracking.sinks.reader import Values


class SqlReader:
    """Reads what is in the store now."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, ref: Ref) -> Run | Version:
        if ref.app is not None or ref.readme:
            raise InvalidError(f"{ref} is neither a run nor a version.", hint=f"Ask for {ref.subject}.")
        found = self._store.find(ref)
        thing = found.run or found.version
        if thing is None and found.collection is not None:
            raise NotFoundError(f"release of {ref}", hint="Ask for its newest version: @latest.")
        if thing is None:
            raise InvalidError(
                f"{ref} is neither a run nor a version.",
                hint="Ask for owner/project/runs/ID or owner/project/models/NAME@1.0.0.",
            )
        return thing

    def runs(self, owner: str, project: str, *, after: int | None, limit: int, tag: str | None) -> Page[Run]:
        return self._store.runs.list(self._store.projects.get(owner, project), after=after, limit=limit, tag=tag)

    def values(self, run: Run) -> Values:
        inputs = self._store.runs.params([run.id], Io.INPUT)[run.id]
        outputs = self._store.runs.params([run.id], Io.OUTPUT)[run.id]
        return Values({param.name: param.value for param in inputs}, {param.name: param.value for param in outputs})

    def points(self, run: Run, names: Sequence[str] | None) -> Mapping[str, Sequence[Point]]:
        series = self._store.metrics.series([run.id])[run.id]
        wanted = {one.id: one.name for one in series if names is None or one.name in names}
        return {wanted[number]: points for number, points in self._store.metrics.points(list(wanted)).items()}

    def histories(
        self, runs: Sequence[Run], names: Sequence[str] | None
    ) -> Mapping[int, Mapping[str, Sequence[Point]]]:
        found: dict[int, dict[str, Sequence[Point]]] = {run.id: {} for run in runs}
        series = [one for many in self._store.metrics.series(list(found)).values() for one in many]
        wanted = [one for one in series if names is None or one.name in names]
        points = self._store.metrics.points([one.id for one in wanted])
        for one in wanted:
            found[one.run_id][one.name] = points[one.id]
        return found

    def search(
        self, query: str, *, project: str | None, fields: str, limit: int | None
    ) -> Iterator[tuple[Run, Mapping[str, Any]]]:
        within = self._store.find(project).project if project is not None else None
        return self._store.search.rows(query, fields=fields, project=within, limit=limit)

    def objects(self, run: Run) -> Sequence[LoggedObject]:
        return self._store.objects.list([run.id])[run.id]

    def read(self, blob: Blob) -> bytes:
        return self._store.blobs.read(blob)

    def pull(self, version: Version, folder: Path) -> Sequence[Path]:
        return self._store.registry.pull(version, folder)
