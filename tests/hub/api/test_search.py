"""`GET /api/v1/search`"""

from __future__ import annotations

from vitrina.store.records import Point


def test_it_finds_what_the_caller_may_read_with_the_values_that_were_asked_for(
    visitor, program, store, shown, hidden
) -> None:
    for run in (shown.run, hidden.run):
        store.metrics.append(run.id, {"auc": [Point(1, 0.0, 0.93)]})
    asked = {"q": "metrics.auc > 0.9 order by name", "fields": "metrics.auc, params.lr, metrics.none"}
    found = visitor.get("/api/v1/search", params=asked).json()
    assert [item["ref"] for item in found["items"]] == [shown.run.ref]
    assert found["items"][0]["values"] == {"metrics.auc": 0.93, "params.lr": 0.1, "metrics.none": None}
    assert found["after"] is None
    assert len(program.get("/api/v1/search", params=asked).json()["items"]) == 2


def test_a_cursor_goes_on_where_a_page_ended(program, shown, hidden) -> None:
    first = program.get("/api/v1/search", params={"kind": "models", "limit": 1}).json()
    second = program.get("/api/v1/search", params={"kind": "models", "limit": 1, "after": first["after"]}).json()
    assert {item["ref"] for page in (first, second) for item in page["items"]} == {
        shown.version.collection.ref,
        hidden.version.collection.ref,
    }
    assert second["after"] is None


def test_what_may_not_be_read_is_not_searched(visitor, hidden) -> None:
    assert visitor.get("/api/v1/search", params={"project": "acme/secret"}).status_code == 404
    assert visitor.get("/api/v1/search", params={"q": "from:acme/secret/runs/first"}).json()["items"] == []


def test_a_mistake_is_a_problem_that_names_the_column(visitor) -> None:
    answer = visitor.get("/api/v1/search", params={"q": "metrcs.auc > 1"})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "column 1: there is no field metrcs.auc; did you mean metrics.auc?"
    answer = visitor.get("/api/v1/search", params={"fields": "metrics.auc, name"})
    assert answer.json()["detail"] == "column 14: only metrics, params and outputs of runs are given beside."
    assert visitor.get("/api/v1/search", params={"after": "x"}).status_code == 422
