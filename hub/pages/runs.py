"""The runs of a project as one table: state, the metric that matters, params that differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from vitrina.hub import format as fmt
from vitrina.hub.pages import data, verdict
from vitrina.hub.pages.drawing import SPARK_WIDTH, Spark, spark
from vitrina.hub.pages.figures import Figure, column, figures_of
from vitrina.hub.pages.paths import href
from vitrina.hub.pages.snippets import first_run
from vitrina.hub.pages.visit import Here, Visit
from vitrina.hub.state import RowNumber
from vitrina.store.measures import telling
from vitrina.store.records import Param, Run, Series
from vitrina.store.runs import Io

router = APIRouter()

PAGE_SIZE = 50
MOST_METRICS, MOST_PARAMS = 6, 5
"""Columns that a table can have before nobody reads it."""


@dataclass(frozen=True)
class ParamCell:
    shown: str
    is_number: bool


@dataclass(frozen=True)
class RunRow:
    run: Run
    href: str
    spark: Spark | None
    figures: Sequence[Figure]
    params: Sequence[ParamCell]


@dataclass(frozen=True)
class RunsTable:
    headline: str | None
    """The metric whose course is drawn in each row."""

    metrics: Sequence[str]
    params: Sequence[str]
    rows: Sequence[RunRow]


@router.get("/{owner}/{project}/runs", include_in_schema=False)
def runs(here: Here, owner: str, project: str, *, tag: str | None = None, after: RowNumber | None = None) -> Response:
    found = here.project(owner, project)
    listed = here.store.runs.list(found, after=after, limit=PAGE_SIZE, tag=tag or None)
    ref = f"{found.ref}/runs"
    return here.render(
        "runs.html",
        here.around_project(found, ref, title="Runs", current="runs"),
        project=found,
        table=table_of(here, listed.items),
        tag=tag or "",
        tags=_tags(listed.items),
        is_first=after is None,
        next_href=_next(ref, tag=tag, after=listed.after),
        first=first_run(found.ref).text,
    )


@router.get("/{owner}/{project}/runs.json", include_in_schema=False)
def runs_data(
    here: Here, owner: str, project: str, *, tag: str | None = None, after: RowNumber | None = None
) -> Response:
    found = here.project(owner, project)
    listed = here.store.runs.list(found, after=after, limit=PAGE_SIZE, tag=tag or None)
    ids = [run.id for run in listed.items]
    series, params = here.store.metrics.series(ids), here.store.runs.params(ids)
    items = [
        {**data.run(run), "metrics": data.series(series[run.id]), "params": data.params(params[run.id])}
        for run in listed.items
    ]
    return data.answer(data.listed(items, listed.after))


def table_of(here: Visit, listed: Sequence[Run]) -> RunsTable:
    """The runs with their figures: four queries, whatever their number."""
    ids = [run.id for run in listed]
    series, outputs = here.store.metrics.series(ids), here.store.runs.params(ids, Io.OUTPUT)
    inputs = here.store.runs.params(ids)
    headline = verdict.headline(one.name for run_id in ids for one in series[run_id] if one.count > 1)
    drawn = {run_id: one.id for run_id in ids for one in series[run_id] if one.name == headline}
    points = here.store.metrics.points(list(drawn.values()), width=SPARK_WIDTH // 4)
    sparks = {run_id: spark([point.value for point in points[number]]) for run_id, number in drawn.items()}
    return arrange(listed, series=series, outputs=outputs, inputs=inputs, headline=headline, sparks=sparks)


def arrange(
    listed: Sequence[Run],
    *,
    series: Mapping[int, Sequence[Series]],
    outputs: Mapping[int, Sequence[Param]],
    inputs: Mapping[int, Sequence[Param]],
    headline: str | None,
    sparks: Mapping[int, Spark | None],
) -> RunsTable:
    """Chooses the columns, gives each its precision and marks its best value."""
    figures = {run.id: figures_of(series[run.id], outputs[run.id]) for run in listed}
    metrics = telling(_most(figures.values(), MOST_METRICS))
    given = {run.id: {param.name: param for param in inputs[run.id]} for run in listed}
    params = _telling(list(given.values()))
    columns = [column(name, [figures[run.id].get(name) for run in listed]) for name in metrics]
    rows = [
        RunRow(
            run=run,
            href=href(run.ref),
            spark=sparks.get(run.id),
            figures=[column[place] for column in columns],
            params=[_param_cell(given[run.id].get(name)) for name in params],
        )
        for place, run in enumerate(listed)
    ]
    return RunsTable(headline, metrics, params, rows)


def _param_cell(param: Param | None) -> ParamCell:
    value = None if param is None else param.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return ParamCell(fmt.given(value), is_number)


def _most(named: Iterable[Iterable[str]], limit: int) -> list[str]:
    """The names that most rows have."""
    return [name for name, _ in Counter(name for names in named for name in sorted(names)).most_common(limit)]


def _telling(given: Sequence[Mapping[str, Param]]) -> list[str]:
    """Params whose values differ between rows, those that most rows have first; all of them where nothing differs."""
    names = _most(given, len({name for params in given for name in params}))
    differing = [name for name in names if len({params[name].text if name in params else None for params in given}) > 1]
    return (differing or names)[:MOST_PARAMS]


def _tags(listed: Sequence[Run]) -> list[str]:
    return [name for name, _ in Counter(tag for run in listed for tag in run.tags).most_common(8)]


def _next(ref: str, *, tag: str | None, after: int | None) -> str:
    if after is None:
        return ""
    return f"{href(ref)}?after={after}" + (f"&tag={tag}" if tag else "")
