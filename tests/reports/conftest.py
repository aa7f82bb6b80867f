"""A real store for reports: three versions of a churn model with metrics, charts of every library, a dataset, an app,
and a project that nobody may see. Written once a session and read by the tests; a test that writes opens a store of its
own."""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from vitrina.reports import Workers
from vitrina.store import kinds
from vitrina.store.apps import AppDraft
from vitrina.store.kinds.curve import roc
from vitrina.store.opening import Store, open_store
from vitrina.store.records import Node, NodeKind, Point, Project, Run, Status, Subject, Visibility
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.runs import Io
from vitrina.store.versions import Stage

STEPS = 60
CAST = {"1.0.0": ("green-pike", 0.05, 0.884), "1.1.0": ("calm-otter", 0.1, 0.908), "1.2.0": ("brisk-heron", 0.2, 0.913)}
"""Version: the run that logged it, its learning rate, the area under its ROC curve."""


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store, open."""
    home, clock = tmp_path_factory.mktemp("sample"), Clock()
    with open_store(f"sqlite:///{home / 'store.db'}", blobs=str(home / "blobs"), home=home, clock=clock) as store:
        fill(store, home, clock)
        yield store


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[Store]:
    """The same, for a test that writes."""
    home, clock = tmp_path / "own", Clock()
    with open_store(f"sqlite:///{home / 'store.db'}", blobs=str(home / "blobs"), home=home, clock=clock) as store:
        fill(store, tmp_path, clock, with_figures=False)
        yield store


def fill(store: Store, folder: Path, clock: Clock, *, with_figures: bool = True) -> None:
    project = store.projects.ensure("acme", "churn")
    project = store.projects.describe(project, title="Churn", visibility=Visibility.PUBLIC)
    secret = store.projects.ensure("acme", "secret")
    store.runs.create(secret, name="hidden", uuid=uuid("hidden"))
    data = _dataset(store, project, folder)
    for number, (name, rate, auc) in CAST.items():
        run = _run(store, project, name, rate=rate, auc=auc)
        store.lineage.add(project.id, Node(NodeKind.VERSION, data), Node(NodeKind.RUN, run.id), relation="used")
        _objects(store, run, auc=auc, with_figures=with_figures)
        file = folder / f"{name}.bin"
        file.write_bytes(name.encode())
        draft = Draft([("model.bin", file)], flavour="files", notes=f"Trained with a rate of {rate}.")
        version = store.registry.log(project, Noun.MODEL, "classifier", draft, run=run, version=number).version
        clock.forward(timedelta(minutes=14, seconds=8))
        store.runs.move(run, Status.SUCCEEDED)
        if number == "1.1.0":
            store.promotions.promote(version, Stage.PRODUCTION)
        if number == "1.2.0":
            store.promotions.promote(version, Stage.STAGING)
            store.promotions.alias(version, "champion")
            bundle = folder / "bundle.zip"
            bundle.write_bytes(b"PK")
            app = AppDraft(bundle, "0" * 64, "gradio", "app.py", ".", title="What if", description="Change a customer.")
            store.apps.log(version, "what-if", app)
            store.reports.publish_readme(project, Subject.VERSION, version.id, "The curve:\n\n![ROC](#charts/roc)\n")
    store.reports.publish(project, "q3-review", "# Third-quarter review\n\nBetter.\n", title="Third-quarter review")


def uuid(name: str) -> str:
    """The id of a run: the same in every session, so that what is printed can be compared."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _dataset(store: Store, project: Project, folder: Path) -> int:
    file = folder / "customers.csv"
    file.write_text("age,left\n30,0\n")
    run = store.runs.create(project, name="prepare", uuid=uuid("prepare"))
    draft = Draft([("customers.csv", file)], summary={"rows": 212_040, "columns": 18}, notes="Two more quarters.")
    made = store.registry.log(project, Noun.DATASET, "customers", draft, run=run, version="2.0.0").version
    store.runs.move(run, Status.SUCCEEDED)
    return made.id


