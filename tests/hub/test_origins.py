"""Writes come from the hub's own pages or from a program with a token."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

OUT = "/-/sign-out"


def test_the_portals_own_page_may_write(visitor: TestClient) -> None:
    assert visitor.post(OUT, headers={"origin": "http://localhost:8400"}).status_code == 303


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://what-if-1-0-0-0123456789.localhost:8401",
        "http://localhost:8401",
        "https://localhost:8400",
        "http://127.0.0.1:8400",
        "null",
    ],
)
def test_no_other_page_may(visitor: TestClient, origin: str) -> None:
    refused = visitor.post(OUT, headers={"origin": origin})
    assert refused.status_code == 403
    assert origin in refused.json()["detail"]


def test_a_request_that_says_nothing_of_its_origin_may_not(visitor: TestClient) -> None:
    assert visitor.post(OUT).status_code == 403


def test_a_program_with_a_token_needs_no_origin(program: TestClient) -> None:
    assert program.post(OUT).status_code == 303


def test_a_token_does_not_help_another_page(program: TestClient) -> None:
    assert program.post(OUT, headers={"origin": "http://evil.example"}).status_code == 403


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
@pytest.mark.parametrize("mode", ["cors", "no-cors", "websocket"])
def test_other_pages_fetch_nothing_with_a_readers_session(resident: TestClient, site: str, mode: str) -> None:
    headers = {"sec-fetch-site": site, "sec-fetch-mode": mode}
    assert resident.get("/api/v1/projects", headers=headers).status_code == 403
    assert resident.get("/api/v1/projects", headers=headers | {"sec-fetch-mode": "navigate"}).status_code == 200


def test_what_other_pages_fetch_as_nobody_is_a_visitors(visitor: TestClient) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}
    assert visitor.get("/api/v1/projects", headers=headers).status_code == 200


def test_an_unknown_token_is_no_token(visitor: TestClient) -> None:
    address = "/api/v1/projects/demo/tumours/models/classifier/versions/1.0.0/apps/what-if/instance/stop"
    assert visitor.post(address, headers={"authorization": "Bearer guessed"}).status_code == 401
