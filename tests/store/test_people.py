"""One-time links, sessions and tickets: each used once, none for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from vitrina.store.apps import AppDraft
from vitrina.store.opening import Store
from vitrina.store.people import LINK_LIFE, SESSION_LIFE
from vitrina.store.records import App, Project, Running
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.schema.people import SessionRow


@pytest.fixture
def app(store: Store, project: Project, tmp_path: Path) -> App:
    file = tmp_path / "model"
    file.write_text("model")
    version = store.registry.log(project, Noun.MODEL, "m", Draft([("model", file)])).version
    return store.apps.log(version, "what-if", AppDraft(file, "a" * 64, "gradio", "app.py", "."))


def test_a_link_becomes_one_session(store: Store) -> None:
    link = store.people.make_link(store.user)
    session = store.people.use_link(link)
    assert session is not None
    assert store.people.user_of_session(session) == store.user
    assert store.people.use_link(link) is None


def test_a_link_that_is_too_old_or_guessed_is_nothing(store: Store, clock) -> None:
    link = store.people.make_link(store.user)
    clock.forward(LINK_LIFE)
    assert store.people.use_link(link) is None
    assert store.people.use_link("guessed") is None


def test_a_session_ends_by_itself_and_by_hand(store: Store, clock) -> None:
    first, second = (store.people.use_link(store.people.make_link(store.user)) for _ in range(2))
    assert first is not None
    assert second is not None
    store.people.end_session(first)
    assert store.people.user_of_session(first) is None
    assert store.people.user_of_session(second) == store.user
    clock.forward(SESSION_LIFE)
    assert store.people.user_of_session(second) is None


def test_no_token_is_in_the_store(store: Store) -> None:
    session = store.people.use_link(store.people.make_link(store.user))
    with store.database.reading() as connection:
        assert connection.scalars(select(SessionRow.token_hash)).one() != session


def test_a_ticket_opens_once_and_soon(store: Store, app: App, clock) -> None:
    ticket = store.instances.make_ticket(app.revision_id, store.user.id)
    admission = store.instances.use_ticket(ticket)
    assert admission is not None
    assert (admission.revision_id, admission.user_id) == (app.revision_id, store.user.id)
    assert store.instances.use_ticket(ticket) is None
    late = store.instances.make_ticket(app.revision_id, None)
    clock.forward(timedelta(minutes=1))
    assert store.instances.use_ticket(late) is None


def test_the_last_word_of_a_front_replaces_the_one_before(store: Store, app: App, clock) -> None:
    def said(front: str, state: str) -> Running:
        return Running(app.revision_id, front, state, "", 7, "", None, clock.now)

    store.instances.note(said("one", "starting"))
    clock.forward(timedelta(seconds=1))
    store.instances.note(said("one", "ready"))
    assert store.instances.of_revisions([app.revision_id])[app.revision_id] == said("one", "ready")
    assert store.instances.list() == [said("one", "ready")]
    store.instances.clear(except_front="two")
    assert store.instances.of_revisions([app.revision_id]) == {}
