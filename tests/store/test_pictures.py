"""Pictures of apps: which are due, what is kept, what became of failures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest

from vitrina.store.apps import AppDraft
from vitrina.store.opening import Store
from vitrina.store.records import App, Project, Version
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft


class Moving(Protocol):
    def forward(self, by: timedelta) -> None: ...


DRAFT = AppDraft(b"bundle", "a" * 64, "gradio", "what_if.py", ".")


@pytest.fixture
def version(store: Store, project: Project, tmp_path: Path) -> Version:
    file = tmp_path / "model"
    file.write_text("model")
    return store.registry.log(project, Noun.MODEL, "classifier", Draft([("model", file)])).version


@pytest.fixture
def app(store: Store, version: Version) -> App:
    return store.apps.log(version, "what-if", DRAFT)


def test_an_app_without_a_picture_is_due_and_one_with_a_picture_is_not(store: Store, app: App) -> None:
    assert store.pictures.due() == [app.revision_id]
    store.pictures.keep(app, b"png", width=1280, height=800)
    assert store.pictures.due() == []
    kept = store.pictures.of_revisions([app.revision_id])[app.revision_id]
    assert kept.blob is not None
    assert (store.blobs.read(kept.blob), kept.width, kept.height, kept.reason) == (b"png", 1280, 800, "")


def test_an_app_whose_maintainer_wants_no_picture_is_due_when_somebody_asks(store: Store, app: App) -> None:
    store.apps.serve(app, replace(app.serving, picture=False))
    assert store.pictures.due() == []
    store.pictures.ask(app)
    assert store.pictures.due() == [app.revision_id]


def test_of_an_app_only_the_newest_revision_is_due(store: Store, version: Version, app: App) -> None:
    newer = store.apps.log(version, "what-if", replace(DRAFT, bundle="b" * 64))
    assert store.pictures.due() == [newer.revision_id]
    assert app.revision_id != newer.revision_id


def test_the_app_logged_last_is_due_first_and_one_that_was_asked_for_before_it(
    store: Store, version: Version, app: App
) -> None:
    second = store.apps.log(version, "second", DRAFT)
    third = store.apps.log(version, "third", DRAFT)
    assert store.pictures.due() == [third.revision_id, second.revision_id, app.revision_id]
    store.pictures.ask(app)
    assert store.pictures.due() == [app.revision_id, third.revision_id, second.revision_id]
    assert store.pictures.due(limit=2) == [app.revision_id, third.revision_id]


def test_a_failure_is_kept_with_its_reason_and_tried_again_twice(store: Store, app: App, clock: Moving) -> None:
    store.pictures.fail(app, "Its page stays empty.")
    assert store.pictures.of_revisions([app.revision_id])[app.revision_id].reason == "Its page stays empty."
    assert store.pictures.due() == []
    clock.forward(timedelta(minutes=10))
    assert store.pictures.due() == [app.revision_id]
    store.pictures.fail(app, "Its page stays empty.")
    clock.forward(timedelta(hours=6))
    assert store.pictures.due() == [app.revision_id]
    store.pictures.fail(app, "Its page stays empty.")
    clock.forward(timedelta(days=30))
    assert store.pictures.due() == []


def test_asking_brings_a_new_picture_and_keeps_the_old_one_until_then(store: Store, app: App) -> None:
    store.pictures.keep(app, b"old", width=1, height=1)
    store.pictures.ask(app)
    assert store.pictures.due() == [app.revision_id]
    old = store.pictures.of_revisions([app.revision_id])[app.revision_id]
    assert old.blob is not None
    store.pictures.fail(app, "The browser ended by itself.")
    failed = store.pictures.of_revisions([app.revision_id])[app.revision_id]
    assert (failed.blob, failed.reason) == (old.blob, "The browser ended by itself.")
    store.pictures.keep(app, b"new", width=1, height=1)
    new = store.pictures.of_revisions([app.revision_id])[app.revision_id]
    assert new.blob is not None
    assert (store.blobs.read(new.blob), new.reason, new.tries) == (b"new", "", 0)
