"""Runs and versions side by side."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from vitrina.hub.api.shapes import Thing
from vitrina.hub.comparison import comparison_data
from vitrina.hub.state import Asking
from vitrina.store.charts.data import plain
from vitrina.store.compare.comparison import MOST_SIDES, compare
from vitrina.store.compare.figures import Aggregate, directions
from vitrina.store.compare.files import FileChange
from vitrina.store.records import Status
from vitrina.store.versions import Stage

router = APIRouter(tags=["compare"])


class ComparedSide(Thing):
    """What is compared. Every list of values has one for each, in this order."""

    title: str
    role: str | None = Field(
        description="this, former or production where nobody asked for it by name; null: somebody did."
    )
    run: str | None = Field(description="Reference of the run; of a version the one that made it.")
    stage: Stage | None
    status: Status | None = Field(description="Of the run.")


class ComparedSeries(BaseModel):
    """A metric of one side in brief."""

    count: int
    first: float | None
    last: float | None
    min: float | None
    max: float | None


class ComparedMetric(BaseModel):
    """A metric, or an output that is a number."""

    name: str
    better: str | None = Field(description="higher or lower; null: the name does not tell, so nothing is best.")
    values: list[float | None]
    differs: bool
    best: list[int] = Field(description="Places of the sides with the best value.")
    series: list[ComparedSeries | None] = Field(description="Null: the side has no such metric.")


class ComparedRow(BaseModel):
    """A param, output, field of a signature, or fact of the environment."""

    name: str
    values: list[Any]
    is_there: list[bool] = Field(description="Tells a value that is null from one that is missing.")
    differs: bool


class FileOfSide(BaseModel):
    digest: str
    size_bytes: int


class FileOfSides(BaseModel):
    """A file by its path."""

    path: str
    files: list[FileOfSide | None]
    changes: list[FileChange] = Field(description="For each side after the first, beside the first.")
    differs: bool


class CodeOfSide(BaseModel):
    """What a run said of its code."""

    commit: str | None
    branch: str | None
    is_dirty: bool
    remote: str | None
    entry: str | None


class CodeOfSides(BaseModel):
    """The code of one side beside that of the first."""

    before: CodeOfSide
    after: CodeOfSide
    is_same: bool | None = Field(description="Null: what was kept does not tell.")
    said: str
    command: str | None = Field(description="What shows the difference where the repository is.")
    lines: list[str] = Field(description="A unified diff of what was kept of the code itself.")


class ComparisonOfSides(BaseModel):
    """Sides beside each other; the first is what the others are held against."""

    sides: list[ComparedSide]
    metrics: list[ComparedMetric]
    params: list[ComparedRow]
    outputs: list[ComparedRow]
    fields: list[ComparedRow]
    environment: list[ComparedRow]
    files: list[FileOfSides]
    code: list[CodeOfSides] = Field(description="For each side after the first.")


@router.get("/compare")
def compare_things(
    asking: Asking,
    ref: Annotated[
        list[str], Query(max_length=MOST_SIDES, description="Runs and versions; repeat it. One version: its rivals.")
    ],
    by: Annotated[Aggregate, Query(description="Which value stands for a metric.")] = Aggregate.LAST,
    higher: Annotated[
        tuple[str, ...], Query(description="Metrics that improve upwards, whatever they are called.")
    ] = (),
    lower: Annotated[tuple[str, ...], Query(description="Metrics that improve downwards.")] = (),
) -> ComparisonOfSides:
    """What is the same and what differs. A version alone stands beside the one before it and the one in production."""
    things = [asking.find(one) for one in ref]
    found = compare(asking.store, things, by=by, better=directions(higher=higher, lower=lower))
    return ComparisonOfSides.model_validate(plain(comparison_data(found)))
