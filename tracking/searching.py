"""Searching what was logged, from code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vitrina.store import libraries
from vitrina.store.records import Point, Run
from vitrina.tracking.connections import Connection
from vitrina.tracking.reading import RunHandle
from vitrina.tracking.recorder import Here, connection_of

PURPOSE = "A table of what a search found"


@dataclass(frozen=True)
class Found:
    """The runs that a query finds, asked for page by page as one goes; each loop and each table asks anew."""

    query: str
    connection: Connection
    project: str | None = None
    """`owner/name`; None: in every project."""

    limit: int | None = None
    """None: to the end."""

    def __iter__(self) -> Iterator[RunHandle]:
        for run, _ in self._rows(""):
            yield RunHandle(run, self.connection)

    def get_metrics(self, names: Sequence[str] | str | None = None) -> Mapping[str, Mapping[str, Sequence[Point]]]:
        """The points of metrics by reference of the run and name, of all runs at once; `names` None: all metrics."""
        wanted = [names] if isinstance(names, str) else names
        runs = [run for run, _ in self._rows("")]
        points = self.connection.reader.histories(runs, wanted)
        return {run.ref: points[run.id] for run in runs}

    def to_pandas(self, fields: Sequence[str] | str = ()) -> Any:
        """A pandas DataFrame, one row a run: ref, name, status, tags, started_at, finished_at, user, then the fields
        that are asked for, such as `["metrics.auc", "params.lr"]`."""
        pandas = libraries.load("pandas", extra="frames", purpose=PURPOSE)
        return pandas.DataFrame(self._records(fields))

    def to_arrow(self, fields: Sequence[str] | str = ()) -> Any:
        """The same as a `pyarrow.Table`. A field that holds numbers in some runs and text in others is text in all."""
        arrow = libraries.load("pyarrow", extra="frames", purpose=PURPOSE)
        records = self._records(fields)
        names = list(records[0]) if records else []
        columns = {name: [record[name] for record in records] for name in names}
        return arrow.table({name: _alike(values) for name, values in columns.items()})

    def _records(self, fields: Sequence[str] | str) -> list[dict[str, Any]]:
        listed = fields if isinstance(fields, str) else ", ".join(fields)
        return [{**_about(run), **values} for run, values in self._rows(listed)]

    def _rows(self, fields: str) -> Iterator[tuple[Run, Mapping[str, Any]]]:
        return self.connection.reader.search(self.query, project=self.project, fields=fields, limit=self.limit)


def search(here: Here, query: str = "", *, project: str | None = None, limit: int | None = None) -> Found:
    """The runs that meet a query (docs/search.md): `for run in tracking.search("metrics.auc > 0.9")`.

    `project` is `owner/name`, None: every project; `limit` None: all of them. What is wrong with the query is said when
    the first run is asked for: QueryError, with the column.
    """
    return Found(query, connection_of(here), project, limit)


def _about(run: Run) -> dict[str, Any]:
    return {
        "ref": run.ref,
        "name": run.name,
        "status": run.status.value,
        "tags": list(run.tags),
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "user": run.by,
    }


def _alike(values: list[Any]) -> list[Any]:
    """Values that Arrow can put into one column."""
    kinds = {_kind(value) for value in values if value is not None}
    if len(kinds) <= 1:
        return values
    return [None if value is None else str(value) for value in values]


def _kind(value: object) -> type:
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)
