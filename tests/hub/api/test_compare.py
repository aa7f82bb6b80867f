"""`GET /api/v1/compare`: what `vitrina compare` says, to whoever may read all of it."""

from __future__ import annotations

from fastapi.testclient import TestClient

from vitrina.store.records import Point
from vitrina.store.runs import Io

COMPARE = "/api/v1/compare"


def test_it_compares_what_the_reader_may_see(visitor: TestClient, store, shown) -> None:
    other = store.runs.create(shown.project, name="other")
    for run, auc in ((shown.run, 0.9), (other, float("nan"))):
        store.metrics.append(run.id, {"auc": [Point(0, 0.0, auc)]})
    store.runs.set_params(other, Io.INPUT, {"lr": None})
    told = visitor.get(COMPARE, params={"ref": [shown.version.ref, other.ref]}).json()
    assert [side["kind"] for side in told["sides"]] == ["model", "run"]
    assert told["metrics"][0]["values"] == [0.9, None]
    lr = next(row for row in told["params"] if row["name"] == "lr")
    assert (lr["values"], lr["is_there"], lr["differs"]) == ([0.1, None], [True, True], True)
    higher = visitor.get(COMPARE, params={"ref": [shown.run.ref, other.ref], "lower": "auc", "by": "min"}).json()
    assert higher["metrics"][0]["better"] == "lower"


def test_what_a_visitor_may_not_see_is_not_found(visitor: TestClient, resident: TestClient, shown, hidden) -> None:
    refs = {"ref": [shown.run.ref, hidden.run.ref]}
    refused = visitor.get(COMPARE, params=refs)
    assert refused.status_code == 404
    assert refused.json()["detail"] == "There is no project acme/secret."
    assert resident.get(COMPARE, params=refs).status_code == 200


def test_wrong_questions_are_said(visitor: TestClient, shown) -> None:
    assert visitor.get(COMPARE).status_code == 422
    assert visitor.get(COMPARE, params={"ref": [shown.run.ref] * 21}).status_code == 422
    assert visitor.get(COMPARE, params={"ref": [shown.run.ref] * 2, "by": "mean"}).status_code == 422
    alone = visitor.get(COMPARE, params={"ref": shown.run.ref})
    assert alone.status_code == 422
    assert "nothing to compare" in alone.json()["detail"]
