"""Who may do what, as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from vitrina.hub.access import HUB, VISITOR, Action, Subject, Thing, may, visible_to
from vitrina.store.opening import open_store
from vitrina.store.records import Project, User, Visibility
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft

LOCAL = Subject(User(1, "local", "You"))
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def project(visibility: Visibility) -> Project:
    return Project(
        id=1,
        owner="acme",
        name="churn",
        title="",
        description="",
        visibility=visibility,
        created_at=NOW,
        updated_at=NOW,
    )


TABLE = [
    # thing                            visitor may                          the local user may
    (project(Visibility.PUBLIC), {Action.READ, Action.OPEN_APP}, set(Action)),
    (project(Visibility.INTERNAL), set[Action](), set(Action)),
    (project(Visibility.PRIVATE), set[Action](), set(Action)),
    (HUB, set[Action](), set(Action)),
]


@pytest.mark.parametrize(("thing", "visitors", "locals_"), TABLE)
def test_a_visitor_sees_public_things_and_the_local_user_all(
    thing: Thing, visitors: set[Action], locals_: set[Action]
) -> None:
    assert {action for action in Action if may(VISITOR, action, thing)} == visitors
    assert {action for action in Action if may(LOCAL, action, thing)} == locals_


def test_lists_are_filtered_by_the_same_rule() -> None:
    for subject in (VISITOR, LOCAL):
        readable = [one for one in Visibility if may(subject, Action.READ, project(one))]
        assert visible_to(subject) == readable


def test_what_is_in_a_project_is_as_visible_as_the_project(tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.write_text("1 2 3")
    with open_store() as store:
        secret, shown = store.projects.ensure("acme", "secret"), store.projects.ensure("acme", "shown")
        shown = store.projects.describe(shown, visibility=Visibility.PUBLIC)
        for owner, is_shown in ((secret, False), (shown, True)):
            run = store.runs.create(owner)
            version = store.registry.log(
                owner, Noun.MODEL, "classifier", Draft([("weights", weights)]), run=run
            ).version
            found = store.find(version.ref)
            for thing in (owner, run, version, version.collection, found):
                assert may(VISITOR, Action.READ, thing) is is_shown
                assert may(LOCAL, Action.READ, thing)


def test_an_action_may_be_said_by_its_word() -> None:
    assert may(VISITOR, "read", project(Visibility.PUBLIC))
    with pytest.raises(ValueError, match="raed"):
        may(VISITOR, "raed", project(Visibility.PUBLIC))
