"""`tracking.search`: runs by a query, as handles and as tables."""

from __future__ import annotations

import pytest

from vitrina import tracking
from vitrina.store.opening import Store
from vitrina.store.search.errors import QueryError


@pytest.fixture
def logged(store: Store) -> list[tracking.Run]:
    made: list[tracking.Run] = []
    for number, kind in enumerate(["rf", "gb", "rf"]):
        with tracking.run(f"run {number}", project="acme/churn", track_code=False, track_env=False) as run:
            run.log_inputs(kind=kind, lr=0.1 * number if number else "auto")
            run.log_metrics(step=1, auc=0.5)
            run.log_metrics(step=2, auc=0.5 + number / 10)
        made.append(run)
    return made


def test_runs_come_as_handles_in_the_order_of_the_query(logged: list[tracking.Run]) -> None:
    found = tracking.search("params.kind = 'rf' order by metrics.auc desc")
    assert [run.name for run in found] == ["run 2", "run 0"]
    assert [run.name for run in found] == ["run 2", "run 0"]
    assert next(iter(found)).get_inputs()["kind"] == "rf"
    assert [run.name for run in tracking.search(limit=1)] == ["run 2"]
    assert [run.name for run in tracking.search(project="acme/churn", limit=2)] == ["run 2", "run 1"]


def test_a_table_has_the_fields_that_were_asked_for(logged: list[tracking.Run]) -> None:
    found = tracking.search("order by metrics.auc")
    frame = found.to_pandas(["metrics.auc", "metrics.auc.first", "params.kind"])
    assert frame["metrics.auc"].tolist() == [0.5, 0.6, 0.7]
    assert frame["metrics.auc.first"].tolist() == [0.5, 0.5, 0.5]
    assert frame["params.kind"].tolist() == ["rf", "gb", "rf"]
    table = found.to_arrow("metrics.auc, params.lr, metrics.none")
    assert table.column("ref").to_pylist() == [run.ref for run in logged]
    assert table.column("params.lr").to_pylist() == ["auto", "0.1", "0.2"]
    assert table.column("metrics.none").to_pylist() == [None, None, None]


def test_histories_of_many_runs_come_at_once(logged: list[tracking.Run]) -> None:
    histories = tracking.search("metrics.auc > 0.55").get_metrics("auc")
    assert {ref: [point.value for point in points["auc"]] for ref, points in histories.items()} == {
        logged[1].ref: [0.5, 0.6],
        logged[2].ref: [0.5, 0.7],
    }


def test_a_mistake_is_said_when_the_first_run_is_asked_for(logged: list[tracking.Run]) -> None:
    with pytest.raises(QueryError, match=r"column 1: there is no field metrcs\.auc"):
        list(tracking.search("metrcs.auc > 1"))
