"""Stages and aliases, and the log of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.store.errors import ConflictError, NotFoundError
from vitrina.store.opening import Store
from vitrina.store.promotions import Promotions
from vitrina.store.records import Project, Version
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.versions import BadAliasError, Stage


@pytest.fixture
def versions(store: Store, project: Project, tmp_path: Path) -> list[Version]:
    """1.0.0, 1.0.1, 1.0.2."""
    made: list[Version] = []
    for number in range(3):
        file = tmp_path / "model"
        file.write_text(str(number))
        made.append(store.registry.log(project, Noun.MODEL, "m", Draft([("model", file)])).version)
    return made


def test_one_version_is_in_production(store: Store, versions: list[Version]) -> None:
    store.promotions.promote(versions[0], Stage.PRODUCTION, reason="first")
    store.promotions.promote(versions[1], Stage.PRODUCTION, reason="better")
    stages = [store.registry.version(version.id).stage for version in versions]
    assert stages == [Stage.ARCHIVED, Stage.PRODUCTION, None]
    newest, oldest = store.promotions.history(versions[0].collection)
    assert (newest.number, newest.name, newest.displaced, newest.reason, newest.by) == (
        "1.0.1",
        "production",
        "1.0.0",
        "better",
        "local",
    )
    assert (oldest.number, oldest.before, oldest.displaced) == ("1.0.0", None, None)


def test_promoting_twice_is_noted_once(store: Store, versions: list[Version]) -> None:
    for _ in range(2):
        store.promotions.promote(versions[0], Stage.STAGING)
    assert len(store.promotions.history(versions[0].collection)) == 1


def test_a_stage_can_be_taken_away(store: Store, versions: list[Version]) -> None:
    store.promotions.promote(versions[0], Stage.PRODUCTION)
    assert store.promotions.promote(versions[0], None, reason="withdrawn").stage is None


def test_a_gate_refuses_with_its_reason_and_nothing_changes(store: Store, versions: list[Version]) -> None:
    def closed(*_: object) -> None:
        raise ConflictError("Production waits for 1 approval.")

    promotions = Promotions(store.database, store.user.id, gates=[closed])
    with pytest.raises(ConflictError, match="waits for 1 approval"):
        promotions.promote(versions[0], Stage.PRODUCTION)
    assert store.registry.version(versions[0].id).stage is None
    assert promotions.promote(versions[0], None).stage is None


def test_an_alias_moves(store: Store, versions: list[Version]) -> None:
    store.promotions.alias(versions[0], "champion")
    moved = store.promotions.alias(versions[2], "champion", reason="won")
    assert moved.aliases == ("champion",)
    assert store.registry.version(versions[0].id).aliases == ()
    entry = store.promotions.history(moved.collection)[0]
    assert (entry.kind, entry.name, entry.before, entry.displaced) == ("alias", "champion", "1.0.0", "1.0.0")


def test_an_alias_can_be_dropped_once(store: Store, versions: list[Version]) -> None:
    store.promotions.alias(versions[0], "champion")
    store.promotions.drop_alias(versions[0].collection, "champion")
    with pytest.raises(NotFoundError, match="alias acme/churn/models/m@champion"):
        store.promotions.drop_alias(versions[0].collection, "champion")


@pytest.mark.parametrize("name", ["latest", "production", "1.0.0"])
def test_an_alias_that_means_something_else_is_refused(store: Store, versions: list[Version], name: str) -> None:
    with pytest.raises(BadAliasError):
        store.promotions.alias(versions[0], name)
