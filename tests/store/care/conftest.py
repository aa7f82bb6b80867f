"""A project with one of everything that refers to a blob."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vitrina.store.apps import AppDraft
from vitrina.store.feedback import FeedbackDraft, FeedbackRoom
from vitrina.store.opening import Store
from vitrina.store.records import App, Point, Project, Report, Run, Status, Version
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.runs import Io


@dataclass(frozen=True)
class Furnished:
    project: Project
    run: Run
    version: Version
    app: App
    report: Report


Furnish = Callable[..., Furnished]


def furnish(store: Store, folder: Path, name: str = "churn") -> Furnished:
    folder.mkdir(parents=True, exist_ok=True)
    project = store.projects.ensure("acme", name)
    run = store.runs.create(project, name="baseline", tags=["best"])
    store.runs.set_params(run, Io.INPUT, {"lr": 0.1, "none": None, "deep": {"er": "yes"}})
    values = [0.5, float("nan"), 0.25, float("inf")]
    store.metrics.append(run.id, {"loss": [Point(step, 1000.0 + step, value) for step, value in enumerate(values)]})
    store.objects.add(
        run, kind="image", section="images", name="roc", payload=b"png of " + name.encode(), media_type="image/png",
        summary={"alt": "ROC"}, still=b"still", still_media_type="image/png",
    )  # fmt: skip
    (folder / "model.txt").write_text(f"weights of {name}")
    (folder / "notes.txt").write_text("notes")
    files = [("model.txt", folder / "model.txt"), ("more/notes.txt", folder / "notes.txt")]
    version = store.registry.log(project, Noun.MODEL, "classifier", Draft(files), run=run).version
    store.promotions.alias(version, "champion")
    bundle = folder / "bundle.tar"
    bundle.write_bytes(f"bundle of {name}".encode())
    digest = hashlib.sha256(bundle.read_bytes()).hexdigest()
    app = store.apps.log(version, "what-if", AppDraft(bundle, digest, "gradio", "app.py", "."))
    store.pictures.keep(app, b"picture", width=2, height=1)
    entry = FeedbackDraft("f" * 31 + name[0], version.id, app.revision_id, 1, datetime.now(UTC), "[1]", "2")
    store.feedback.keep([entry], FeedbackRoom())
    report = store.reports.publish(project, "q3", "# Q3\n")
    store.reports.freeze(report, f"<p>{name}</p>".encode(), values={"auc": 0.9})
    store.runs.move(run, Status.SUCCEEDED)
    return Furnished(project, run, version, app, report)


@pytest.fixture
def furnished(store: Store, tmp_path: Path) -> Furnished:
    return furnish(store, tmp_path / "source")


@pytest.fixture(name="furnish")
def _furnish() -> Furnish:
    return furnish


@pytest.fixture
def path_of(tmp_path: Path) -> Callable[[str], Path]:
    """The file of a blob in the folder of the store's blobs."""
    return lambda digest: tmp_path / "blobs" / digest[:2] / digest[2:4] / digest
