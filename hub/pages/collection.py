"""A model, dataset or artifact: its README, its versions beside each other, how names came to point to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from vitrina.hub import format as fmt
from vitrina.hub.pages import data, verdict
from vitrina.hub.pages.documents import readme_of
from vitrina.hub.pages.drawing import Spark, spark
from vitrina.hub.pages.figures import Figure, column, figures_of
from vitrina.hub.pages.paths import Form, href
from vitrina.hub.pages.version import version_page
from vitrina.hub.pages.visit import Here, Visit
from vitrina.store.lookup import Found
from vitrina.store.measures import telling
from vitrina.store.records import Collection, Promotion, Subject, Version
from vitrina.store.refs import COLLECTIONS, Noun
from vitrina.store.runs import Io

router = APIRouter()

MOST_METRICS = 6


@dataclass(frozen=True)
class VersionRow:
    version: Version
    href: str
    figures: Sequence[Figure]
    apps: int


@dataclass(frozen=True)
class VersionsTable:
    metrics: Sequence[str]
    rows: Sequence[VersionRow]
    headline: str | None
    course: Spark | None
    """The headline metric from the first version to the last."""


@dataclass(frozen=True)
class Event:
    """An entry of the log of stages and aliases, as a sentence with its date."""

    said: str
    promotion: Promotion


def route(noun: Noun) -> None:
    """`/{owner}/{project}/models/{name}` and `…/{name}@{version}`: the collection and its versions share a path."""

    @router.get(f"/{{owner}}/{{project}}/{noun}/{{name}}", include_in_schema=False, name=noun.singular)
    def page(here: Here, owner: str, project: str, name: str) -> Response:
        found, form = here.find(f"{owner}/{project}/{noun}/{name}")
        if found.version is not None and found.ref.selector is not None:
            return version_page(here, found, form)
        assert found.collection is not None
        return _page(here, found, found.collection, form)


for _noun in sorted(COLLECTIONS):
    route(_noun)


def _page(here: Visit, found: Found, collection: Collection, form: Form) -> Response:
    match form:
        case Form.JSON:
            listed = here.store.registry.versions([collection.id])[collection.id]
            return data.answer({**data.collection(collection), "versions": [data.version(each) for each in listed]})
        case Form.MARKDOWN:
            return readme_of(here, Subject.COLLECTION, collection.id).source()
        case Form.PAGE:
            return _shown(here, found, collection)


def _shown(here: Visit, found: Found, collection: Collection) -> Response:
    versions = here.store.registry.versions([collection.id])[collection.id]
    readme = readme_of(here, Subject.COLLECTION, collection.id)
    table = table_of(here, versions)
    return here.render(
        "collection.html",
        here.around_project(
            found.project,
            collection.ref,
            title=collection.title or collection.name,
            current=collection.noun,
            here=collection.name,
            has_readme=readme.exists,
        ),
        collection=collection,
        noun=collection.noun.singular,
        newest=found.version,
        newest_href=href(found.version.ref) if found.version else "",
        table=table,
        readme=readme.html,
        events=[Event(_said(entry), entry) for entry in here.store.promotions.history(collection, limit=12)],
    )


def table_of(here: Visit, versions: Sequence[Version]) -> VersionsTable:
    """The versions with the figures of their runs: three queries, whatever their number."""
    run_ids = [version.run_id for version in versions if version.run_id is not None]
    series, outputs = here.store.metrics.series(run_ids), here.store.runs.params(run_ids, Io.OUTPUT)
    apps = here.store.apps.of_versions([version.id for version in versions])
    figures = {run_id: figures_of(series[run_id], outputs[run_id]) for run_id in run_ids}
    return arrange(versions, figures=figures, apps={number: len(each) for number, each in apps.items()})


def arrange(
    versions: Sequence[Version],
    *,
    figures: Mapping[int, Mapping[str, fmt.Number | None]],
    apps: Mapping[int, int],
) -> VersionsTable:
    """Highest version first, as given; each metric in one precision, its best value marked."""
    by_version = [figures.get(version.run_id or 0, {}) for version in versions]
    names = telling({name for each in by_version for name in each})
    metrics = names[:MOST_METRICS]
    columns = [column(name, [each.get(name) for each in by_version]) for name in metrics]
    rows = [
        VersionRow(version, href(version.ref), [column[place] for column in columns], apps.get(version.id, 0))
        for place, version in enumerate(versions)
    ]
    headline = verdict.headline(names)
    course = spark([each.get(headline) for each in reversed(by_version)]) if headline else None
    return VersionsTable(metrics, rows, headline, course)


def _said(entry: Promotion) -> str:
    match entry.kind, entry.name:
        case "alias", None:
            return f"@{entry.before} was taken from {entry.number}"
        case "alias", name:
            return f"@{name} points to {entry.number}" + (f", it was at {entry.displaced}" if entry.displaced else "")
        case "notes", _:
            return f"the notes of {entry.number} were written"
        case "deleted" | "restored" as what, _:
            return f"{entry.number} was {what}"
        case _, None:
            return f"{entry.number} left {entry.before or 'its stage'}"
        case _, name:
            return f"{entry.number} went to {name}" + (f", {entry.displaced} was archived" if entry.displaced else "")
