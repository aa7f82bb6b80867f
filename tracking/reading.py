"""Reading back: runs, their values, series and objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

from vitrina.store import libraries
from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.records import LoggedObject, Point, Run, Status, Version
from vitrina.store.refs import parse_ref
from vitrina.tracking.connections import Connection
from vitrina.tracking.recorder import Here, NoRunError, Recorder, connection_of
from vitrina.tracking.settings import read_settings
from vitrina.tracking.versions import VersionHandle

PAGE = 100
"""Runs asked for at a time."""


class Readable(Protocol):
    """A run to read from: one that is going on, or one of the store's."""

    @property
    def record(self) -> Run: ...

    @property
    def connection(self) -> Connection: ...


def get_inputs(run: Readable) -> Mapping[str, Any]:
    """What went into the run, by name, each value with its type."""
    return run.connection.reader.values(run.record).inputs


def get_outputs(run: Readable) -> Mapping[str, Any]:
    """What came out of the run, by name, each value with its type."""
    return run.connection.reader.values(run.record).outputs


def get_metrics(run: Readable, names: Sequence[str] | str | None = None) -> Mapping[str, Sequence[Point]]:
    """The points of metrics, by name, in the order of steps: each has `step`, `timestamp` (seconds since 1970) and
    `value`. `names` None: all metrics; a name that there is not is left out."""
    wanted = [names] if isinstance(names, str) else names
    return run.connection.reader.points(run.record, wanted)


def get_metrics_as_tidy_df(run: Readable, names: Sequence[str] | str | None = None) -> Any:
    """The points of metrics as a pandas DataFrame, one row a point: name, step, timestamp, value."""
    columns = ("name", "step", "timestamp", "value")
    rows = [
        (name, point.step, point.timestamp, point.value)
        for name, points in get_metrics(run, names).items()
        for point in points
    ]
    return _pandas().DataFrame(rows, columns=columns)


def get_metrics_as_wide_df(run: Readable, names: Sequence[str] | str | None = None) -> Any:
    """The points of metrics as a pandas DataFrame, one row a step and one column a metric; of points at one step the
    last."""
    series = {name: {point.step: point.value for point in points} for name, points in get_metrics(run, names).items()}
    return _pandas().DataFrame(series).sort_index().rename_axis("step")


def get_objects(run: Readable) -> Sequence[LoggedObject]:
    """What the run logged to look at: each with its `section`, `name`, `step`, `kind` and `summary`."""
    return run.connection.reader.objects(run.record)


def get_artifact(run: Readable, path: str, *, step: int | None = None) -> bytes:
    """The bytes of a logged object by section and name: `charts/roc`. `step` None: the newest of the highest step."""
    section, _, name = path.partition("/")
    found = [one for one in get_objects(run) if (one.section, one.name) == (section, name)]
    wanted = [one for one in found if step is None or one.step == step]
    if not wanted:
        there = ", ".join(dict.fromkeys(f"{one.section}/{one.name}" for one in get_objects(run)))
        raise NotFoundError(f"object {path!r} in {run.record.ref}", hint=f"There is {there or 'none at all'}.")
    newest = max(wanted, key=lambda one: (-1 if one.step is None else one.step, one.id))
    return run.connection.reader.read(newest.blob)


@dataclass(frozen=True)
class RunHandle:
    """A run to read. It does not change: ask again for what was logged since."""

    record: Run
    connection: Connection

    get_inputs = get_inputs
    get_outputs = get_outputs
    get_metrics = get_metrics
    get_metrics_as_tidy_df = get_metrics_as_tidy_df
    get_metrics_as_wide_df = get_metrics_as_wide_df
    get_objects = get_objects
    get_artifact = get_artifact

    @property
    def ref(self) -> str:
        """`owner/project/runs/ID`."""
        return self.record.ref

    @property
    def uuid(self) -> str:
        return self.record.uuid

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def status(self) -> Status:
        return self.record.status

    @property
    def message(self) -> str:
        """Why the status is what it is; empty: nothing to say."""
        return self.record.message

    @property
    def tags(self) -> tuple[str, ...]:
        return self.record.tags

    @property
    def meta(self) -> Mapping[str, Any]:
        return self.record.meta

    @property
    def created_at(self) -> datetime:
        return self.record.created_at

    def __repr__(self) -> str:
        return f"<run {self.ref} {self.status}>"


def get(here: Here, ref: str) -> RunHandle | VersionHandle:
    """The run or version that a reference (or the hub's address of its page) names.

    A version that is fetched, loaded or pulled while a run is going on is one that the run used, unless the run made
    it: an edge of lineage says so. Raises BadReferenceError and NotFoundError.
    """
    connection = connection_of(here)
    found = connection.reader.find(parse_ref(ref))
    if isinstance(found, Run):
        return RunHandle(found, connection)
    if isinstance(here, Recorder) and not here.is_over:
        here.use(found)
    return VersionHandle(found, connection)


def get_version(here: Here, ref: str) -> VersionHandle:
    """As `get`, for versions only. Raises InvalidError for the reference of a run."""
    found = get(here, ref)
    if isinstance(found, RunHandle):
        raise InvalidError(f"{ref} is a run.", hint="Use get_run, or give owner/project/models/NAME@1.0.0.")
    return found


def get_run(here: Here, ref: str | None = None) -> RunHandle:
    """A run to read; `ref` None: the current one. Raises InvalidError for the reference of a version."""
    connection = connection_of(here)
    found = connection.reader.find(parse_ref(ref if ref is not None else _ref_of(here)))
    if isinstance(found, Version):
        raise InvalidError(f"{ref} is a version.", hint="Use get, or give owner/project/runs/ID.")
    return RunHandle(found, connection)


def get_runs(
    here: Here, project: str | None = None, *, limit: int | None = None, tag: str | None = None
) -> list[RunHandle]:
    """The runs of a project, newest first; `project` None: that of the run, else of VITRINA_PROJECT.

    `limit` None: all; `tag` keeps those that have it.
    """
    connection = connection_of(here)
    return [RunHandle(run, connection) for run in islice(_runs(here, project, tag), limit)]


def _ref_of(here: Here) -> str:
    if isinstance(here, Recorder):
        return here.ref
    raise NoRunError


def _runs(here: Here, project: str | None, tag: str | None) -> Iterator[Run]:
    """Page after page, as far as the caller goes."""
    if project is None and isinstance(here, Recorder):
        owner, name = here.record.project.owner, here.record.project.name
    else:
        settings = read_settings(project=project)
        owner, name = settings.owner, settings.project
    after: int | None = None
    while True:
        page = connection_of(here).reader.runs(owner, name, after=after, limit=PAGE, tag=tag)
        yield from page.items
        if page.after is None:
            return
        after = page.after


def _pandas() -> Any:
    return libraries.load("pandas", extra="frames", purpose="A data frame of metrics")