def _run(store: Store, project: Project, name: str, *, rate: float, auc: float) -> Run:
    run = store.runs.create(project, name=name, uuid=uuid(name), tags=["best"] if auc > 0.9 else ["old"])
    store.runs.set_params(run, Io.INPUT, {"lr": rate, "kind": "boosting", "seed": 7})
    store.runs.set_params(run, Io.OUTPUT, {"threshold": 0.31 + rate})
    learning = [
        auc - 0.3 * math.exp(-step / 12) - (0 if step == STEPS - 1 else 0.0004 * (step % 3)) for step in range(STEPS)
    ]
    learning[-1] = auc
    loss = [round(0.2 + 0.5 * math.exp(-step / (8 + 40 * rate)), 6) for step in range(STEPS)]
    at = run.created_at.timestamp()
    store.metrics.append(
        run.id,
        {
            "val/auc": [Point(step, at + step, value) for step, value in enumerate(learning)],
            "train/loss": [Point(step, at + step, value) for step, value in enumerate(loss)],
            "auc": [Point(STEPS - 1, at + STEPS, auc)],
            "brier": [Point(STEPS - 1, at + STEPS, 0.2 - auc / 10)],
        },
    )
    return run


def _objects(store: Store, run: Run, *, auc: float, with_figures: bool) -> None:
    rates = [place / 20 for place in range(21)]
    values: dict[str, Any] = {
        "roc": roc(rates, [min(1.0, rate ** (1 - auc) if rate else 0.0) for rate in rates], auc=auc),
        "lift": lift(auc),
        "errors": [
            {"customer": f"c{place:03d}", "segment": "new" if place % 3 else "old", "error": place / 150}
            for place in range(150)
        ],
        "worst": PNG,
        "notes": "Called in July.\nCalled again in August.",
    }
    if with_figures:
        values |= _figures()
    for name, value in values.items():
        log(store, run, name, value)
    log(store, run, "page", "<p>A page</p><script>document.title = 'ran'</script>", kind="html")


def log(store: Store, run: Run, name: str, value: Any, *, kind: str | None = None, step: int | None = None) -> None:
    taken = kinds.take(value, kind=kind)
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


def lift(auc: float) -> dict[str, Any]:
    """A Vega-Lite chart as people log it."""
    rows = [{"share": share / 10, "lift": round(1 + (auc - 0.5) * 4 * (1 - share / 10), 3)} for share in range(1, 11)]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": rows},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {"field": "share", "type": "quantitative", "title": "share called"},
            "y": {"field": "lift", "type": "quantitative", "title": "lift"},
        },
    }


def _figures() -> dict[str, Any]:
    import matplotlib

    matplotlib.use("svg")
    import bokeh.plotting
    import plotly.graph_objects
    from matplotlib.figure import Figure

    importance = plotly.graph_objects.Figure(
        plotly.graph_objects.Bar(x=[0.4, 0.3, 0.2, 0.1], y=["tenure", "contract", "calls", "age"], orientation="h")
    )
    importance.update_layout(title="Importance")
    spread = bokeh.plotting.figure(title="Spread", height=260, width=480)
    spread.line([1, 2, 3, 4], [3, 1, 4, 2])
    drawn = Figure(figsize=(5, 2.6))
    axes = drawn.subplots()
    axes.plot([0, 1, 2, 3], [0.1, -0.2, 0.05, 0.0])
    axes.set_title("Residuals")
    return {"importance": importance, "spread": spread, "residuals": drawn}


def _png(width: int = 20, height: int = 12) -> bytes:
    """A picture that any program reads, a field of colours."""
    rows = b"".join(b"\0" + b"".join(bytes((x * 12, y * 20, 140)) for x in range(width)) for y in range(height))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


PNG = _png()


@pytest.fixture(scope="session")
def workers(lasting_processes: set[int]) -> Iterator[Workers]:
    """A render worker for the whole session, warm."""
    with Workers() as made:
        made.svg(b'{"data": {"values": [{}]}, "mark": "point", "encoding": {}}')
        lasting_processes |= {worker.pid for worker in made.running()}
        yield made


@pytest.fixture
def review() -> str:
    """A report that shows something of every kind."""
    return (Path(__file__).parent / "texts" / "q3-review.md").read_text(encoding="utf-8")
