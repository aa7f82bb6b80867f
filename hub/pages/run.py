"""A run: what it reached, its curves, what it logged, what went in, what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup

from vitrina.hub import format as fmt
from vitrina.hub.pages import data, shown, snippets, strip, verdict
from vitrina.hub.pages.chips import chip_of
from vitrina.hub.pages.documents import prose, readme_of
from vitrina.hub.pages.figures import Figure, figure
from vitrina.hub.pages.paths import Form, metric_spec
from vitrina.hub.pages.shown import Chart
from vitrina.hub.pages.tree import tree
from vitrina.hub.pages.visit import Here, Visit
from vitrina.store import measures
from vitrina.store.lookup import Found
from vitrina.store.records import Node, NodeKind, Run, Series, Subject
from vitrina.store.runs import Io

router = APIRouter()

MOST_CURVES = 40
"""Charts on one page; a run with more has its metrics in the table."""


@dataclass(frozen=True)
class Result:
    """A metric in brief, all its figures in the precision of the last."""

    name: str
    note: str
    last: Figure
    first: Figure
    low: Figure
    high: Figure
    points: int


@dataclass(frozen=True)
class Curve:
    chart: Chart
    caption: str


@router.get("/{owner}/{project}/runs/{key}", include_in_schema=False)
def run(here: Here, owner: str, project: str, key: str) -> Response:
    found, form = here.find(f"{owner}/{project}/runs/{key}")
    assert found.run is not None
    match form:
        case Form.JSON:
            return data.answer(_data(here, found.run))
        case Form.MARKDOWN:
            return readme_of(here, Subject.RUN, found.run.id).source()
        case Form.PAGE:
            return _page(here, found, found.run)


def _page(here: Visit, found: Found, run: Run) -> Response:
    series = here.store.metrics.series([run.id])[run.id]
    objects = here.store.objects.list([run.id])[run.id]
    made = here.store.registry.of_runs([run.id])[run.id]
    nodes = [Node(NodeKind.RUN, run.id), *(Node(NodeKind.VERSION, version.id) for version in made)]
    readme = readme_of(here, Subject.RUN, run.id)
    showing = shown.Showing(here.store.blobs.read, lambda text: prose(here, text, project=run.project), here.clock)
    return here.render(
        "run.html",
        here.around_project(
            run.project, run.ref, title=run.name, current="runs", here=run.name, has_readme=readme.exists
        ),
        run=run,
        readme=readme.html,
        curves=curves(run, series),
        results=[_result(one) for one in sorted(series, key=lambda one: (measures.rank(one.name), one.name))],
        outputs=here.store.runs.params([run.id], Io.OUTPUT)[run.id],
        inputs=here.store.runs.params([run.id])[run.id],
        sections=shown.sections(shown.exhibits(objects, showing)),
        made=[chip_of(version) for version in made],
        lineage=strip.of_run(nodes[0], run.name, here.store.lineage.around(nodes, may_read=here.may_read)),
        tree=tree(here, nodes[0]),
        environment=environment(run.meta),
        snippets=snippets.read_run(run.ref, hub_url=here.hub_url),
    )


def curves(run: Run, series: Sequence[Series]) -> list[Curve]:
    """Charts of the metrics that have a course; the same measure on several data is drawn together."""
    groups: dict[str, list[Series]] = {}
    for one in series:
        if one.count > 1:
            groups.setdefault(verdict.measure(one.name), []).append(one)
    ordered = sorted(groups.items(), key=lambda item: (measures.rank(item[0])[1], item[0]))
    return [_curve(run, title, same) for title, same in ordered[:MOST_CURVES]]


def _curve(run: Run, title: str, same: Sequence[Series]) -> Curve:
    chart = Chart(title, metric_spec(run.project, [one.name for one in same], runs=[run.uuid]))
    last = max((one.last_step for one in same if one.last_step is not None), default=None)
    points = fmt.count(sum(one.count for one in same), "point")
    return Curve(chart, f"{points}, to step {fmt.given(last)}" if last is not None else points)


def _result(one: Series) -> Result:
    precision = fmt.precision_of([one.last])
    first, last, low, high = (figure(value, precision) for value in (one.first, one.last, one.min, one.max))
    direction = measures.better(one.name)
    note = "lower is better" if direction is measures.Better.LOWER else ""
    return Result(one.name, note, last=last, first=first, low=low, high=high, points=one.count)


def environment(meta: Mapping[str, Any]) -> list[tuple[str, str | Markup]]:
    """What the run said of its surroundings, nested names joined, long lists left to `.json`."""
    flat: list[tuple[str, str | Markup]] = []
    for name, value in meta.items():
        if isinstance(value, Mapping):
            inside = environment(cast("Mapping[str, Any]", value))
            flat += [(f"{name} {inner}", text) for inner, text in inside]
        elif isinstance(value, str | int | float | bool):
            flat.append((name, fmt.given(value)))
    return flat


def _data(here: Visit, run: Run) -> dict[str, Any]:
    series = here.store.metrics.series([run.id])[run.id]
    return {
        **data.run(run),
        "metrics": data.series(series),
        "inputs": data.params(here.store.runs.params([run.id])[run.id]),
        "outputs": data.params(here.store.runs.params([run.id], Io.OUTPUT)[run.id]),
        "objects": [data.logged(item) for item in here.store.objects.list([run.id])[run.id]],
        "made": [data.version(version) for version in here.store.registry.of_runs([run.id])[run.id]],
        "meta": run.meta,
    }
