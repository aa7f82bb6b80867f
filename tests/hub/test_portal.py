"""What every answer of the portal has in common."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from vitrina.hub.settings import Settings

ADDRESSES = ["/", "/healthz", "/readyz", "/api/v1/projects", "/api/openapi.json", "/api/docs", "/no/such", "/-/enter"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_says_what_a_browser_may_do_with_it(visitor: TestClient, settings: Settings, path: str) -> None:
    headers = visitor.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert f"frame-src 'self' http://*.localhost:{settings.apps_port}" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert len(headers["x-request-id"]) == 16


def test_refusals_carry_the_same_headers(visitor: TestClient) -> None:
    for refused in (
        visitor.get("/", headers={"host": "evil.example"}),
        visitor.post("/-/sign-out", headers={"origin": "http://evil.example"}),
    ):
        assert refused.status_code in {403, 421}
        assert "default-src 'none'" in refused.headers["content-security-policy"]
        assert refused.headers["x-request-id"] == refused.json()["request"]


@pytest.mark.parametrize("path", [*ADDRESSES[:-1], "/-/static/look.css", "/-/status"])
def test_head_answers_as_get_does_but_for_the_body(visitor: TestClient, path: str) -> None:
    asked, looked = visitor.get(path), visitor.head(path)
    assert looked.status_code == asked.status_code
    assert looked.content == b""
    assert {**looked.headers, "x-request-id": ""} == {**asked.headers, "x-request-id": ""}


def test_a_request_is_named_by_us_and_not_by_who_asks(visitor: TestClient) -> None:
    assert visitor.get("/healthz", headers={"x-request-id": "forged"}).headers["x-request-id"] != "forged"


def test_the_portal_lives_and_is_ready(visitor: TestClient) -> None:
    assert visitor.get("/healthz").json() == {"status": "ok"}
    assert visitor.get("/readyz").json() == {"status": "ok"}


def test_a_portal_whose_store_is_gone_lives_and_is_not_ready(visitor: TestClient, settings: Settings) -> None:
    for file in settings.home.glob("store.db*"):
        file.unlink()
    settings.home.joinpath("store.db").mkdir()
    # Connections that are open still see the removed file; the next ones do not.
    visitor.app.state.vitrina.store.database.engine.dispose()  # pyright: ignore[reportAttributeAccessIssue]
    assert visitor.get("/healthz").status_code == 200
    refused = visitor.get("/readyz")
    assert refused.status_code == 503
    assert "store.db" in refused.json()["detail"]
