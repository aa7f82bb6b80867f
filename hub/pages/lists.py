"""The tabs of a project that list things: models, datasets, artifacts, apps, reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from vitrina.hub import format as fmt
from vitrina.hub.pages import app_cards, data
from vitrina.hub.pages import use as uses
from vitrina.hub.pages.paths import Form, forms, href
from vitrina.hub.pages.report import readme_page
from vitrina.hub.pages.visit import Here, Visit
from vitrina.hub.state import RowNumber
from vitrina.store.errors import NotFoundError
from vitrina.store.records import Collection, Project, Version
from vitrina.store.refs import COLLECTIONS, Noun
from vitrina.store.usage import SHOWN_DAYS
from vitrina.store.versions import Stage

router = APIRouter()

PAGE_SIZE = 60
HOW = {
    Noun.MODEL: 'tracking.log_model("NAME", model)',
    Noun.DATASET: 'tracking.log_dataset("NAME", table)',
    Noun.ARTIFACT: 'tracking.log_artifact("NAME", path)',
}
"""The call that puts the first one there."""


@dataclass(frozen=True)
class CollectionRow:
    name: str
    href: str
    title: str
    newest: Version | None
    newest_href: str
    production: Version | None
    production_href: str
    versions: int
    changed: datetime


def list_collections(noun: Noun) -> None:
    """`/{owner}/{project}/models` and its data."""

    @router.get(f"/{{owner}}/{{project}}/{noun}", include_in_schema=False, name=f"{noun}_list")
    def page(here: Here, owner: str, project: str) -> Response:
        return _collections(here, here.project(owner, project), noun)

    @router.get(f"/{{owner}}/{{project}}/{noun}.json", include_in_schema=False, name=f"{noun}_data")
    def as_data(here: Here, owner: str, project: str) -> Response:
        found = here.store.registry.collections(here.project(owner, project), noun)
        return data.answer(data.listed(data.collection(collection) for collection in found))


for _noun in sorted(COLLECTIONS):
    list_collections(_noun)


def _collections(here: Visit, project: Project, noun: Noun) -> Response:
    found = here.store.registry.collections(project, noun)
    versions = here.store.registry.versions([collection.id for collection in found])
    return here.render(
        "collections.html",
        here.around_project(project, f"{project.ref}/{noun}", title=noun.capitalize(), current=noun),
        project=project,
        noun=noun.singular,
        icon_name={Noun.MODEL: "model", Noun.DATASET: "data"}.get(noun, "file"),
        rows=[_row(collection, versions[collection.id]) for collection in found],
        how=HOW[noun],
    )


def _row(collection: Collection, versions: Sequence[Version]) -> CollectionRow:
    newest = next((one for one in versions if "-" not in one.number), versions[0] if versions else None)
    production = next((one for one in versions if one.stage is Stage.PRODUCTION), None)
    return CollectionRow(
        name=collection.name,
        href=href(collection.ref),
        title=collection.title,
        newest=newest,
        newest_href=href(newest.ref) if newest else "",
        production=production,
        production_href=href(production.ref) if production else "",
        versions=len(versions),
        changed=max((version.created_at for version in versions), default=collection.created_at),
    )


@router.get("/{owner}/{project}/{tab}", include_in_schema=False)
def tab(here: Here, owner: str, project: str, tab: str, after: RowNumber | None = None) -> Response:
    """Apps and reports, which are no collections, and their data; the project's README."""
    if tab.partition("@")[0].partition(".")[0] == "readme":
        return readme_page(here, f"{owner}/{project}/{tab}")
    for name, form in forms(tab):
        match name, form:
            case "apps", Form.PAGE | Form.JSON:
                return _apps(here, here.project(owner, project), form, after)
            case "reports", Form.PAGE | Form.JSON:
                return _reports(here, here.project(owner, project), form, after)
            case _:
                continue
    raise NotFoundError(f"page {owner}/{project}/{tab}")


def _apps(here: Visit, project: Project, form: Form, after: int | None) -> Response:
    listed = here.store.apps.list(project, after=after, limit=PAGE_SIZE)
    if form is Form.JSON:
        running = here.store.instances.of_revisions([app.revision_id for app in listed.items])
        states = {number: app_cards.state_of(one).value for number, one in running.items()}
        items = (data.app(app, states.get(app.revision_id, "cold")) for app in listed.items)
        return data.answer(data.listed(items, listed.after))
    openings = uses.openings(here, listed.items)
    return here.render(
        "apps.html",
        here.around_project(project, f"{project.ref}/apps", title="Apps", current="apps"),
        project=project,
        apps=app_cards.shown(here.store, listed.items),
        openings=[openings.get(app.id) for app in listed.items],
        days=SHOWN_DAYS,
        next_href=_next(project, "apps", listed.after),
    )


def _reports(here: Visit, project: Project, form: Form, after: int | None) -> Response:
    listed = here.store.reports.list(project, after=after, limit=PAGE_SIZE)
    if form is Form.JSON:
        return data.answer(data.listed((data.report(report) for report in listed.items), listed.after))
    return here.render(
        "reports.html",
        here.around_project(project, f"{project.ref}/reports", title="Reports", current="reports"),
        project=project,
        reports=[(report, href(report.ref)) for report in listed.items],
        next_href=_next(project, "reports", listed.after),
    )


def _next(project: Project, tab: str, after: int | None) -> str:
    return f"{href(project.ref)}/{tab}?after={fmt.full(after)}" if after is not None else ""
