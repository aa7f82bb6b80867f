"""What checks found stays with the version, and stands in the way of promoting it and what was trained on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from vitrina.store.checks.check import Kind, Outcome, Result, result_of
from vitrina.store.gates import GateRefusedError
from vitrina.store.opening import Store
from vitrina.store.records import Node, NodeKind, Project, Run, Version
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.versions import Stage

CountQueries = Callable[[], AbstractContextManager[list[str]]]
PASSED = Result("id is unique", Kind.UNIQUE, Outcome.PASSED, "Each comes once.", 0)
FAILED = Result("age is never missing", Kind.NOT_NULL, Outcome.FAILED, "1 row of 3 does not keep to it.", 1, ("x",))
BROKEN = Result("agee is unique", Kind.UNIQUE, Outcome.BROKEN, "There is no column 'agee'; there are age.")


def logged(
    store: Store, project: Project, noun: Noun, text: str, folder: Path, *, checks: tuple[Result, ...] = ()
) -> Version:
    file = folder / "data"
    file.write_text(text)
    return store.registry.log(project, noun, "people", Draft([("data", file)], checks=checks)).version


def test_what_was_found_stays_with_the_version(store: Store, project: Project, tmp_path: Path) -> None:
    version = logged(store, project, Noun.DATASET, "1", tmp_path, checks=(PASSED, FAILED))
    other = logged(store, project, Noun.DATASET, "2", tmp_path)
    found = store.checks.of([version.id, other.id])
    assert list(found) == [version.id]
    assert found[version.id].results == (PASSED, FAILED)
    assert found[version.id].failed == (FAILED,)


def test_the_newest_checking_counts_also_of_content_that_existed(
    store: Store, project: Project, tmp_path: Path
) -> None:
    version = logged(store, project, Noun.DATASET, "1", tmp_path, checks=(PASSED,))
    assert logged(store, project, Noun.DATASET, "1", tmp_path, checks=(BROKEN,)) == version
    assert store.checks.of([version.id])[version.id].failed == (BROKEN,)
    store.checks.record(version, [PASSED])
    assert store.checks.of([version.id])[version.id].failed == ()
    assert logged(store, project, Noun.DATASET, "1", tmp_path) == version
    assert store.checks.of([version.id])[version.id].results == (PASSED,)


def test_a_dataset_whose_check_failed_is_promoted_with_a_reason_only(
    store: Store, project: Project, tmp_path: Path
) -> None:
    version = logged(store, project, Noun.DATASET, "1", tmp_path, checks=(PASSED, FAILED, BROKEN))
    said = (
        r"2 of 3 checks of acme/churn/datasets/people@1\.0\.0 failed: age is never missing; agee is unique\. \[checks\]"
    )
    with pytest.raises(GateRefusedError, match=said):
        store.promotions.promote(version, Stage.PRODUCTION)
    assert store.promotions.promote(version, Stage.ARCHIVED).stage is Stage.ARCHIVED
    promoted = store.promotions.promote(version, Stage.PRODUCTION, override="Known: he has no birthday.")
    assert promoted.stage is Stage.PRODUCTION
    [entry] = [one for one in store.promotions.history(version.collection) if one.override is not None]
    assert entry.override is not None
    assert [refusal.gate for refusal in entry.override.refusals] == ["checks"]


def test_a_model_that_was_trained_on_it_is_stopped_too(
    store: Store, project: Project, run: Run, tmp_path: Path
) -> None:
    data = logged(store, project, Noun.DATASET, "1", tmp_path, checks=(FAILED,))
    store.lineage.add(project.id, Node(NodeKind.VERSION, data.id), Node(NodeKind.RUN, run.id), relation="used")
    file = tmp_path / "model"
    file.write_text("weights")
    model = store.registry.log(project, Noun.MODEL, "m", Draft([("model", file)]), run=run).version
    with pytest.raises(GateRefusedError, match=r"1 of 1 checks of acme/churn/datasets/people@1\.0\.0 failed"):
        store.promotions.promote(model, Stage.STAGING)
    store.checks.record(data, [PASSED])
    assert store.promotions.promote(model, Stage.STAGING).stage is Stage.STAGING


def test_all_of_a_page_is_asked_by_one_query(
    store: Store, project: Project, tmp_path: Path, count_queries: CountQueries
) -> None:
    ids = [logged(store, project, Noun.DATASET, str(n), tmp_path, checks=(PASSED,)).id for n in range(3)]
    with count_queries() as asked:
        assert len(store.checks.of(ids)) == 3
    assert len([one for one in asked if one.startswith("SELECT")]) == 1


@pytest.mark.parametrize("odd", [None, 7, "text", [], {}, {"title": 1}, {**FAILED.as_dict(), "outcome": "fine"}])
def test_a_result_of_another_form_is_no_pass(odd: object) -> None:
    assert result_of(odd).outcome is Outcome.BROKEN
    assert result_of(FAILED.as_dict()) == FAILED
