"""What the store gives out: frozen records, never live rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from vitrina.store.refs import Noun
from vitrina.store.serving import Serving
from vitrina.store.versions import Stage

Item = TypeVar("Item")


class Visibility(StrEnum):
    PUBLIC = "public"
    INTERNAL = "internal"
    PRIVATE = "private"


class Status(StrEnum):
    """Of a run."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"
    CRASHED = "crashed"

    @property
    def is_over(self) -> bool:
        return self is not Status.RUNNING


class ParamKind(StrEnum):
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    TEXT = "text"
    NULL = "null"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list."""

    items: Sequence[Item]
    after: int | None
    """Give it as `after` to get the next page; None: this was the last."""


@dataclass(frozen=True, slots=True)
class User:
    id: int
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Project:
    id: int
    owner: str
    name: str
    title: str
    """Empty: the name serves."""

    description: str
    visibility: Visibility
    created_at: datetime
    updated_at: datetime

    @property
    def ref(self) -> str:
        return f"{self.owner}/{self.name}"


MayRead = Callable[[Project], bool]
"""Whether the reader may read what is in a project. What he may not read is not there for him."""


def everything(_: Project) -> bool:
    """The rights of who owns the store."""
    return True


@dataclass(frozen=True, slots=True)
class Run:
    id: int
    project: Project
    uuid: str
    """The public id."""

    name: str
    description: str
    status: Status
    message: str
    progress: float | None
    meta: Mapping[str, Any]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    by: str | None
    """Name of the user who made it."""

    tags: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        return f"{self.project.ref}/runs/{self.uuid}"

    @property
    def duration_s(self) -> float | None:
        """Seconds from start to end; None while it is not over."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    kind: ParamKind
    value: Any
    """The value with its type; of kind JSON a list or dict."""

    text: str
    """The value as one writes it."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a series. `value` may be NaN or infinite."""

    step: int
    timestamp: float
    """Seconds since 1970, UTC."""

    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """A metric of a run in brief; NaN never counts for first, last, min and max (None: there was nothing else)."""

    id: int
    run_id: int
    name: str
    count: int
    first: float | None
    last: float | None
    min: float | None
    max: float | None
    last_step: int | None


@dataclass(frozen=True, slots=True)
class Blob:
    id: int
    project_id: int
    digest: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class LoggedObject:
    id: int
    run_id: int
    kind: str
    section: str
    name: str
    step: int | None
    at: datetime
    media_type: str
    blob: Blob
    still: Blob | None
    still_media_type: str | None
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Collection:
    id: int
    project: Project
    noun: Noun
    name: str
    title: str
    description: str
    created_at: datetime

    @property
    def ref(self) -> str:
        return f"{self.project.ref}/{self.noun}/{self.name}"


@dataclass(frozen=True, slots=True)
class Version:
    id: int
    collection: Collection
    number: str
    content: str
    size: int
    run_id: int | None
    stage: Stage | None
    aliases: tuple[str, ...]
    flavour: str | None
    signature: Mapping[str, Any] | None
    summary: Mapping[str, Any]
    notes: str
    created_at: datetime
    by: str | None

    @property
    def ref(self) -> str:
        return f"{self.collection.ref}@{self.number}"


@dataclass(frozen=True, slots=True)
class VersionFile:
    path: str
    blob: Blob


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a gate said against a promotion."""

    gate: str
    reason: str


@dataclass(frozen=True, slots=True)
class Override:
    """That a version got a stage although gates refused."""

    reason: str
    """Why it did, in the words of whoever promoted it."""

    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Promotion:
    """An entry of the log of a collection: stages, aliases, notes, deletions."""

    at: datetime
    by: str | None
    number: str
    """Of the version that it is about."""

    kind: str
    """`stage`, `alias`, `notes`, `deleted` or `restored`."""

    name: str | None
    """The stage or alias it got, the text of its notes; None: the stage or alias was taken away, or there is none."""

    before: str | None
    displaced: str | None
    """Number of the version that left production, or the alias."""

    reason: str
    override: Override | None = None
    """The gates that had refused the stage; None: none had."""


@dataclass(frozen=True, slots=True)
class App:
    """An app at one of its revisions."""

    id: int
    revision_id: int
    version: Version
    name: str
    title: str
    description: str
    framework: str
    revision: int
    revisions: int
    """How many there are."""

    label: str
    """First part of the host name of its own origin."""

    entry: str
    cwd: str
    bundle: str
    blob: Blob
    requirements: str
    created_at: datetime
    by: str | None
    serving: Serving = field(default_factory=Serving)

    @property
    def ref(self) -> str:
        return f"{self.version.ref}/apps/{self.name}"


@dataclass(frozen=True, slots=True)
class AppPicture:
    """The picture of an app revision, or why there is none."""

    revision_id: int
    blob: Blob | None
    """A PNG; None: none was taken yet."""

    width: int
    height: int
    """Pixels of the file; 0 without one."""

    taken_at: datetime | None
    reason: str = ""
    """Why the last try to take one failed; empty: it did not."""

    tries: int = 0
    """That failed, in a row."""


class Subject(StrEnum):
    """What a README can be about."""

    PROJECT = "project"
    RUN = "run"
    COLLECTION = "collection"
    VERSION = "version"


@dataclass(frozen=True, slots=True)
class Report:
    """A report or README at one of its revisions."""

    id: int
    project: Project
    subject: Subject
    subject_id: int
    subject_ref: str
    name: str
    """Empty: a README."""

    title: str
    revision_id: int
    revision: int
    text: str
    digest: str
    created_at: datetime
    """When this revision was made."""

    by: str | None

    @property
    def ref(self) -> str:
        return f"{self.project.ref}/reports/{self.name}" if self.name else f"{self.subject_ref}/readme"


@dataclass(frozen=True, slots=True)
class Snapshot:
    number: int
    report_id: int
    revision: int
    content: str
    blob: Blob
    values: Mapping[str, Any]
    created_at: datetime
    by: str | None


class NodeKind(StrEnum):
    """What a lineage edge can join."""

    RUN = "run"
    VERSION = "version"
    APP = "app"
    REPORT = "report"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Node:
    kind: NodeKind
    id: int


@dataclass(frozen=True, slots=True)
class NodeLabel:
    """A node as people see it."""

    node: Node
    ref: str
    title: str
    noun: str
    """run, model, dataset, artifact, app, report or code."""

    remote: str = ""
    """Of code where its repository can be cloned from; empty: not known, or no code."""


@dataclass(frozen=True, slots=True)
class Edge:
    source: NodeLabel
    target: NodeLabel
    relation: str
    """made, used, ran (a commit, as a run), reproduced, serves, cites or gathered (the feedback on a version, as a
    dataset)."""


@dataclass(frozen=True, slots=True)
class Change:
    id: int
    at: datetime
    by: str | None
    action: str
    kind: str
    ref: str
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Running:
    """What a front last said of one of an app's instances."""

    revision_id: int
    front: str
    state: str
    reason: str
    pid: int | None
    log: str
    started_at: datetime | None
    changed_at: datetime
    number: int = 1


@dataclass(frozen=True, slots=True)
class Move:
    """One move in the life of an instance of an app revision, or one step of its start."""

    revision_id: int
    number: int
    state: str
    reason: str
    at: datetime
