"""What a document needs of the store, fetched in batches: first all things are named, then each question is asked once
for all of them. Ten charts of ten runs cost as many queries as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from vitrina.reports.queries import MOST_RUNS
from vitrina.store import kinds
from vitrina.store.errors import InvalidError, VitrinaError
from vitrina.store.lookup import Found
from vitrina.store.opening import Store
from vitrina.store.records import (
    App,
    AppPicture,
    Collection,
    Edge,
    LoggedObject,
    MayRead,
    Node,
    NodeKind,
    Param,
    Point,
    Project,
    Run,
    Series,
    Version,
    everything,
)
from vitrina.store.refs import Ref
from vitrina.store.runs import Io
from vitrina.store.views import View

LARGEST_OBJECT = 20_000_000
"""Bytes of a logged object that a document shows; more would not fit into a page anyway."""

SLICES = 240
"""A series is asked for at this width: up to four points a slice, so that no spike is lost."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a document, and where it stands."""

    store: Store
    may_read: MayRead = everything
    """What the reader may not read is not there for him, in the same words as what never was."""

    home: Ref | None = None
    """What the text is about: the project of a report, the version of a version's README. `#charts/roc` is a part of
    it, and queries that name no project are about its project. None: the text stands nowhere."""


class Batch(Generic[Item]):
    """Loads something for many ids at once, at the first question for one of them."""

    def __init__(self, load: Callable[[Sequence[int]], Mapping[int, Item]]) -> None:
        self._load = load
        self._loaded: dict[int, Item] = {}
        self._expected: dict[int, None] = {}

    def expect(self, number: int) -> None:
        """Says that `number` will be asked for."""
        if number not in self._loaded:
            self._expected[number] = None

    def get(self, number: int) -> Item | None:
        """None where the store has nothing for it."""
        self.expect(number)
        if number in self._expected:
            self._loaded.update(self._load(list(self._expected)))
            self._expected.clear()
        return self._loaded.get(number)


@dataclass
class Shelf:
    """The things of one document, for the time in which it is resolved. Not for several threads."""

    reader: Reader
    _found: dict[str, Found | VitrinaError] = field(default_factory=dict[str, "Found | VitrinaError"])

    def __post_init__(self) -> None:
        store = self.reader.store
        self._runs = Batch(store.runs.by_ids)
        self._objects = Batch(store.objects.list)
        self._series = Batch(store.metrics.series)
        self._inputs = Batch(store.runs.params)
        self._outputs = Batch(lambda ids: store.runs.params(ids, Io.OUTPUT))
        self._apps = Batch(store.apps.of_versions)
        self._pictures = Batch(store.pictures.of_revisions)
        self._versions = Batch(store.registry.versions)
        self._edges = Batch(self._edges_of)

    def find(self, ref: Ref) -> Found:
        """What a reference names, looked up once; raises NotFoundError and other errors of the store."""
        known = self._found.get(ref.path)
        if known is None:
            known = self._look_up(ref)
            self._found[ref.path] = known
        if isinstance(known, VitrinaError):
            raise known
        return known

    def project(self, named: Ref | None) -> Project:
        """The project that a query is about: the one it names, else that of the text."""
        ref = named or self.reader.home
        if ref is None:
            raise InvalidError("The text belongs to no project.", hint="Name one: `project: owner/name`.")
        return self.find(Ref(ref.owner, ref.project)).project

    def run(self, number: int) -> Run:
        found = self._runs.get(number)
        if found is None:
            raise InvalidError("The run that logged this was deleted.")
        return found

    def objects(self, run_id: int) -> Sequence[LoggedObject]:
        """In the order of section, name and step."""
        return self._objects.get(run_id) or ()

    def series(self, run_id: int) -> dict[str, Series]:
        return {one.name: one for one in self._series.get(run_id) or ()}

    def inputs(self, run_id: int) -> dict[str, Param]:
        return {one.name: one for one in self._inputs.get(run_id) or ()}

    def outputs(self, run_id: int) -> dict[str, Param]:
        return {one.name: one for one in self._outputs.get(run_id) or ()}

    def apps(self, version: Version) -> Sequence[App]:
        return self._apps.get(version.id) or ()

    def picture(self, app: App) -> AppPicture | None:
        """None where no picture of this revision was tried."""
        return self._pictures.get(app.revision_id)

    def versions(self, collection: Collection) -> Sequence[Version]:
        """The highest first."""
        return self._versions.get(collection.id) or ()

    def edges(self, run_id: int) -> Sequence[Edge]:
        """The lineage that ends or begins at a run."""
        return self._edges.get(run_id) or ()

    def runs_of(self, project: Project, tag: str | None) -> list[Run]:
        """The newest runs of a project, of which all that is loaded by run is expected at once."""
        page = self.reader.store.runs.list(project, limit=MOST_RUNS, tag=tag)
        for run in page.items:
            self.expect_run(run.id)
        return list(page.items)

    def points(self, series: Sequence[Series]) -> dict[int, list[Point]]:
        """The points of several series, in one query."""
        return self.reader.store.metrics.points([one.id for one in series], width=SLICES)

    def payload(self, item: LoggedObject) -> bytes:
        """Raises InvalidError for one too large to show."""
        if item.blob.size > LARGEST_OBJECT:
            size, most = item.blob.size / 1e6, LARGEST_OBJECT // 1_000_000
            raise InvalidError(f"{item.name} is {size:.0f} MB large; {most} MB is the most that is shown.")
        return self.reader.store.blobs.read(item.blob)

    def view(self, item: LoggedObject) -> View:
        return kinds.view(item.kind, item.summary, self.payload(item))

    def expect_run(self, number: int) -> None:
        """All that is kept by run will be asked for this one."""
        for batch in (self._runs, self._objects, self._series, self._inputs, self._outputs, self._edges):
            batch.expect(number)

    def _look_up(self, ref: Ref) -> Found | VitrinaError:
        try:
            found = self.reader.store.find(ref, may_read=self.reader.may_read)
        except VitrinaError as error:
            return error
        if found.run_id is not None:
            self.expect_run(found.run_id)
        if found.collection is not None:
            self._versions.expect(found.collection.id)
        if found.version is not None:
            self._apps.expect(found.version.id)
        if found.app is not None:
            self._pictures.expect(found.app.revision_id)
        return found

    def _edges_of(self, run_ids: Sequence[int]) -> dict[int, list[Edge]]:
        found: dict[int, list[Edge]] = {number: [] for number in run_ids}
        nodes = [Node(NodeKind.RUN, number) for number in run_ids]
        for edge in self.reader.store.lineage.around(nodes, may_read=self.reader.may_read):
            for end in (edge.source.node, edge.target.node):
                if end.kind is NodeKind.RUN and end.id in found:
                    found[end.id].append(edge)
        return found


def newest_object(objects: Sequence[LoggedObject], section: str, name: str) -> LoggedObject | None:
    """The object of that name at its highest step, of these the one logged last: the one that is shown."""
    same = [one for one in objects if one.section == section and one.name == name]
    return max(same, key=lambda one: (one.step if one.step is not None else -1, one.id), default=None)


def names_in(objects: Sequence[LoggedObject], section: str) -> list[str]:
    return sorted({one.name for one in objects if one.section == section})
