"""The API's description, and the page drawn from it."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient


def test_the_schema_names_every_route_and_its_refusals(visitor: TestClient) -> None:
    schema = visitor.get("/api/openapi.json").json()
    assert schema["openapi"].startswith("3.")
    assert all(path.startswith("/api/v1/") for path in schema["paths"])
    for methods in schema["paths"].values():
        for operation in methods.values():
            assert {"404", "422"} <= set(operation["responses"])
            assert operation["description"]


def test_the_page_lists_what_the_schema_has_and_asks_no_other_host(visitor: TestClient) -> None:
    schema = visitor.get("/api/openapi.json").json()
    page = visitor.get("/api/docs", headers={"accept": "text/html"})
    assert page.status_code == 200
    for path, methods in schema["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in page.text
    for name in re.findall(r'href="#(\w+)"', page.text):
        assert f'id="{name}"' in page.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
