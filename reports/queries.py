"""What a fence can ask for, once its keys are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from vitrina.store.refs import Ref

MOST_RUNS = 200
"""So many runs a query takes, the newest: a page that draws more says nothing."""


class ChartKind(StrEnum):
    """How a `chart` fence draws."""

    LINE = "line"
    """A metric over its steps, one line a run."""

    BAR = "bar"
    """A metric's last value, one bar a run."""

    SCATTER = "scatter"
    """A metric's last value over another value of the run, one point a run."""

    BOX = "box"
    """How a metric's last value is spread, one box a group."""

    HISTOGRAM = "histogram"
    """How a metric's last value is spread over all runs."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which runs a query is about."""

    refs: tuple[Ref, ...] = ()
    """These runs and versions, in this order; empty: those of a project."""

    tag: str | None = None
    """Of a project's runs only those with this tag; None: all of them."""


@dataclass(frozen=True, slots=True)
class Field:
    """A value that each run has: `metrics.auc`, `inputs.lr`, `outputs.score`, `name`, `started`."""

    name: str
    section: str | None = None
    """metrics, inputs or outputs; None: the first of these that has the name."""

    def __str__(self) -> str:
        return f"{self.section}.{self.name}" if self.section else self.name


@dataclass(frozen=True, slots=True)
class Order:
    """By what runs are put in order; a metric's last value counts."""

    by: Field
    is_descending: bool = True


@dataclass(frozen=True, slots=True)
class Head:
    """What every fence may say."""

    runs: Selection | None = None
    """None: all runs of the project."""

    project: Ref | None = None
    """None: the project that the text belongs to."""

    title: str = ""
    caption: str = ""
    top: int | None = None
    """At most so many of them; None: all."""

    order: Order | None = None
    """None: as they are given, a project's runs newest first."""

    lines: Mapping[str, int] = field(default_factory=dict[str, int])
    """The line of each key that was given, for what is found to be wrong later."""

    line: int = 0


@dataclass(frozen=True, slots=True)
class ChartQuery:
    head: Head
    metrics: tuple[str, ...]
    kind: ChartKind = ChartKind.LINE
    x: Field | None = None
    """None: the step of a line, the run of a bar; a scatter needs one."""

    group: Field | None = None
    """Runs with the same value here share a colour (scatter) or a box; None: all are one group."""

    smooth: float = 0.0
    is_log: bool = False


@dataclass(frozen=True, slots=True)
class TableQuery:
    """Versions or runs as columns, metrics as rows; or the rows of a table that was logged."""

    head: Head
    metrics: tuple[str, ...] = ()
    """Empty: all of them."""

    table: Ref | None = None
    columns: tuple[str, ...] = ()
    """Of a logged table; empty: all of them."""


@dataclass(frozen=True, slots=True)
class RunsQuery:
    """Runs as rows."""

    head: Head
    columns: tuple[Field, ...] = ()
    """Empty: the inputs that differ and the metrics that say most."""


Query: TypeAlias = ChartQuery | TableQuery | RunsQuery
