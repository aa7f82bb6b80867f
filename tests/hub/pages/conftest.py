"""A small real store with one of everything, and the portal over it with a fixed clock."""

# pyright: reportUnknownMemberType=false
# pandas and Matplotlib leave arguments untyped.

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from vitrina.hub import sessions
from vitrina.hub.portal import create_portal
from vitrina.hub.settings import Settings
from vitrina.store import kinds
from vitrina.store.apps import AppDraft
from vitrina.store.feedback import FeedbackDraft, FeedbackRoom
from vitrina.store.opening import Store, open_store
from vitrina.store.profile import profile
from vitrina.store.records import Node, NodeKind, Point, Project, Report, Run, Status, Version, Visibility
from vitrina.store.records import Subject as About
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.runs import Io
from vitrina.store.usage import DayOfApp, Figures, Viewer
from vitrina.store.versions import Stage

NOW = datetime(2026, 11, 23, 12, 14, 11, tzinfo=UTC)
README = "## What is here\n\nWe score **all** customers once a week.\n"


@dataclass(frozen=True)
class Gallery:
    """What the store holds."""

    store: Store
    project: Project
    empty: Project
    secret: Project
    runs: tuple[Run, ...]
    models: tuple[Version, ...]
    dataset: Version
    report: Report


@dataclass
class Ticking:
    """Every look at the clock is a minute later: a history of some days in no time."""

    at: datetime = NOW - timedelta(days=9)

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=37)
        return self.at


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    folder = tmp_path_factory.mktemp("store")
    with open_store(home=folder, clock=Ticking()) as store:
        yield filled(store, folder)


def filled(store: Store, folder: Path) -> Gallery:
    project = store.projects.describe(
        store.projects.ensure("acme", "churn"),
        title="Who is about to leave, and why",
        description="Every Monday this model lists the customers who are likely to cancel in the next 90 days.",
        visibility=Visibility.PUBLIC,
    )
    empty = store.projects.describe(store.projects.ensure("acme", "empty"), visibility=Visibility.PUBLIC)
    secret = store.projects.ensure("acme", "secret")
    store.runs.create(secret, name="hidden")
    dataset = _dataset(store, project, folder)
    runs = tuple(_run(store, project, place, dataset) for place in range(3))
    models = tuple(_model(store, project, folder, run, number) for run, number in zip(runs, NUMBERS, strict=True))
    store.promotions.promote(models[1], Stage.PRODUCTION, reason="better in every metric")
    store.promotions.promote(models[2], Stage.STAGING)
    store.promotions.alias(models[2], "champion-next")
    store.reports.publish_readme(project, About.PROJECT, project.id, README)
    store.reports.publish_readme(project, About.COLLECTION, models[0].collection.id, README)
    store.reports.publish_readme(project, About.VERSION, models[2].id, README)
    report = store.reports.publish(project, "q3-review", README, title="Third-quarter review")
    store.reports.freeze(report, b"<!doctype html><title>frozen</title><h1>Third-quarter review</h1>", values={})
    artifact = folder / "vocabulary.txt"
    artifact.write_text("a\nb\n")
    store.registry.log(project, Noun.ARTIFACT, "tokenizer", Draft([("vocabulary.txt", artifact)]), run=runs[0])
    failed = store.runs.create(project, name="faint-aster")
    store.runs.move(failed, Status.FAILED, message="ValueError: could not convert string to float: 'n/a'")
    running = store.runs.create(project, name="eager-lynx")
    store.runs.describe(running, progress=0.4)
    store.feedback.keep(_feedback(store, models[2]), FeedbackRoom())
    _use(store, models[2])
    return Gallery(store, project, empty, secret, runs, models, dataset, report)


