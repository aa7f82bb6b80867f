"""Chart specs for `static/charts.js`: of logged charts, and of metrics drawn from the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from vitrina.hub.pages import data
from vitrina.hub.pages.raw import readable_object
from vitrina.hub.pages.verdict import measure
from vitrina.hub.pages.visit import Here, Visit
from vitrina.hub.state import RowNumber
from vitrina.store import charts, kinds
from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.records import Point, Project, Series
from vitrina.store.views import VegaView

router = APIRouter()

WIDTH_PX = 800
"""As many slices as the widest figure has pixels: a chart asks for no more points than it can show."""

MOST_SERIES = 24


@router.get("/-/spec/object/{object_id}", include_in_schema=False)
def object_spec(here: Here, object_id: RowNumber) -> Response:
    """The Vega-Lite spec of a logged chart, refused when it would fetch anything."""
    item = readable_object(here, object_id)
    view = kinds.view(item.kind, item.summary, here.store.blobs.read(item.blob))
    if not isinstance(view, VegaView):
        raise NotFoundError(f"chart of the logged object {object_id}")
    charts.check(view.spec)
    return data.answer(view.spec)


@router.get("/-/spec/metrics/{owner}/{project}", include_in_schema=False)
def metric_spec(
    here: Here,
    owner: str,
    project: str,
    *,
    name: Annotated[list[str], Query()],
    run: Annotated[tuple[str, ...], Query()] = (),
    version: Annotated[tuple[str, ...], Query()] = (),
) -> Response:
    """Lines of metrics by step: several of one run, or one of several runs or versions.

    `run` is a run's key, `version` what follows the project in a version's reference (`models/m@1.0.0`).
    """
    found = here.project(owner, project)
    sources = [*_runs(here, found, run), *_versions(here, found, version)]
    if not sources:
        raise InvalidError("No run and no version was named.", hint="Add run=ID or version=models/NAME@1.0.0.")
    wanted = _wanted(here, sources, name)
    if not wanted:
        raise NotFoundError(f"metric {', '.join(name)} there")
    points = here.store.metrics.points([series.id for _, series in wanted], width=WIDTH_PX)
    lines = [_line(label, points[series.id]) for label, series in wanted]
    return data.answer(charts.line(lines, x="step", y=measure(name[0])))


def _runs(here: Visit, project: Project, keys: Sequence[str]) -> list[tuple[str, int]]:
    found = [here.store.runs.find(project, key) for key in keys]
    return [(run.name, run.id) for run in found]


def _versions(here: Visit, project: Project, paths: Sequence[str]) -> list[tuple[str, int]]:
    found = [here.store.find(f"{project.ref}/{path}") for path in paths]
    return [(one.version.number, one.version.run_id) for one in found if one.version and one.version.run_id is not None]


def _wanted(here: Visit, sources: Sequence[tuple[str, int]], names: Sequence[str]) -> list[tuple[str, Series]]:
    """The series to draw with their labels: what differs, the source or the metric, tells them apart."""
    by_run = here.store.metrics.series([run_id for _, run_id in sources])
    chosen = [(label, series) for label, run_id in sources for series in by_run[run_id] if series.name in names][
        :MOST_SERIES
    ]
    if len(sources) == 1:
        return [(series.name if len(names) > 1 else "", series) for _, series in chosen]
    if len(names) == 1 and len({label for label, _ in sources}) == len(sources):
        return chosen
    return [(f"{label} {series.name} {place}", series) for place, (label, series) in enumerate(chosen, start=1)]


def _line(label: str, points: Sequence[Point]) -> charts.Series:
    return charts.Series(label, [point.step for point in points], [point.value for point in points])
