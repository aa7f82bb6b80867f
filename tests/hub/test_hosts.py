"""DNS rebinding: the portal answers to its own names only."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize(
    "host", ["localhost:8400", "127.0.0.1:8400", "[::1]:8400", "localhost", "LOCALHOST:1", "[::1]"]
)
def test_it_answers_to_its_own_names_at_any_port(visitor: TestClient, host: str) -> None:
    assert visitor.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8400@evil.example",
        "localhost:1; script-src *",
        "evil.example",
        "evil.example:8400",
        "localhost.evil.example",
        "x.localhost:8400",
        "127.0.0.1.evil.example",
        "",
    ],
)
def test_it_answers_to_no_other_name(visitor: TestClient, host: str) -> None:
    refused = visitor.get("/healthz", headers={"host": host})
    assert refused.status_code == 421
    assert refused.headers["content-type"] == "application/problem+json"


def test_two_names_at_once_are_none(visitor: TestClient) -> None:
    headers = [("host", "localhost:8400"), ("host", "evil.example")]
    assert visitor.get("/healthz", headers=headers).status_code == 421
