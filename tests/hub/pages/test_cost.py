"""What a page asks of the store is the same however much there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from vitrina.store.apps import AppDraft
from vitrina.store.records import Point, Project
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.runs import Io

MOST = 40
"""Statements of a page: none of them is about one row of a list."""

PATHS = [
    "/",
    "/acme/churn",
    "/acme/churn/runs",
    "/acme/churn/runs/brisk-heron",
    "/acme/churn/models",
    "/acme/churn/models/classifier",
    "/acme/churn/models/classifier@2.0.0",
    "/acme/churn/datasets",
    "/acme/churn/apps",
    "/acme/churn/reports",
    "/search?q=class&within=acme/churn",
]


def test_pages_ask_the_same_number_of_questions_whatever_they_list(get: Any, gallery: Any, tmp_path: Path) -> None:
    before = {path: questions(get, gallery, path) for path in PATHS}
    for place in range(3):
        grow(gallery, tmp_path, place)
    assert {path: questions(get, gallery, path) for path in PATHS} == before
    assert max(before.values()) <= MOST, before


def grow(gallery: Any, folder: Path, place: int) -> None:
    """One more of everything."""
    store, project = gallery.store, gallery.project
    store.projects.ensure("acme", f"more-{place}")
    run = store.runs.create(project, name=f"more-{place}", tags=["more"])
    store.runs.set_params(run, Io.INPUT, {"lr": 0.5, "depth": place})
    store.metrics.append(run.id, {"auc": [Point(step, 0.0, 0.5 + step / 10) for step in range(4)]})
    file, bundle = folder / f"model-{place}", folder / f"bundle-{place}"
    file.write_text(f"weights {place}")
    bundle.write_text(f"bundle {place}")
    for noun, name in ((Noun.MODEL, "classifier"), (Noun.MODEL, f"other-{place}"), (Noun.DATASET, f"data-{place}")):
        version = store.registry.log(project, noun, name, Draft([("file", file)]), run=run).version
        if noun is Noun.MODEL:
            store.apps.log(version, "what-if", AppDraft(bundle, f"{name}{place}", "gradio", "app.py", "."))
    store.reports.publish(project, f"more-{place}", "A text.")


def questions(get: Any, gallery: Any, path: str) -> int:
    """How many statements the store is asked for one page."""
    asked: list[str] = []
    engine = gallery.store.database.engine

    def note(*given: Any) -> None:
        asked.append(given[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sum(statement.lstrip().upper().startswith(("SELECT", "WITH")) for statement in asked)


@pytest.mark.parametrize("noun", ["runs", "reports"])
def test_a_list_goes_on_where_a_page_ended(get: Any, gallery: Any, noun: str) -> None:
    """By key: what is logged meanwhile shifts nothing."""
    log = {"runs": gallery.store.runs.create, "reports": _publish(gallery)}[noun]
    for place in range(70):
        log(gallery.project, name=f"many-{place}")
    path = f"/acme/churn/{noun}"
    first = get(f"{path}.json").json()
    assert f"?after={first['after']}" in get(path).text
    log(gallery.project, name="meanwhile")
    second = get(f"{path}.json?after={first['after']}").json()
    refs = [item["ref"] for item in [*first["items"], *second["items"]]]
    assert len(refs) == len(set(refs)) >= 70


def _publish(gallery: Any) -> Any:
    def publish(project: Project, *, name: str) -> None:
        gallery.store.reports.publish(project, name, f"About {name}.")

    return publish
