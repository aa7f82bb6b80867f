"""A version of a model, dataset or artifact: what it is, how it compares, how to use it, who may try it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fastapi.responses import Response

from vitrina.hub import format as fmt
from vitrina.hub.pages import app_cards, data, dataset, demos, feedback, schema, shown, snippets, strip
from vitrina.hub.pages.documents import prose, readme_of
from vitrina.hub.pages.figures import Compared, Measured, compare, figures_of, summary
from vitrina.hub.pages.paths import Form, file_bytes, href, metric_spec
from vitrina.hub.pages.render import Surround
from vitrina.hub.pages.shown import Chart, Exhibit
from vitrina.hub.pages.snippets import Snippet
from vitrina.hub.pages.tree import tree
from vitrina.hub.pages.visit import Visit
from vitrina.store import measures
from vitrina.store.compare.rivals import rivals
from vitrina.store.lookup import Found
from vitrina.store.records import Node, NodeKind, Param, Promotion, Run, Series, Subject, Version, VersionFile
from vitrina.store.refs import Noun
from vitrina.store.runs import Io

MOST_CURVES = 6
MOST_FILES = 200
MOST_OVERLAID = 4


@dataclass(frozen=True)
class FileRow:
    path: str
    size_bytes: int
    digest: str
    href: str


@dataclass(frozen=True)
class ParamRow:
    """A param of this version beside those compared with it."""

    name: str
    values: tuple[str, ...]
    differs: bool


@dataclass(frozen=True)
class Comparison:
    """This version beside production and the former one."""

    title: str
    columns: Sequence[Measured]
    rows: Sequence[Compared]
    said: str
    params: Sequence[ParamRow]


def version_page(here: Visit, found: Found, form: Form) -> Response:
    version = found.version
    assert version is not None
    match form:
        case Form.JSON:
            return data.answer(_data(here, version))
        case Form.MARKDOWN:
            return readme_of(here, Subject.VERSION, version.id).source()
        case Form.PAGE:
            return _page(here, version)


def _page(here: Visit, version: Version) -> Response:
    store, collection = here.store, version.collection
    versions = store.registry.versions([collection.id])[collection.id]
    beside = rivals(version, versions)
    run_ids = [one.run_id for _, one in beside if one.run_id is not None]
    series = store.metrics.series(run_ids)
    outputs, inputs = store.runs.params(run_ids, Io.OUTPUT), store.runs.params(run_ids)
    run = store.runs.by_ids([version.run_id]).get(version.run_id) if version.run_id is not None else None
    files = store.registry.files(version)
    apps = sorted(store.apps.of_versions([version.id])[version.id], key=lambda app: app.id)
    nodes = [Node(NodeKind.VERSION, version.id), *([Node(NodeKind.RUN, run.id)] if run else [])]
    edges = store.lineage.around(nodes, may_read=here.may_read)
    readme = readme_of(here, Subject.VERSION, version.id)
    noun = collection.noun.singular
    signature = schema.signature_of(version.signature)
    return here.render(
        "version.html",
        _around(here, version, versions, has_readme=readme.exists),
        version=version,
        noun=noun,
        run=run,
        run_href=href(run.ref) if run else "",
        collection_href=href(collection.ref),
        lineage=strip.of_version(nodes[0], noun, f"{collection.name} {version.number}", edges),
        tree=tree(here, nodes[0]),
        readme=readme.html,
        comparison=compared(beside, series=series, outputs=outputs, inputs=inputs),
        curves=curves(beside, series),
        exhibits=_exhibits(here, version, run),
        signature=signature,
        columns=schema.columns_of(version.summary),
        dataset=dataset.shown(
            version, dataset.former_of(version, versions), store.checks.of([version.id]).get(version.id)
        ),
        snippets=_snippets(here, version, signature.names if signature else ()),
        apps=app_cards.shown(store, apps),
        feedback_count=feedback.count(here, version),
        feedback_href=f"{href(version.ref)}/feedback",
        make_demo_href=demos.offer(here, version, apps),
        stage_since=_stage_since(version, store.promotions.history(collection)),
        files=[_file(version, file) for file in files[:MOST_FILES]],
        file_count=len(files),
        facts=_facts(version),
    )


def compared(
    beside: Sequence[tuple[str, Version]],
    *,
    series: Mapping[int, Sequence[Series]],
    outputs: Mapping[int, Sequence[Param]],
    inputs: Mapping[int, Sequence[Param]],
) -> Comparison:
    """The figures and params of these versions' runs; one without a run has none."""
    columns = [
        Measured(one.number, role, figures_of(series.get(one.run_id or 0, ()), outputs.get(one.run_id or 0, ())))
        for role, one in beside
    ]
    rows = compare(columns)
    given = [{param.name: fmt.given(param.value) for param in inputs.get(one.run_id or 0, ())} for _, one in beside]
    return Comparison(_title(beside), columns, rows, summary(rows), _params(given))


