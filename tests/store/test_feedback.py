"""Feedback: kept once, within a version's room, read in pages and by flag, deleted for good."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from vitrina.store.apps import AppDraft
from vitrina.store.feedback import CHUNK, FeedbackDraft, FeedbackRoom, FeedbackTally
from vitrina.store.opening import Store
from vitrina.store.records import App, Project, Version
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.serving import Network, Serving

ROOM = FeedbackRoom()


@pytest.fixture
def version(store: Store, project: Project, tmp_path: Path) -> Version:
    return _version(store, project, tmp_path / "model")


@pytest.fixture
def app(store: Store, version: Version) -> App:
    return store.apps.log(version, "what-if", AppDraft(b"bundle", "a" * 64, "gradio", "what_if.py", "."))


@pytest.fixture
def draft(app: App) -> FeedbackDraft:
    return FeedbackDraft(
        uuid="0" * 16,
        version_id=app.version.id,
        revision_id=app.revision_id,
        instance=2,
        at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        inputs='{"tenure":3}',
        output="0.7",
    )


CountQueries = Callable[[], AbstractContextManager[list[str]]]


def _version(store: Store, project: Project, file: Path) -> Version:
    file.write_text(file.name)
    return store.registry.log(project, Noun.MODEL, "classifier", Draft([("model", file)])).version


def _several(draft: FeedbackDraft, count: int) -> list[FeedbackDraft]:
    return [replace(draft, uuid=f"{number:016x}", inputs=str(number)) for number in range(count)]


def test_an_entry_comes_back_as_it_was_told_with_where_it_came_from(
    store: Store, app: App, draft: FeedbackDraft
) -> None:
    told = replace(draft, note="too high", flag="wrong", viewer="alice", output='{"score": [0.7, "\\u0000"]}')
    assert store.feedback.keep([told], ROOM) == 0
    [entry] = store.feedback.list(app.version).items
    assert (entry.inputs, entry.output) == ({"tenure": 3}, {"score": [0.7, "\0"]})
    assert (entry.app, entry.revision, entry.instance, entry.at) == ("what-if", 1, 2, told.at)
    assert (entry.note, entry.flag, entry.viewer, entry.visitor) == ("too high", "wrong", "alice", None)
    assert entry.size_bytes == told.size_bytes


def test_keeping_the_same_entry_again_makes_no_second_one(store: Store, version: Version, draft: FeedbackDraft) -> None:
    store.feedback.keep([draft], ROOM)
    assert store.feedback.keep([draft, replace(draft, uuid="1" * 16)], ROOM) == 0
    assert [entry.uuid for entry in store.feedback.every(version)] == ["0" * 16, "1" * 16]
    assert store.feedback.tally(version).entries == 2


def test_pages_go_from_the_newest_back_and_each_is_one_query(
    store: Store, version: Version, draft: FeedbackDraft, count_queries: CountQueries
) -> None:
    store.feedback.keep(_several(draft, 5), ROOM)
    with count_queries() as statements:
        first = store.feedback.list(version, limit=3)
    second = store.feedback.list(version, after=first.after, limit=3)
    assert len([one for one in statements if one.startswith("SELECT")]) == 1
    assert [entry.inputs for page in (first, second) for entry in page.items] == [4, 3, 2, 1, 0]
    assert second.after is None


def test_one_flag_alone_can_be_read_and_all_flags_are_counted(
    store: Store, version: Version, draft: FeedbackDraft
) -> None:
    flags = ["wrong", "", "good", "wrong"]
    store.feedback.keep([replace(d, flag=flag) for d, flag in zip(_several(draft, 4), flags, strict=True)], ROOM)
    assert [entry.inputs for entry in store.feedback.list(version, flag="wrong").items] == [3, 0]
    assert [entry.inputs for entry in store.feedback.every(version, flag="wrong")] == [0, 3]
    assert store.feedback.tally(version).flags == [("wrong", 2), ("good", 1)]


def test_all_entries_come_oldest_first_however_many_chunks_they_take(
    store: Store, version: Version, draft: FeedbackDraft
) -> None:
    store.feedback.keep(_several(draft, CHUNK + 1), ROOM)
    assert [entry.inputs for entry in store.feedback.every(version)] == list(range(CHUNK + 1))


@pytest.mark.parametrize("room", [FeedbackRoom(entries=2), FeedbackRoom(size_bytes=8)], ids=["entries", "bytes"])
def test_what_finds_no_room_is_refused_and_counted(
    store: Store, version: Version, draft: FeedbackDraft, room: FeedbackRoom
) -> None:
    assert store.feedback.keep(_several(draft, 3), room) == 1
    assert store.feedback.keep([replace(draft, uuid="f" * 16)], room) == 1
    assert store.feedback.tally(version) == FeedbackTally(2, 8, 2, [])
    store.feedback.refuse(version.id, 3)
    assert (store.feedback.tally(version).refused, store.feedback.refused()) == (5, 5)
    assert store.feedback.sizes([version.id, 999]) == {version.id: (2, 8)}


def test_what_is_deleted_is_gone_makes_room_and_is_told_without_what_it_said(
    store: Store, version: Version, draft: FeedbackDraft
) -> None:
    room = FeedbackRoom(entries=2)
    store.feedback.keep(_several(draft, 2), room)
    assert store.feedback.delete(version, [draft.uuid, "nobody"]) == 1
    assert store.feedback.keep([replace(draft, uuid="f" * 16, inputs="9")], room) == 0
    assert [entry.inputs for entry in store.feedback.every(version)] == [1, 9]
    [change] = [change for change in store.changes.since(0) if change.action == "deleted feedback"]
    assert (change.kind, change.ref, change.data) == ("model", version.ref, {"entries": 1})


def test_another_version_keeps_its_entries_when_one_is_cleared(
    store: Store, project: Project, version: Version, draft: FeedbackDraft, tmp_path: Path
) -> None:
    other = _version(store, project, tmp_path / "other")
    store.feedback.keep([draft, replace(draft, uuid="1" * 16, version_id=other.id)], ROOM)
    assert store.feedback.delete(other, [draft.uuid]) == 0
    assert store.feedback.clear(version) == 1
    assert (store.feedback.tally(version).entries, store.feedback.tally(other).entries) == (0, 1)


def test_nothing_is_kept_for_a_version_that_was_deleted(store: Store, version: Version, draft: FeedbackDraft) -> None:
    with store.database.writing() as transaction:
        gone = text("UPDATE versions SET deleted_at = created_at WHERE id = :id")
        transaction.connection.execute(gone, {"id": version.id})
    assert store.feedback.keep([draft], ROOM) == 0
    assert store.feedback.list(version).items == []


def test_an_app_keeps_nothing_until_somebody_says_so(store: Store, app: App) -> None:
    assert not app.serving.feedback
    store.apps.serve(app, Serving(network=Network.FULL, feedback=True))
    assert store.apps.get(app.version, "what-if").serving == Serving(network=Network.FULL, feedback=True)
