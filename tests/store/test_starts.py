"""How starts of apps went: whether they ever worked, and how long they took."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest

from vitrina.store.apps import AppDraft
from vitrina.store.opening import Store
from vitrina.store.records import App, Move, Project, Version
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


def test_a_revision_has_worked_when_any_of_its_instances_was_ready(store: Store, app: App, clock: Moving) -> None:
    def moves(*states: str, number: int = 1) -> None:
        for state in states:
            store.instances.record([Move(app.revision_id, number, state, "", store.database.clock())])
            clock.forward(timedelta(seconds=2))

    moves("queued", "building", "crashed")
    assert store.instances.worked([app.revision_id]) == set()
    assert store.instances.start_times() == {}
    moves("queued", "building", "starting", "starting", "ready", "crashed")
    moves("queued", "building", "ready", number=2)
    assert store.instances.worked([app.revision_id, 999]) == {app.revision_id}
    assert store.instances.start_times() == {app.revision_id: [6.0, 2.0]}
