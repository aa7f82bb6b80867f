"""A query as a typed tree. It knows fields and values, and nothing of SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


class Kind(StrEnum):
    """What is searched."""

    RUNS = "runs"
    MODELS = "models"
    DATASETS = "datasets"
    ARTIFACTS = "artifacts"
    VERSIONS = "versions"
    """Of models, datasets and artifacts alike; `noun` tells them apart."""

    REPORTS = "reports"

    @property
    def is_collections(self) -> bool:
        return self in {Kind.MODELS, Kind.DATASETS, Kind.ARTIFACTS}


class Section(StrEnum):
    """Where a field lies; the value is the word that queries use."""

    ATTRIBUTE = "attributes"
    METRIC = "metrics"
    INPUT = "params"
    OUTPUT = "outputs"
    TAG = "tags"
    DATASET = "datasets"


class Aggregate(StrEnum):
    """Which number of a metric."""

    FIRST = "first"
    LAST = "last"
    MIN = "min"
    MAX = "max"


class Type(StrEnum):
    """What a field holds, and so what it can be compared with."""

    NUMBER = "a number"
    TEXT = "text"
    MIXED = "a value of any type"
    TIME = "a time"
    DURATION = "a duration"
    VERSION = "a version"


@dataclass(frozen=True, slots=True)
class Field:
    section: Section
    name: str
    type: Type
    aggregate: Aggregate = Aggregate.LAST
    """Of a metric."""

    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Boolean:
    value: bool
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, `1h30m`; beside a field of time it counts from now, `-7d`."""

    seconds: float
    column: int = field(default=1, compare=False)


Value: TypeAlias = Number | Text | Boolean | Span


class Operator(StrEnum):
    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


@dataclass(frozen=True, slots=True)
class Compare:
    """False for what is not there, is NaN, or is of another type: also with `!=`."""

    field: Field
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Within:
    """`in (…)`: equal to one of them."""

    field: Field
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """`not in (…)`: there, and unequal to each of them."""

    field: Field
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """From `low` to `high`, both included."""

    field: Field
    low: Value
    high: Value


@dataclass(frozen=True, slots=True)
class Wildcard:
    """`%` (any letters, also none) or `_` (one letter) of a pattern."""

    is_many: bool


Pattern: TypeAlias = tuple[str | Wildcard, ...]


@dataclass(frozen=True, slots=True)
class Like:
    field: Field
    pattern: Pattern
    folds_case: bool
    is_negated: bool = False
    """`not like`: there, and unlike it."""


@dataclass(frozen=True, slots=True)
class Missing:
    """`is null`."""

    field: Field


class Direction(StrEnum):
    FROM = "from"
    """It came of the thing that is named."""

    INTO = "into"
    """The thing that is named came of it."""


@dataclass(frozen=True, slots=True)
class Related:
    """Joined by lineage, directly or over others, with what a reference names."""

    direction: Direction
    ref: str
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


Node: TypeAlias = Compare | Within | Without | Between | Like | Missing | Related | All | Any | Not


@dataclass(frozen=True, slots=True)
class Key:
    """What results are put in order by. What has no such value, or NaN, comes last in both directions."""

    field: Field
    is_descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    where: Node | None = None
    """None: everything."""

    order: tuple[Key, ...] = ()
    """Empty: the newest first."""
