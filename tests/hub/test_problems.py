"""Errors as problem documents and pages."""

from __future__ import annotations

import logging

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from vitrina.hub.portal import create_portal
from vitrina.hub.settings import Settings
from vitrina.store.opening import Store

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/api/v1/projects/no/such", 404, "There is no project no/such."),
        ("/api/v1/nothing", 404, "/api/v1/nothing"),
        ("/no/such.json", 404, "There is no project no/such."),
        ("/no/such/runs/first.json", 404, "There is no project no/such."),
        ("/demo/tumours/models/classifier@1.0.0.0.json", 422, "1.0.0.0"),
        ("/api/v1/projects/demo/tumours/runs?limit=many", 422, "limit"),
        ("/api/v1/projects/demo/tumours/runs?limit=0", 422, "limit"),
        ("/api/v1/projects/demo/tumours/runs/nobody", 404, "run 'nobody'"),
    ],
)
def test_a_program_gets_a_problem_document(
    visitor: TestClient, shown: object, path: str, status: int, says: str
) -> None:
    refused = visitor.get(path)
    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert problem["status"] == status
    assert problem["request"] == refused.headers["x-request-id"]
    assert says in problem["detail"]


def test_a_method_that_an_address_does_not_know_is_refused(program: TestClient) -> None:
    refused = program.post("/api/v1/projects")
    assert refused.status_code == 405
    assert refused.headers["allow"] == "GET"
    assert refused.json()["detail"] == "POST is no method of /api/v1/projects."


def test_a_person_gets_a_page(visitor: TestClient) -> None:
    refused = visitor.get("/no/such", headers=BROWSER)
    assert refused.status_code == 404
    assert refused.headers["content-type"].startswith("text/html")
    assert "<h1>" in refused.text


@pytest.mark.parametrize("headers", [BROWSER, {}], ids=["page", "document"])
@pytest.mark.parametrize(
    "below",
    ["", "/runs/first", "/models/classifier", "/models/classifier@1.0.0", "/models/classifier@1.0.0/apps/what-if"],
)
def test_private_and_absent_are_the_same_answer(
    visitor: TestClient, hidden: object, headers: dict[str, str], below: str
) -> None:
    private = visitor.get(f"/acme/secret{below}", headers=headers)
    absent = visitor.get(f"/acme/absent{below}", headers=headers)
    assert private.status_code == absent.status_code == 404
    told = [
        answer.text.replace(answer.headers["x-request-id"], "ID").replace(name, "NAME")
        for answer, name in ((private, "secret"), (absent, "absent"))
    ]
    assert told[0] == told[1]


@pytest.fixture
def broken(settings: Settings, store: Store) -> FastAPI:
    """A portal in which a route of somebody's makes a mistake."""
    app = create_portal(settings, store)

    def divide() -> None:
        raise ZeroDivisionError("inside story")

    app.add_api_route("/-/broken", divide)
    app.router.routes.insert(0, app.router.routes.pop())  # before the references, which take every path
    return app


@pytest.mark.parametrize("headers", [BROWSER, {}], ids=["page", "document"])
def test_a_mistake_of_ours_is_logged_and_not_told(
    broken: FastAPI, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with TestClient(broken, base_url="http://localhost:8400") as client, caplog.at_level(logging.ERROR):
        answer = client.get("/-/broken", headers=headers)
    assert answer.status_code == 500
    assert "inside story" not in answer.text
    name = answer.headers["x-request-id"]
    assert name in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    [logged] = caplog.records
    assert "inside story" in (logged.exc_text or "")
    assert vars(logged)["request"] == name
