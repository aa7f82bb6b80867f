"""Searching over HTTP: the grammar of docs/search.md, pages by cursor, and values that are asked for."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from vitrina.hub.pages.found import described
from vitrina.hub.state import Asking
from vitrina.store.charts.data import plain
from vitrina.store.search.asking import LONGEST_PAGE
from vitrina.store.search.grammar import fields as read_fields
from vitrina.store.search.tree import Kind

router = APIRouter(tags=["search"])


class Found(BaseModel):
    """One page of what was found."""

    items: list[dict[str, Any]] = Field(
        description="Each as its own route shows it; with `fields` also `values`, by field."
    )
    after: str | None = Field(description="Give it as `after` to get the next page; null: this was the last.")


@router.get("/search")
def search(
    asking: Asking,
    q: Annotated[str, Query(description="Such as: metrics.auc > 0.9 order by metrics.auc desc")] = "",
    kind: Kind = Kind.RUNS,
    project: Annotated[str | None, Query(description="owner/name; left out: every project you may read.")] = None,
    fields: Annotated[
        str, Query(description="Of runs: metrics, params and outputs to give beside, such as metrics.auc, params.lr")
    ] = "",
    after: Annotated[str | None, Query(description="A cursor that the page before gave.")] = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 100,
) -> Found:
    """Runs, collections, versions and reports that meet a query; any page costs what the first one costs."""
    wanted = read_fields(fields, kind)
    within = asking.find(project).project if project is not None else None
    store = asking.store.search
    page = store.page(q, kind=kind, project=within, visible_to=asking.visible, after=after, limit=limit)
    values = store.values([thing.id for thing in page.items], wanted) if wanted else {}
    beside = [{"values": {name: by_run.get(thing.id) for name, by_run in values.items()}} for thing in page.items]
    items = [{**described(thing), **(more if wanted else {})} for thing, more in zip(page.items, beside, strict=True)]
    return Found.model_validate({"items": plain(items), "after": page.after})
