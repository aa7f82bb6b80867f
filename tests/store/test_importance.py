"""Which params a metric hangs on."""

from __future__ import annotations

import math
import random
import sys

import pytest

from vitrina.store import params
from vitrina.store.compare.importance import (
    FEWEST,
    Importance,
    NothingVariedError,
    TooFewRunsError,
    Trial,
    importance,
    trials,
)
from vitrina.store.errors import MissingExtraError
from vitrina.store.opening import Store
from vitrina.store.records import Point, Project
from vitrina.store.runs import Io


def trial(value: float | None, **given: object) -> Trial:
    return Trial({name: params.param(name, one) for name, one in given.items()}, value)


@pytest.fixture(scope="module")
def found() -> Importance:
    """The metric is a sum of `lr` and, a little, of `kind`; `noise` and `seed` have no part in it."""
    chance = random.Random(1)
    made: list[Trial] = []
    for number in range(60):
        lr, kind = chance.random(), chance.choice(["tree", "net", "line"])
        value = -3 * lr + (0.5 if kind == "net" else 0.0) + chance.gauss(0, 0.05)
        given = {"lr": lr, "kind": kind, "noise": chance.random(), "seed": number, "batch": 32}
        made.append(trial(value, **given))
    return importance([*made, trial(None, lr=1.0), trial(math.nan, lr=2.0), trial(math.inf, lr=3.0)], "auc")


def test_what_the_metric_is_made_of_matters_in_that_order(found: Importance) -> None:
    assert [one.name for one in found.weights][:2] == ["lr", "kind"]
    weights = {one.name: one for one in found.weights}
    assert weights["lr"].importance > 0.6
    assert weights["noise"].importance < 0.05
    assert weights["seed"].importance < 0.05
    assert sum(one.importance for one in found.weights) == pytest.approx(1)


def test_it_says_which_way_and_how_sure_it_is(found: Importance) -> None:
    weights = {one.name: one for one in found.weights}
    lr = weights["lr"].correlation
    assert lr is not None
    assert lr < -0.8
    assert weights["kind"].correlation is None
    assert weights["kind"].distinct == 3
    assert 0.7 < found.score < 1
    assert (found.runs, found.constant) == (60, ("batch",))


def test_a_param_that_not_all_runs_have_can_matter_by_its_absence() -> None:
    chance = random.Random(2)
    with_it = [trial(1 + chance.random() / 10, dropout=0.5, depth=chance.randrange(5)) for _ in range(15)]
    without = [trial(chance.random() / 10, depth=chance.randrange(5)) for _ in range(15)]
    found = importance(with_it + without, "auc")
    assert (found.weights[0].name, found.weights[0].correlation) == ("dropout", None)
    assert found.weights[0].importance > 0.9


def test_a_metric_that_is_chance_is_said_to_be_so() -> None:
    chance = random.Random(3)
    found = importance([trial(chance.random(), lr=chance.random()) for _ in range(30)], "auc")
    assert found.score < 0.2


def test_values_of_many_kinds_under_one_name_are_categories() -> None:
    given = [1, "two", None, [3], True] * 4
    values = [trial(float(number % 5), mixed=one, endless=math.inf) for number, one in enumerate(given)]
    found = importance(values, "auc")
    assert [(one.name, one.correlation) for one in found.weights] == [("mixed", None)]


@pytest.mark.parametrize("count", [0, FEWEST - 1])
def test_too_few_runs_do_not_tell(count: int) -> None:
    with pytest.raises(TooFewRunsError, match=f"Only {count} of the runs have a number for 'auc'"):
        importance([trial(float(number), lr=number) for number in range(count)] + [trial(None)] * 20, "auc")


def test_runs_that_do_not_differ_do_not_tell() -> None:
    with pytest.raises(NothingVariedError, match="All params are the same in all runs"):
        importance([trial(float(number), lr=1) for number in range(20)], "auc")
    with pytest.raises(NothingVariedError, match="'auc' is the same in all runs"):
        importance([trial(1.0, lr=number) for number in range(20)], "auc")


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    with pytest.raises(MissingExtraError, match=r"vitrina\[sklearn\]"):
        importance([trial(float(number), lr=number) for number in range(20)], "auc")


def test_trials_are_read_from_runs_in_a_few_queries(store: Store, project: Project, count_queries) -> None:
    runs = [store.runs.create(project) for _ in range(5)]
    for number, run in enumerate(runs):
        store.runs.set_params(run, Io.INPUT, {"lr": number})
    store.metrics.append(runs[0].id, {"auc": [Point(0, 0.0, 0.9), Point(1, 0.0, 0.8)]})
    store.runs.set_params(runs[1], Io.OUTPUT, {"auc": 0.7, "note": "x"})
    store.runs.set_params(runs[2], Io.OUTPUT, {"auc": "high"})
    with count_queries() as statements:
        found = trials(store, iter(runs), "auc")
    assert [one.value for one in found] == [0.8, 0.7, None, None, None]
    assert [one.params["lr"].value for one in found] == [0, 1, 2, 3, 4]
    assert len([one for one in statements if one.startswith("SELECT")]) == 3