def _title(beside: Sequence[tuple[str, Version]]) -> str:
    if len(beside) < 2:
        return "Metrics"
    role, rival = beside[1]
    return "Against production" if role == "production" else f"Against {rival.number}"


def _params(given: Sequence[Mapping[str, str]]) -> list[ParamRow]:
    rows: list[ParamRow] = []
    for name in sorted(given[0]):
        values = tuple(each.get(name, fmt.MISSING) for each in given)
        rows.append(ParamRow(name, values, differs=len(set(values)) > 1))
    return rows


def curves(beside: Sequence[tuple[str, Version]], series: Mapping[int, Sequence[Series]]) -> list[Chart]:
    """The courses of this version's metrics, those of the versions beside it laid over them."""
    version = beside[0][1]
    own = [one for one in series.get(version.run_id or 0, ()) if one.count > 1]
    ordered = sorted(own, key=lambda one: (*reversed(measures.rank(one.name)), one.name))[:MOST_CURVES]
    return [_curve(one.name, beside, series) for one in ordered]


def _curve(name: str, beside: Sequence[tuple[str, Version]], series: Mapping[int, Sequence[Series]]) -> Chart:
    project = beside[0][1].collection.project
    having = [
        one.ref.removeprefix(f"{project.ref}/")
        for _, one in beside[:MOST_OVERLAID]
        if any(each.name == name and each.count > 1 for each in series.get(one.run_id or 0, ()))
    ]
    return Chart(name, metric_spec(project, [name], versions=having))


def _around(here: Visit, version: Version, versions: Sequence[Version], *, has_readme: bool) -> Surround:
    collection = version.collection
    page = here.around_project(
        collection.project,
        version.ref,
        title=f"{collection.name} {version.number}",
        current=collection.noun,
        here=collection.name,
        has_readme=has_readme,
    )
    place = next((place for place, one in enumerate(versions) if one.id == version.id), 0)
    former, later = versions[place + 1 : place + 2], versions[max(0, place - 1) : place]
    return replace(
        page,
        former_href=href(former[0].ref) if former else None,
        next_href=href(later[0].ref) if later else None,
    )


def _exhibits(here: Visit, version: Version, run: Run | None) -> Sequence[Exhibit]:
    """The charts that the version's run logged."""
    if run is None:
        return ()
    project = version.collection.project
    showing = shown.Showing(here.store.blobs.read, lambda text: prose(here, text, project=project), here.clock)
    objects = [item for item in here.store.objects.list([run.id])[run.id] if item.section == "charts"]
    return shown.exhibits(objects, showing).get("charts", ())


def _snippets(here: Visit, version: Version, columns: Sequence[str]) -> list[Snippet]:
    match version.collection.noun:
        case Noun.MODEL:
            return snippets.load_model(version.ref, columns, hub_url=here.hub_url)
        case Noun.DATASET:
            return snippets.load_data(version.ref, hub_url=here.hub_url)
        case _:
            return snippets.load_files(version.ref, hub_url=here.hub_url)


def _stage_since(version: Version, history: Sequence[Promotion]) -> Promotion | None:
    """The entry that gave the version the stage it has."""
    entries = (entry for entry in history if entry.kind == "stage" and entry.number == version.number)
    return next((entry for entry in entries if entry.name == version.stage), None)


def _file(version: Version, file: VersionFile) -> FileRow:
    return FileRow(file.path, file.blob.size, file.blob.digest, file_bytes(version, file.path))


def _facts(version: Version) -> list[tuple[str, str]]:
    """What the summary says in one word; tables and lists have a place of their own."""
    return [
        (name.replace("_", " ").capitalize(), fmt.given(value))
        for name, value in version.summary.items()
        if isinstance(value, str | int | float | bool) and name != "flavour"
    ]


def _data(here: Visit, version: Version) -> Mapping[str, object]:
    run_ids = [version.run_id] if version.run_id is not None else []
    runs = here.store.runs.by_ids(run_ids)
    apps = here.store.apps.of_versions([version.id])[version.id]
    running = here.store.instances.of_revisions([app.revision_id for app in apps])
    return {
        **data.version(version),
        "run": next((run.ref for run in runs.values()), None),
        "metrics": data.series(one for each in here.store.metrics.series(run_ids).values() for one in each),
        "outputs": data.params(one for each in here.store.runs.params(run_ids, Io.OUTPUT).values() for one in each),
        "inputs": data.params(one for each in here.store.runs.params(run_ids).values() for one in each),
        "files": data.files(here.store.registry.files(version)),
        "checks": [result.as_dict() for one in here.store.checks.of([version.id]).values() for result in one.results],
        "apps": [data.app(app, app_cards.state_of(running.get(app.revision_id)).value) for app in apps],
    }