def _feedback(store: Store, version: Version) -> list[FeedbackDraft]:
    app = store.apps.of_versions([version.id])[version.id][0]
    drafts = FeedbackDraft("", version.id, app.revision_id, 1, NOW, inputs="", output="")
    return [
        replace(drafts, uuid="a" * 16, inputs='{"tenure":3,"plan":"basic"}', output='{"risk":0.72}', flag="wrong"),
        replace(drafts, uuid="b" * 16, inputs="7", output="[0.1,0.9]", note="Much too high.", viewer="model-author"),
    ]


def _use(store: Store, version: Version) -> None:
    """Some days of the app what-if."""
    [app] = [one for one in store.apps.of_versions([version.id])[version.id] if one.name == "what-if"]
    for ago in (0, 1, 2, 9, 10, 28):
        day = NOW.date() - timedelta(days=ago)
        ready_s = 0.4 + ago / 10
        figures = Figures(30 - ago, 12, 4000 + ago, ago // 9, 2, 2, ago // 10, 2 * ready_s, ready_s + 0.2, 210_000_000)
        viewers = [Viewer(app.id, day, f"{who}") for who in range(12 - ago // 3)]
        store.use.record({DayOfApp(app.id, day): figures}, viewers)


NUMBERS = ("1.0.0", "1.1.0", "2.0.0")
NAMES = ("calm-otter", "green-pike", "brisk-heron")


def _run(store: Store, project: Project, place: int, dataset: Version) -> Run:
    run = store.runs.create(
        project, name=NAMES[place], description="Gradient boosting.", tags=["best"] if place else []
    )
    store.runs.set_params(
        run, Io.INPUT, {"lr": 0.1 / (place + 1), "depth": 4 + place, "model": {"kind": "trees"}, "seed": 10**400}
    )
    store.runs.set_params(run, Io.OUTPUT, {"rows_scored": 21204, "huge": -(10**400), "auc_test": 0.89 + place / 100})
    steps = range(120)
    store.metrics.append(
        run.id, {name: list(_course(name, place, steps)) for name in ("train/loss", "val/loss", "auc")}
    )
    store.metrics.append(run.id, {"p95_ms": [Point(0, NOW.timestamp(), 3.1 + place)], "odd": [Point(0, 0.0, math.nan)]})
    store.lineage.add(project.id, Node(NodeKind.VERSION, dataset.id), Node(NodeKind.RUN, run.id), relation="used")
    if place == 2:
        for value in _values():
            _log(store, run, *value)
        for step in (1, 2, 3):
            _log(store, run, "sample", _pixels(step), {}, step)
    return store.runs.move(run, Status.SUCCEEDED)


def _course(name: str, place: int, steps: range) -> Iterator[Point]:
    for step in steps:
        learned = 1 - math.exp(-(step + 1) / (30 - 6 * place))
        value = 0.6 + 0.3 * learned + place / 100 if name == "auc" else 0.9 - 0.6 * learned
        yield Point(step, NOW.timestamp() + step, value + 0.01 * math.sin(step * 1.7))


def _values() -> list[tuple[str, Any, dict[str, Any]]]:
    import altair
    import pandas
    import plotly.graph_objects
    from bokeh.plotting import figure
    from matplotlib.figure import Figure

    frame = pandas.DataFrame(
        {"tenure": [3, 14, 70], "bill": [70.35, 18.25, None], "contract": ["month", "year", "month"]}
    )
    circle = figure(title="Segments", height=300)
    circle.scatter([1, 2, 3], [3, 1, 2])
    drawn = Figure(figsize=(5, 3))
    drawn.subplots().plot([1, 2, 4])
    return [
        ("vega", altair.Chart(frame).mark_bar().encode(x="contract", y="count()"), {}),
        ("interactive", plotly.graph_objects.Figure(plotly.graph_objects.Bar(x=["a", "b"], y=[2, 3])), {}),
        ("segments", circle, {}),
        ("drawn", drawn, {}),
        ("rows", frame, {}),
        ("notes", "def f(x):\n    return '<b>' + x\n", {"language": "python"}),
        ("page", "<!doctype html><title>x</title><p>Hello<script>document.title = 'ran'</script>", {"kind": "html"}),
        ("words", "## A title\n\nand *words*", {"kind": "markdown"}),
    ]


def _pixels(step: int) -> Any:
    import numpy

    return numpy.full((40, 60), 60 * step, dtype="uint8")


def _log(store: Store, run: Run, name: str, value: Any, options: dict[str, Any], step: int | None = None) -> None:
    kind = options.pop("kind", "image" if name == "sample" else "text" if isinstance(value, str) else None)
    taken = kinds.take(value, kind=kind, **options)
    store.objects.add(
        run,
        kind=taken.kind,
        section=kinds.section(taken.kind),
        name=name,
        payload=taken.payload,
        media_type=taken.media_type,
        summary=taken.summary,
        step=step,
        still=taken.still,
        still_media_type=taken.still_media_type,
    )


def _dataset(store: Store, project: Project, folder: Path) -> Version:
    import pandas

    frame = pandas.DataFrame(
        {
            "tenure_months": [n % 72 for n in range(400)],
            "monthly_bill": [18.25 + (n * 37 % 100) for n in range(400)],
            "contract": [("monthly", "one year", None)[n % 3] for n in range(400)],
        }
    )
    file = folder / "customers.csv"
    frame.to_csv(file, index=False)
    summary = {"rows": 400, "source": "crm", "profile": profile(frame)}
    return store.registry.log(
        project, Noun.DATASET, "customers", Draft([("customers.csv", file)], summary=summary)
    ).version


SIGNATURE = {
    "inputs": [
        {"name": "tenure_months", "type": "int64", "min": 0, "max": 72},
        {"name": "monthly_bill", "type": "float64", "kind": "number", "min": 18.25, "max": 118.75},
        {"name": "contract", "type": "string", "kind": "text", "values": ["monthly", "one year"]},
    ],
    "outputs": [{"name": "probability", "type": "float64", "min": 0.0, "max": 1.0}],
}


def _model(store: Store, project: Project, folder: Path, run: Run, number: str) -> Version:
    file = folder / "model.skops"
    file.write_bytes(number.encode() * 1000)
    draft = Draft(
        [("model.skops", file)], flavour="sklearn", signature=SIGNATURE, notes="Trained on two more quarters."
    )
    version = store.registry.log(project, Noun.MODEL, "classifier", draft, run=run, version=number).version
    bundle = folder / "bundle.tar"
    for name, framework in (("what-if", "gradio"), ("explorer", "streamlit"), ("error-browser", "dash")):
        bundle.write_bytes(f"{name} {number}".encode())
        store.apps.log(version, name, AppDraft(bundle, f"{name}{number}", framework, "app.py", "."))
    return version


@pytest.fixture(scope="module")
def portal(gallery: Gallery) -> FastAPI:
    return create_portal(Settings(place=gallery.store.place), gallery.store, clock=lambda: NOW)


@pytest.fixture(scope="module")
def session(gallery: Gallery) -> str:
    """The local user's session."""
    session = gallery.store.people.use_link(gallery.store.people.make_link(gallery.store.user))
    assert session is not None
    return session


Ask = Callable[..., Any]
"""The test client's own answers: of httpx or its successor, whichever Starlette finds."""


@pytest.fixture
def get(portal: FastAPI, session: str) -> Iterator[Ask]:
    """Asks for a page as the local user; `visitor=True` as somebody without a session."""
    with TestClient(portal, base_url="http://localhost:8400", follow_redirects=False) as client:

        def ask(
            path: str, *, visitor: bool = False, accept: str = "text/html", headers: dict[str, str] | None = None
        ) -> Any:
            # As a header: httpx sends no Secure cookie over plain http.
            own = {} if visitor else {"cookie": f"{sessions.COOKIE}={session}"}
            return client.get(path, headers={"accept": accept, **own, **(headers or {})})

        yield ask
