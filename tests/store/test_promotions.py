"""Stages and aliases, and the log of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection

from vitrina.store.errors import NotFoundError
from vitrina.store.gates import PASSES, GateRefusedError, NoReasonError, Verdict, refuses
from vitrina.store.opening import Store
from vitrina.store.promotions import Promotions
from vitrina.store.records import Override, Project, Refusal, Version
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


@dataclass(frozen=True)
class Approvals:
    """A gate that waits for approvals, which never come."""

    name: str = "approvals"
    asks: str = "Was it approved?"

    def verdict(self, connection: Connection, version: Version, stage: Stage) -> Verdict:
        assert connection.in_transaction()
        return PASSES if stage is Stage.STAGING else refuses(f"{version.number} waits for 1 approval.")


@dataclass(frozen=True)
class Checks:
    """A gate that finds fault with everything."""

    name: str = "checks"
    asks: str = "Did every check pass?"

    def verdict(self, connection: Connection, version: Version, stage: Stage) -> Verdict:
        return refuses("2 of 3 checks failed.")


@pytest.fixture
def guarded(store: Store) -> Promotions:
    return Promotions(store.database, store.user.id, gates=[Checks(), Approvals()])


def test_gates_refuse_with_all_their_reasons_and_nothing_changes(
    store: Store, versions: list[Version], guarded: Promotions
) -> None:
    with pytest.raises(GateRefusedError) as caught:
        guarded.promote(versions[0], Stage.PRODUCTION)
    said = "acme/churn/models/m@1.0.0 may not go to production: "
    said += "2 of 3 checks failed. [checks] 1.0.0 waits for 1 approval. [approvals]"
    assert caught.value.message == said
    assert "--override" in str(caught.value)
    assert [refusal.gate for refusal in caught.value.refusals] == ["checks", "approvals"]
    assert store.registry.version(versions[0].id).stage is None
    assert store.promotions.history(versions[0].collection) == []


def test_a_gate_is_asked_about_the_stage(versions: list[Version], guarded: Promotions) -> None:
    with pytest.raises(GateRefusedError) as caught:
        guarded.promote(versions[0], Stage.STAGING)
    assert [refusal.gate for refusal in caught.value.refusals] == ["checks"]


@pytest.mark.parametrize("stage", [Stage.ARCHIVED, None])
def test_no_gate_keeps_a_version_in_a_stage(versions: list[Version], guarded: Promotions, stage: Stage | None) -> None:
    guarded.promote(versions[0], Stage.PRODUCTION, override="a demo")
    assert guarded.promote(versions[0], stage).stage is stage


def test_an_override_is_kept_with_what_the_gates_had_said(versions: list[Version], guarded: Promotions) -> None:
    promoted = guarded.promote(versions[0], Stage.PRODUCTION, reason="best", override=" Anna saw it ")
    assert promoted.stage is Stage.PRODUCTION
    [entry] = guarded.history(promoted.collection)
    refusals = (Refusal("checks", "2 of 3 checks failed."), Refusal("approvals", "1.0.0 waits for 1 approval."))
    assert (entry.reason, entry.override) == ("best", Override("Anna saw it", refusals))


def test_an_override_that_was_not_needed_is_not_kept(store: Store, versions: list[Version]) -> None:
    store.promotions.promote(versions[0], Stage.PRODUCTION, override="to be safe")
    [entry] = store.promotions.history(versions[0].collection)
    assert entry.override is None


def test_an_override_says_why(versions: list[Version], guarded: Promotions) -> None:
    with pytest.raises(NoReasonError, match="without a reason says nothing"):
        guarded.promote(versions[0], Stage.PRODUCTION, override="  ")


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
