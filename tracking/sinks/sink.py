"""The sink: the seam between log calls and the place where they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from vitrina.store.bundles import Bundle
from vitrina.store.records import App, Run, Version
from vitrina.store.refs import Ref
from vitrina.store.serving import Network
from vitrina.tracking.records import Added, Mark, Record, VersionDraft


class Join(Enum):
    """What to do about the run that a start names."""

    NEW = "a run of this id must not exist"
    RESUME = "if a run of this id exists it is continued, else made"
    EXISTING = "the run (by id, prefix or name) must exist, and stays its owner's to end"


@dataclass(frozen=True, slots=True)
class Start:
    """What is known of a run when it begins. `key` None: a new run with an id of the store's."""

    owner: str
    project: str
    key: str | None = None
    join: Join = Join.NEW
    name: str | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that may be written to."""

    run: Run
    is_ours: bool = True
    """Whether it is ours to end: False where a running run of somebody else's was joined."""

    last_steps: Mapping[str, int] = field(default_factory=dict[str, int])
    """The last step of each metric that it has already."""


@dataclass(frozen=True, slots=True)
class AppEntry:
    """What is to become a revision of an app."""

    name: str
    bundle: Bundle
    title: str = ""
    description: str = ""
    network: Network | None = None


class Sink(Protocol):
    """Keeps what runs log. Thread-safe; its owner calls `close`, and may use it again afterwards.

    The records of a run are kept in the order in which `write` got them, and those of one call of `write` one after the
    other: when it raises, those before the one that failed are kept. What a call has returned from is not lost when
    this process is killed right afterwards. A sink may write behind (keep the records on this machine first and ship
    them later): then the verbs that answer with something from the store (all but `write`) wait, up to a limit of its
    own, until what was written before them has arrived.

    All verbs raise VitrinaError: NotFoundError, InvalidError and ConflictError for what is asked, which then has
    changed nothing; StoreFullError and StoreUnavailableError (not `permanent`) for a store that cannot keep it now.
    Records that come back are snapshots: later writes do not change them.
    """

    @property
    def where(self) -> str:
        """The place, as people write it, without secrets."""
        ...

    def begin(self, start: Start) -> Begun:
        """Makes or joins a run, which is then running. Owner and project that do not exist are made, where they may."""
        ...

    def write(self, run: Run, records: Sequence[Record]) -> None:
        """Keeps records of a run."""
        ...

    def add_version(self, run: Run, draft: VersionDraft) -> Added:
        """Makes a version, and its edge of lineage to or from the run; the same content gives the version it has."""
        ...

    def add_app(self, version: Version, entry: AppEntry) -> App:
        """Makes a revision of an app of a version; one that equals the newest is not made again."""
        ...

    def mark(self, version: Version, mark: Mark) -> Version:
        """Changes what is said of a version, and gives the version as it is then. Raises GateRefusedError."""
        ...

    def delete(self, version: Version, *, reason: str) -> None:
        """Deletes a version. Raises PinnedError where something points to it."""
        ...

    def publish_readme(self, of: Ref, text: str) -> None:
        """Makes a new revision of the README of a project, run, collection or version."""
        ...

    def close(self) -> None:
        """Frees connections and the like, having kept all that was written."""
        ...
