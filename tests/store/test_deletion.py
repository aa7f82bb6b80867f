"""Deleting versions: what keeps them, what stays of them, the way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete

from vitrina.store.apps import AppDraft
from vitrina.store.deletion import GoneError, PinnedError
from vitrina.store.errors import ConflictError, NotFoundError
from vitrina.store.opening import Store
from vitrina.store.records import Node, NodeKind, Project, Run, Running, Subject, Version
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft, NumberSpentError
from vitrina.store.schema.registry import VersionFileRow
from vitrina.store.versions import Stage

Log = Callable[..., Version]


@pytest.fixture
def log(store: Store, project: Project, tmp_path: Path) -> Log:
    """`log("text")`: a version of the model m with that text."""

    def make(text: str, *, noun: Noun = Noun.MODEL, run: Run | None = None, version: str | None = None) -> Version:
        file = tmp_path / "model"
        file.write_text(text)
        return store.registry.log(project, noun, "m", Draft([("model", file)]), run=run, version=version).version

    return make


def test_a_deleted_version_is_not_found_and_its_number_is_spent(store: Store, log: Log) -> None:
    log("one")
    second = log("two")
    store.registry.delete(second, reason="leaked")
    for selector in ("1.0.1", "~1.0.1"):
        with pytest.raises(NotFoundError):
            store.registry.resolve(second.collection, selector)
    for selector in ("latest", "^1", None):
        assert store.registry.resolve(second.collection, selector).number == "1.0.0"
    with pytest.raises(NumberSpentError, match=r"m@1\.0\.1 was deleted; its number is not used again"):
        log("three", version="1.0.1")
    assert log("three").number == "1.0.2"
    kinds = [(entry.kind, entry.number, entry.reason) for entry in store.promotions.history(second.collection)]
    assert kinds == [("deleted", "1.0.1", "leaked")]
    with pytest.raises(NotFoundError):
        store.registry.delete(second)


def test_content_that_was_deleted_gets_the_next_number_when_it_is_logged_again(store: Store, log: Log) -> None:
    first = log("one")
    store.registry.delete(first)
    again = log("one")
    assert (again.number, again.content) == ("1.0.1", first.content)
    with pytest.raises(ConflictError, match=r"m@1\.0\.0 was logged again as .*m@1\.0\.1"):
        store.registry.restore(first.collection, "1.0.0")


def test_it_comes_back_as_it_was_until_its_files_are_gone(store: Store, log: Log, tmp_path: Path) -> None:
    first = log("one")
    store.promotions.promote(first, Stage.ARCHIVED)
    store.registry.delete(first)
    restored = store.registry.restore(first.collection, "1.0.0", reason="needed")
    assert (restored.id, restored.stage) == (first.id, Stage.ARCHIVED)
    assert [path.read_text() for path in store.registry.pull(restored, tmp_path / "out")] == ["one"]
    with pytest.raises(NotFoundError, match=r"deleted version acme/churn/models/m@1\.0\.0"):
        store.registry.restore(first.collection, "1.0.0")
    store.registry.delete(restored)
    with store.database.writing() as transaction:
        transaction.connection.execute(delete(VersionFileRow).where(VersionFileRow.version_id == first.id))
    with pytest.raises(GoneError, match="gc took its files"):
        store.registry.restore(first.collection, "1.0.0")


def _refused(store: Store, version: Version) -> tuple[str, ...]:
    with pytest.raises(PinnedError) as caught:
        store.registry.delete(version)
    assert store.registry.version(version.id).number == version.number
    return caught.value.pins


def test_names_and_stages_keep_a_version(store: Store, log: Log) -> None:
    version = log("one")
    store.promotions.alias(version, "champion")
    store.promotions.promote(version, Stage.PRODUCTION)
    assert _refused(store, version) == ("alias @champion points to it", "it is in production")
    store.promotions.drop_alias(version.collection, "champion")
    store.promotions.promote(version, Stage.ARCHIVED)
    store.registry.delete(version)


def test_what_was_made_from_it_keeps_a_version(store: Store, project: Project, run: Run, log: Log) -> None:
    data, base = log("rows", noun=Noun.DATASET), log("base")
    model = log("weights", run=run)
    store.lineage.add(project.id, Node(NodeKind.VERSION, data.id), Node(NodeKind.RUN, run.id), relation="used")
    tuned, version = Node(NodeKind.VERSION, model.id), Node(NodeKind.VERSION, base.id)
    store.lineage.add(project.id, version, tuned, relation="tuned")
    for each in (data, base):
        assert _refused(store, each) == ("acme/churn/models/m@1.0.1 was made from it",)
    with pytest.raises(PinnedError) as caught:
        store.registry.delete(data, may_read=lambda project: False)
    assert caught.value.pins == ("something (1) was made from it",)
    store.registry.delete(model)
    store.registry.delete(data)
    store.registry.delete(base)


def test_a_report_that_cites_it_keeps_a_version_and_its_own_readme_does_not(
    store: Store, project: Project, log: Log
) -> None:
    version = log("one")
    node = Node(NodeKind.VERSION, version.id)
    own = store.reports.publish_readme(project, Subject.VERSION, version.id, "# Mine")
    store.lineage.add(project.id, node, Node(NodeKind.REPORT, own.id), relation="cites")
    report = store.reports.publish(project, "q3", "# Q3")
    store.lineage.add(project.id, node, Node(NodeKind.REPORT, report.id), relation="cites")
    assert _refused(store, version) == ("acme/churn/reports/q3 cites it",)


def test_an_app_that_runs_keeps_a_version(store: Store, log: Log) -> None:
    version = log("one")
    app = store.apps.log(version, "what-if", AppDraft(b"zip", "0" * 64, "asgi", "app.py", "", ""))
    at = datetime(2026, 3, 1, tzinfo=UTC)
    running = Running(app.revision_id, "front", "ready", "", None, "", at, at)
    store.instances.note(running)
    assert _refused(store, version) == ("its app what-if runs",)


def test_a_number_that_differs_in_build_metadata_only_is_taken(store: Store, log: Log) -> None:
    log("one", version="1.0.0+linux")
    with pytest.raises(ConflictError, match=r"1\.0\.0\+linux exists and has other content"):
        log("two", version="1.0.0+mac")


def test_notes_are_written_anew_and_the_log_keeps_what_they_were(store: Store, log: Log) -> None:
    version = log("one")
    noted = store.registry.note(store.registry.note(version, "Better."), "Better recall.")
    assert (noted.notes, noted.content, noted.number) == ("Better recall.", version.content, version.number)
    assert store.registry.note(noted, "Better recall.") == noted
    entries = [(entry.kind, entry.before, entry.name) for entry in store.promotions.history(version.collection)]
    assert entries == [("notes", "Better.", "Better recall."), ("notes", "", "Better.")]
