"""A project: the one number and the apps on its shelf, its README, and what happened last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup

from vitrina.hub import format as fmt
from vitrina.hub.pages import app_cards, data, snippets, verdict
from vitrina.hub.pages.documents import readme_of
from vitrina.hub.pages.drawing import Spark, spark
from vitrina.hub.pages.figures import figures_of
from vitrina.hub.pages.news import Item, news
from vitrina.hub.pages.paths import Form, href
from vitrina.hub.pages.visit import Here, Visit
from vitrina.store.records import App, Collection, Project, Subject, Version
from vitrina.store.refs import Noun
from vitrina.store.runs import Io
from vitrina.store.versions import Stage

router = APIRouter()

APPS_ON_SHELF = 3
MOST_LISTED = 5
CHANGES_READ = 80
"""Entries of the log that are read to find a handful worth telling."""


@dataclass(frozen=True)
class Number:
    """The one big number: the metric of the model that people use."""

    shown: Markup
    metric: str
    since: str
    title: str
    href: str
    stage: str
    course: Spark | None


@dataclass(frozen=True)
class ModelLine:
    name: str
    href: str
    newest: str
    """Its newest version and that one's metric: `1.3.0 · auc 0.913`."""

    versions: int


@dataclass(frozen=True)
class ReportLine:
    title: str
    href: str
    by: str
    at: datetime


@router.get("/{owner}/{project}", include_in_schema=False)
def project(here: Here, owner: str, project: str) -> Response:
    found, form = here.find(f"{owner}/{project}")
    match form:
        case Form.JSON:
            counts = here.store.projects.counts([found.project.id])[found.project.id]
            return data.answer({**data.project(found.project), "counts": counts})
        case Form.MARKDOWN:
            return readme_of(here, Subject.PROJECT, found.project.id).source()
        case Form.PAGE:
            return _page(here, found.project)


def _page(here: Visit, project: Project) -> Response:
    store = here.store
    models = store.registry.collections(project, Noun.MODEL)
    versions = store.registry.versions([model.id for model in models])
    apps = on_shelf(store.apps.list(project).items)
    readme = readme_of(here, Subject.PROJECT, project.id)
    runs = store.runs.list(project, limit=1).items
    shown = [(model, versions[model.id]) for model in models if versions[model.id]]
    figures = _Figures.of(here, [version for _, each in shown for version in each])
    return here.render(
        "project.html",
        here.around_project(project, project.ref, current="overview", has_readme=readme.exists),
        project=project,
        last_run=runs[0] if runs else None,
        number=number_of(here, shown, figures),
        apps=app_cards.shown(store, apps),
        readme=readme.html,
        models=[_line(model, each, figures) for model, each in shown[:MOST_LISTED]],
        model_count=len(shown),
        reports=[
            ReportLine(report.title or report.name, href(report.ref), report.by or "", report.created_at)
            for report in store.reports.list(project, limit=MOST_LISTED).items
        ],
        news=_news(here, project),
        first=snippets.first_run(project.ref).text,
        is_empty=not (runs or shown or readme.exists),
    )


@dataclass(frozen=True)
class _Figures:
    """The figures of versions' runs."""

    by_run: dict[int, dict[str, fmt.Number | None]]

    @classmethod
    def of(cls, here: Visit, versions: Sequence[Version]) -> _Figures:
        run_ids = [version.run_id for version in versions if version.run_id is not None]
        series, outputs = here.store.metrics.series(run_ids), here.store.runs.params(run_ids, Io.OUTPUT)
        return cls({run_id: figures_of(series[run_id], outputs[run_id]) for run_id in run_ids})

    def get(self, version: Version) -> dict[str, fmt.Number | None]:
        return self.by_run.get(version.run_id or 0, {})


def on_shelf(apps: Sequence[App]) -> list[App]:
    """One app a name, that of the version logged last, in the order in which they were logged."""
    newest: dict[tuple[int, str], App] = {}
    for app in apps:
        newest.setdefault((app.version.collection.id, app.name), app)
    return sorted(newest.values(), key=lambda app: app.id)[:APPS_ON_SHELF]


def number_of(here: Visit, shown: Sequence[tuple[Collection, Sequence[Version]]], figures: _Figures) -> Number | None:
    """Of the first model in production, else of the first model at all; None where no metric was logged."""
    chosen = next((pair for pair in shown if _in_production(pair[1])), shown[0] if shown else None)
    if chosen is None:
        return None
    model, versions = chosen
    version = _in_production(versions) or next((one for one in versions if "-" not in one.number), versions[0])
    own = figures.get(version)
    metric = verdict.headline(name for name, value in own.items() if value is not None)
    if metric is None:
        return None
    course = [figures.get(one).get(metric) for one in reversed(versions)]
    precision = fmt.precision_of(course)
    return Number(
        shown=fmt.number_tag(precision.show(own[metric]), own[metric]),
        metric=metric,
        since="In production" if version.stage is Stage.PRODUCTION else f"Newest, {here.clock.ago(version.created_at)}",
        title=f"{model.title or model.name} {version.number}",
        href=href(version.ref),
        stage=version.stage or "",
        course=spark(course),
    )


def _in_production(versions: Sequence[Version]) -> Version | None:
    return next((version for version in versions if version.stage is Stage.PRODUCTION), None)


def _line(model: Collection, versions: Sequence[Version], figures: _Figures) -> ModelLine:
    newest = next((one for one in versions if "-" not in one.number), versions[0])
    own = figures.get(newest)
    metric = verdict.headline(name for name, value in own.items() if value is not None)
    said = f"{newest.number} · {metric} {fmt.number(own[metric])}" if metric else newest.number
    return ModelLine(model.name, href(model.ref), said, len(versions))


def _news(here: Visit, project: Project) -> list[Item]:
    return news(here.store.changes.recent(project, limit=CHANGES_READ), limit=MOST_LISTED)
