"""What was made from what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from vitrina.hub.access import Action
from vitrina.hub.lineage import edge_data, start_of
from vitrina.hub.state import Asking
from vitrina.store.lineage import DEEPEST
from vitrina.store.records import Project

router = APIRouter(tags=["lineage"])

MOST = 2000
"""Edges in one answer."""


class LineageEnd(BaseModel):
    """A thing that an edge joins."""

    ref: str
    kind: str = Field(description="run, model, dataset, artifact, app, report or code.")
    url: str | None = Field(description="Path of its page on this hub; null: code has none.")
    remote: str | None = Field(
        None, description="Of code where its repository can be cloned from, where that is known."
    )


class LineageEdge(BaseModel):
    """From what was there first to what came of it."""

    source: LineageEnd
    relation: str = Field(description="made, used, ran, reproduced, serves, cites or gathered.")
    target: LineageEnd


class Lineage(BaseModel):
    items: list[LineageEdge]
    is_whole: bool = Field(description="False: there is more within this depth; what is nearest is here.")


@router.get("/lineage")
def show_lineage(
    asking: Asking,
    ref: Annotated[str, Query(description="A run, version, app, report, or owner/project/code/COMMIT.")],
    up: Annotated[bool, Query(description="What it came of.")] = True,
    down: Annotated[bool, Query(description="What came of it.")] = True,
    depth: Annotated[int, Query(ge=1, le=DEEPEST)] = 8,
) -> Lineage:
    """What a thing came of, and what came of it. What the reader may not see is not there, nor what is behind it."""

    def may_read(project: Project) -> bool:
        return asking.may(Action.READ, project)

    start = start_of(asking.store, ref, may_read=may_read)
    walk = asking.store.lineage.trace(start, up=up, down=down, depth=depth, limit=MOST, may_read=may_read)
    return Lineage(items=[LineageEdge.model_validate(edge_data(edge)) for edge in walk.edges], is_whole=walk.is_whole)
