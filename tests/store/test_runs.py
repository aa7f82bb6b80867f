"""Runs: life, params, tags, lists."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.store import params
from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.opening import Store
from vitrina.store.records import ParamKind, Project, Run, Status
from vitrina.store.runs import MOVES, Io, RunIdTakenError, StatusError


def test_a_new_run_is_running_and_has_16_hex_digits(run: Run) -> None:
    assert run.status is Status.RUNNING
    assert len(run.uuid) == 16
    assert int(run.uuid, 16) >= 0
    assert run.ref == f"acme/churn/runs/{run.uuid}"


def test_a_run_is_found_by_id_prefix_and_name(store: Store, project: Project) -> None:
    first = store.runs.create(project, name="nightly", uuid="aaaaaa1111111111")
    second = store.runs.create(project, name="nightly", uuid="aaaaaa2222222222")
    assert store.runs.find(project, "aaaaaa1111111111").id == first.id
    assert store.runs.find(project, "aaaaaa1").id == first.id
    assert store.runs.find(project, "nightly").id == second.id
    for key in ("aaaaaa", "aaaaa", "weekly"):
        with pytest.raises(NotFoundError, match=f"no run '{key}' in acme/churn"):
            store.runs.find(project, key)


def test_a_given_id_is_taken_once(store: Store, project: Project) -> None:
    made = store.runs.create(project, uuid="my-run", tags=["nightly"])
    assert store.runs.by_uuid(project, "MY-RUN") == made
    assert store.runs.by_uuid(project, "my-ru") is None
    with pytest.raises(RunIdTakenError, match="acme/churn/runs/my-run exists already"):
        store.runs.create(project, uuid="MY-RUN")
    with pytest.raises(InvalidError, match="cannot be the id of a run"):
        store.runs.create(project, uuid="a/b")


def test_the_end_of_a_run_is_kept_with_its_reason(store: Store, run: Run, clock) -> None:
    clock.forward(timedelta(seconds=90))
    ended = store.runs.move(run, Status.FAILED, reason="exception", message="ValueError: no")
    assert (ended.status, ended.message, ended.duration_s) == (Status.FAILED, "ValueError: no", 90)
    assert [status for _, status, _, _ in store.runs.history(run)] == [Status.RUNNING, Status.FAILED]


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("after", Status)
def test_moves_that_are_not_in_the_table_are_refused(store: Store, run: Run, before: Status, after: Status) -> None:
    store.runs.move(run, before)
    if after in MOVES[before]:
        assert store.runs.move(run, after).status is after
    else:
        with pytest.raises(StatusError, match=f"is {before} and cannot become {after}"):
            store.runs.move(run, after)


def test_params_keep_their_type(store: Store, run: Run) -> None:
    given_values = {
        "depth": 3,
        "rate": 0.1,
        "name": "3",
        "fast": True,
        "none": None,
        "layers": [64, 32],
        "nan": math.nan,
        "inf": -math.inf,
        "big": 2**70,
        "net": {"act": "relu", "deep": {"er": 1}},
    }
    store.runs.set_params(run, Io.INPUT, given_values)
    found = {param.name: param for param in store.runs.params([run.id])[run.id]}
    assert found["depth"].value == 3
    assert isinstance(found["depth"].value, int)
    assert found["name"].value == "3"
    assert found["fast"].value is True
    assert found["none"].kind is ParamKind.NULL
    assert found["layers"].value == [64, 32]
    assert math.isnan(found["nan"].value)
    assert found["inf"].value == -math.inf
    assert found["big"].value == 2**70
    assert found["net/deep/er"].value == 1


def test_inputs_and_outputs_of_one_name_do_not_clash(store: Store, run: Run) -> None:
    store.runs.set_params(run, Io.INPUT, {"auc": "wanted"})
    store.runs.set_params(run, Io.OUTPUT, {"auc": 0.91})
    assert store.runs.params([run.id], Io.INPUT)[run.id][0].value == "wanted"
    assert store.runs.params([run.id], Io.OUTPUT)[run.id][0].value == 0.91


def test_a_param_that_is_logged_again_is_replaced_and_reset_drops_the_rest(store: Store, run: Run) -> None:
    store.runs.set_params(run, Io.INPUT, {"a": 1, "b": 2})
    store.runs.set_params(run, Io.INPUT, {"a": "one"})
    assert [(p.name, p.value) for p in store.runs.params([run.id])[run.id]] == [("a", "one"), ("b", 2)]
    store.runs.set_params(run, Io.INPUT, {"c": 3}, reset=True)
    assert [p.name for p in store.runs.params([run.id])[run.id]] == ["c"]


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


@given(scalars | st.lists(st.integers() | st.text()))
def test_every_value_comes_back_as_it_was(value: object) -> None:
    row = params.to_row(params.param("x", value))
    back = params.from_row("x", row["kind"], row["text"]).value
    assert (type(back), back) == (type(value), value)


def test_lists_go_on_where_a_page_ended_and_cost_the_same(store: Store, project: Project, count_queries) -> None:
    made = [store.runs.create(project, name=f"run {number}", tags=["t"]) for number in range(7)]
    with count_queries() as asked_first:
        first = store.runs.list(project, limit=3)
    with count_queries() as asked_last:
        second = store.runs.list(project, after=first.after, limit=3)
    third = store.runs.list(project, after=second.after, limit=3)
    names = [run.name for page in (first, second, third) for run in page.items]
    assert names == [run.name for run in reversed(made)]
    assert third.after is None
    assert len(asked_first) == len(asked_last)


def test_tags_are_kept_once_and_filter(store: Store, project: Project, run: Run) -> None:
    store.runs.add_tags(run, ["best", "best", "tree"])
    assert store.runs.get(run.id).tags == ("best", "tree")
    store.runs.create(project, name="other")
    assert [found.name for found in store.runs.list(project, tag="best").items] == ["baseline"]
