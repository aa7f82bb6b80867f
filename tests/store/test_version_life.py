"""The life of versions as a state machine: whatever is logged, named, promoted, deleted and restored, in any order."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from vitrina.store.deletion import PinnedError
from vitrina.store.errors import ConflictError, NotFoundError
from vitrina.store.opening import Store
from vitrina.store.records import Version
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.versions import Bump, Stage, next_version, place_of

TEXTS = st.sampled_from("abcd")
NAMES = st.sampled_from(["champion", "shadow"])
PICK = st.integers(0, 10)


class Life(RuleBasedStateMachine):
    """The registry beside a model of it that is plain Python."""

    def __init__(self, store: Store, folder: Path, number: int) -> None:
        super().__init__()
        self.store, self.folder = store, folder
        self.project = store.projects.ensure("acme", f"life-{number}")
        self.content: dict[str, str] = {}
        """What each number that was ever given holds."""

        self.live: dict[str, Version] = {}
        self.stages: dict[str, Stage] = {}
        self.aliases: dict[str, str] = {}
        self.entries = 0

    def _pick(self, place: int) -> str:
        return sorted(self.live, key=place_of)[place % len(self.live)]

    @rule(text=TEXTS, bump=st.sampled_from([None, *Bump]))
    def log(self, text: str, bump: Bump | None) -> None:
        (self.folder / "model").write_text(text)
        draft = Draft([("model", self.folder / "model")])
        logged = self.store.registry.log(self.project, Noun.MODEL, "m", draft, bump=bump)
        same = next((number for number in self.live if self.content[number] == text), None)
        if same is not None:
            expected = same
        elif not self.content:
            expected = "1.0.0"
        else:
            expected = next_version(max(self.content, key=place_of), bump or Bump.PATCH)
        assert (logged.version.number, logged.is_new) == (expected, same is None)
        self.content[expected], self.live[expected] = text, logged.version

    @precondition(lambda self: self.live)
    @rule(place=PICK, stage=st.sampled_from([None, *Stage]))
    def promote(self, place: int, stage: Stage | None) -> None:
        number = self._pick(place)
        self.store.promotions.promote(self.live[number], stage)
        if self.stages.get(number) is stage:
            return
        self.entries += 1
        former = next((one for one, held in self.stages.items() if held is Stage.PRODUCTION), None)
        if stage is Stage.PRODUCTION and former is not None:
            self.stages[former] = Stage.ARCHIVED
        self.stages.pop(number, None)
        if stage is not None:
            self.stages[number] = stage

    @precondition(lambda self: self.live)
    @rule(place=PICK, name=NAMES)
    def alias(self, place: int, name: str) -> None:
        number = self._pick(place)
        self.store.promotions.alias(self.live[number], name)
        self.entries += self.aliases.get(name) != number
        self.aliases[name] = number

    @precondition(lambda self: self.live)
    @rule(name=NAMES)
    def drop(self, name: str) -> None:
        collection = next(iter(self.live.values())).collection
        if name in self.aliases:
            self.store.promotions.drop_alias(collection, name)
            self.entries += 1
            del self.aliases[name]
        else:
            with pytest.raises(NotFoundError):
                self.store.promotions.drop_alias(collection, name)

    @precondition(lambda self: self.live)
    @rule(place=PICK)
    def delete(self, place: int) -> None:
        number = self._pick(place)
        if number in self.aliases.values() or self.stages.get(number) in {Stage.STAGING, Stage.PRODUCTION}:
            with pytest.raises(PinnedError):
                self.store.registry.delete(self.live[number])
        else:
            self.store.registry.delete(self.live.pop(number))
            self.entries += 1

    @precondition(lambda self: self.content)
    @rule(place=PICK)
    def restore(self, place: int) -> None:
        number = sorted(self.content)[place % len(self.content)]
        collection = self.store.registry.collection(self.project, Noun.MODEL, "m")
        texts = [self.content[one] for one in self.live]
        if number in self.live:
            with pytest.raises(NotFoundError):
                self.store.registry.restore(collection, number)
        elif self.content[number] in texts:
            with pytest.raises(ConflictError):
                self.store.registry.restore(collection, number)
        else:
            self.live[number] = self.store.registry.restore(collection, number)
            self.entries += 1

    @invariant()
    def it_is_what_was_done(self) -> None:
        if not self.content:
            return
        collection = self.store.registry.collection(self.project, Noun.MODEL, "m")
        there = self.store.registry.versions([collection.id])[collection.id]
        assert [one.number for one in there] == sorted(self.live, key=place_of, reverse=True)
        assert {one.number: one.stage for one in there if one.stage} == {
            number: stage for number, stage in self.stages.items() if number in self.live
        }
        assert {name: one.number for one in there for name in one.aliases} == self.aliases
        assert {one.number: one.content for one in there} == {n: v.content for n, v in self.live.items()}
        assert len(self.store.promotions.history(collection)) == min(self.entries, 100)


def test_versions_live_as_they_should(store: Store, tmp_path: Path) -> None:
    made = iter(range(10_000))
    run_state_machine_as_test(
        lambda: Life(store, tmp_path, next(made)),
        settings=settings(
            max_examples=8, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
