"""What a log call writes: frozen records, which a sink keeps in the order in which they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from vitrina.store.checks.check import Result
from vitrina.store.kinds.kind import Taken
from vitrina.store.records import Point, Status, Version
from vitrina.store.refs import Noun
from vitrina.store.signature_change import Change
from vitrina.store.versions import Bump, Stage


@dataclass(frozen=True, slots=True)
class Inputs:
    """Values that went into the run; nested mappings are flattened with `/` where they are kept."""

    values: Mapping[str, Any]
    reset: bool = False
    """Whether all other inputs are dropped first."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Values that came out of the run; as `Inputs`."""

    values: Mapping[str, Any]
    reset: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """Points of series, by the name of the metric."""

    series: Mapping[str, Sequence[Point]]


@dataclass(frozen=True, slots=True)
class Item:
    """A logged object: a chart, an image, a table …"""

    name: str
    section: str
    taken: Taken
    step: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Tags:
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What is said of the run; None leaves a value as it is, `meta` is merged into what there is."""

    name: str | None = None
    description: str | None = None
    progress: float | None = None
    meta: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class StatusMove:
    """The run's next status."""

    status: Status
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Used:
    """The run read a version: an edge of lineage from it to the run."""

    version: Version


Record: TypeAlias = Inputs | Outputs | Points | Item | Tags | About | StatusMove | Used


@dataclass(frozen=True, slots=True)
class Staged:
    """A version gets a stage. `override` is the reason for going on although gates refuse."""

    stage: Stage
    reason: str = ""
    override: str | None = None


@dataclass(frozen=True, slots=True)
class Aliased:
    """A version gets a name, which leaves the version that had it."""

    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """What is to be known of a version is written anew."""

    notes: str


Mark: TypeAlias = Staged | Aliased | Noted


@dataclass(frozen=True, slots=True)
class VersionDraft:
    """What is to become a version of a collection of the run's project."""

    noun: Noun
    name: str
    files: Sequence[tuple[str, Path]]
    """(relative path, file); the files need to be there until the sink has answered."""

    flavour: str | None = None
    signature: Mapping[str, Any] | None = None
    summary: Mapping[str, Any] | None = None
    notes: str = ""
    version: str | None = None
    """The number that it must have; None: the next one."""

    checks: Sequence[Result] = ()
    """What checks found in its data."""

    bump: Bump | None = None
    """Which number is the next; None: what a changed signature asks for, else patch."""

    is_input: bool = False
    """Whether the run used it (an edge to the run) rather than made it (an edge from the run)."""


@dataclass(frozen=True, slots=True)
class Added:
    """What logging a version gave."""

    version: Version
    is_new: bool
    """False: this content existed already, under the number that `version` has."""

    given: Bump | None = None
    """What was asked for, or what the number asked for amounts to; None: nothing was."""

    found: Change | None = None
    """What the change of the signature asks for by itself; None: nothing to compare with."""
