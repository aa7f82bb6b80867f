"""Runs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from vitrina.hub.api.shapes import Listing, Run, RunDetail
from vitrina.hub.pages import data
from vitrina.hub.state import Asking, RowNumber
from vitrina.store.runs import Io

router = APIRouter(tags=["runs"])

LONGEST_PAGE = 200


@router.get("/projects/{owner}/{project}/runs")
def list_runs(
    asking: Asking,
    owner: str,
    project: str,
    after: RowNumber | None = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 50,
    tag: str | None = None,
) -> Listing[Run]:
    """The runs of a project, newest first; with `tag` those that have it."""
    page = asking.store.runs.list(asking.project(owner, project), after=after, limit=limit, tag=tag)
    return Listing(items=[Run.of(run) for run in page.items], after=page.after)


@router.get("/projects/{owner}/{project}/runs/{run}")
def show_run(asking: Asking, owner: str, project: str, run: str) -> RunDetail:
    """One run, by its id, a unique prefix of it (6 digits or more) or its name, with inputs, outputs and metrics."""
    found = asking.find(f"{owner}/{project}/runs/{run}").run
    assert found is not None
    store = asking.store
    return RunDetail.model_validate(
        {
            **data.run(found),
            "inputs": data.params(store.runs.params([found.id])[found.id]),
            "outputs": data.params(store.runs.params([found.id], Io.OUTPUT)[found.id]),
            "metrics": data.series(store.metrics.series([found.id])[found.id]),
        }
    )
