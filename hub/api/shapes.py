"""The things that the API speaks of, as its schema describes them. Their values are those of the pages' `.json`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from vitrina.apps.life import State
from vitrina.hub.pages import data
from vitrina.hub.pages.app_cards import state_of
from vitrina.store import records
from vitrina.store.records import Status, Visibility
from vitrina.store.serving import Network
from vitrina.store.versions import Stage

Item = TypeVar("Item")


class Thing(BaseModel):
    ref: str = Field(description="The reference, good in code, on the command line, in URLs and in Markdown.")
    kind: str
    url: str = Field(description="Path of its page on this hub.")


class Listing(BaseModel, Generic[Item]):
    items: list[Item]
    after: int | None = Field(
        default=None, description="Give it as `after` to get the next page; null: this was the last."
    )


class Project(Thing):
    title: str
    description: str
    visibility: Visibility
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, thing: records.Project) -> Project:
        return cls.model_validate(data.project(thing))


class Run(Thing):
    name: str
    description: str
    status: Status
    message: str
    progress: float | None = Field(description="From 0 to 1; null: the run does not say.")
    tags: list[str]
    started_at: datetime | None
    finished_at: datetime | None
    by: str | None

    @classmethod
    def of(cls, thing: records.Run) -> Run:
        return cls.model_validate(data.run(thing))


class Series(BaseModel):
    """A metric in brief. Null stands for what is no number; NaN counts for none of these."""

    count: int
    first: float | None
    last: float | None
    min: float | None
    max: float | None
    last_step: int | None


class RunDetail(Run):
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    metrics: dict[str, Series]


class Collection(Thing):
    title: str
    description: str
    created_at: datetime

    @classmethod
    def of(cls, thing: records.Collection) -> Collection:
        return cls.model_validate(data.collection(thing))


class Version(Thing):
    version: str
    stage: Stage | None
    aliases: list[str]
    content: str = Field(description="SHA-256 over paths and digests of its files.")
    size_bytes: int
    flavour: str | None
    signature: dict[str, Any] | None
    summary: dict[str, Any]
    notes: str
    created_at: datetime
    by: str | None

    @classmethod
    def of(cls, thing: records.Version) -> Version:
        return cls.model_validate(data.version(thing))


class File(BaseModel):
    path: str
    digest: str
    size_bytes: int


class VersionDetail(Version):
    files: list[File]


class App(Thing):
    title: str
    description: str
    framework: str
    revision: int
    state: State
    created_at: datetime
    by: str | None

    @classmethod
    def of(cls, thing: records.App, running: records.Running | None) -> App:
        return cls.model_validate(data.app(thing, state_of(running).value))


class Serving(BaseModel):
    """How an app is to be served."""

    model_config = ConfigDict(extra="forbid")

    min_instances: int = Field(description="So many run though nobody comes.")
    max_instances: int = Field(description="At most so many; one more starts when all places are taken.")
    people: int | None = Field(description="Places in one instance; null: any number.")
    idle_minutes: float | None = Field(description="Without anybody until it stops; null: as the hub says.")
    network: Network = Field(description="Whom it may connect to.")
    feedback: bool = Field(False, description="Whether what it records of what people try in it is kept.")
    upload_mb: int | None = Field(None, description="The longest body of a request, in MB; null: as the hub says.")
    picture: bool = Field(True, description="Whether the hub takes pictures of it by itself.")

    @classmethod
    def of(cls, app: records.App) -> Serving:
        return cls.model_validate(data.serving(app.serving))


class Move(BaseModel):
    """One move in the life of an instance, one step of its start, or what a rehearsal of its code said."""

    number: int
    state: State | Literal["rehearsed", "unfit"] = Field(description="The last two: its code ran, or failed.")
    reason: str
    at: datetime


class OneInstance(BaseModel):
    """One instance of an app."""

    number: int
    state: State
    reason: str
    started_at: datetime | None
    changed_at: datetime


class Instance(BaseModel):
    """What runs of an app now; of several instances the one that says most comes first."""

    ref: str
    state: State
    reason: str = Field(description="One line: the step reached while starting, or why it ended.")
    started_at: datetime | None
    changed_at: datetime | None
    instances: list[OneInstance]
    moves: list[Move] = Field(description="The last ones, the newest first.")

    @classmethod
    def of(
        cls,
        app: records.App,
        running: records.Running | None,
        *,
        told: Sequence[records.Running],
        moves: Sequence[records.Move],
    ) -> Instance:
        return cls(
            ref=app.ref,
            instances=[OneInstance.model_validate(one) for one in data.instances(app, told, moves)["instances"]],
            moves=[Move.model_validate(one) for one in data.instances(app, told, moves)["moves"]],
            state=state_of(running),
            reason=running.reason if running is not None else "",
            started_at=running.started_at if running is not None else None,
            changed_at=running.changed_at if running is not None else None,
        )


class Problem(BaseModel):
    """What went wrong (RFC 9457), as `application/problem+json`."""

    type: str
    title: str
    status: int
    detail: str
    hint: str | None = None
    request: str | None = Field(default=None, description="The request's name in the hub's log.")
