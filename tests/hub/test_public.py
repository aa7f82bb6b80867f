"""The portal behind a proxy that ends TLS: its own pages are its own, under both names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from vitrina.hub.portal import create_portal
from vitrina.hub.settings import Settings
from vitrina.store.opening import Store

PUBLIC = "https://vitrina.example.org"
LOCAL = "http://localhost:8400"
OUT = "/-/sign-out"


@pytest.fixture
def proxied(settings: Settings, store: Store) -> Iterator[TestClient]:
    """What nginx passes on: plain http with the name that was asked for."""
    public = replace(settings, public_url=PUBLIC, public_apps_url="https://*.apps.example.org")
    headers = {"host": "vitrina.example.org"}
    with TestClient(create_portal(public, store), base_url=LOCAL, headers=headers, follow_redirects=False) as client:
        yield client


def test_its_own_page_writes_under_its_public_name(proxied: TestClient) -> None:
    assert proxied.post(OUT, headers={"origin": PUBLIC}).status_code == 303


def test_it_answers_under_its_local_name_too(proxied: TestClient) -> None:
    assert proxied.post(OUT, headers={"host": "localhost:8400", "origin": LOCAL}).status_code == 303


@pytest.mark.parametrize(
    "origin",
    ["http://vitrina.example.org", "https://what-if.apps.example.org", "https://apps.example.org", LOCAL, "null"],
)
def test_no_other_page_writes(proxied: TestClient, origin: str) -> None:
    assert proxied.post(OUT, headers={"origin": origin}).status_code == 403


@pytest.mark.parametrize("header", ["x-forwarded-proto", "x-forwarded-host", "forwarded"])
def test_no_header_makes_another_page_its_own(proxied: TestClient, header: str) -> None:
    said = {
        "x-forwarded-proto": "http",
        "x-forwarded-host": "evil.example",
        "forwarded": "proto=http;host=evil.example",
    }
    refused = proxied.post(OUT, headers={"origin": "http://vitrina.example.org", header: said[header]})
    assert refused.status_code == 403


def test_it_answers_to_no_other_name(proxied: TestClient) -> None:
    for host in ("apps.example.org", "what-if.apps.example.org", "evil.example"):
        assert proxied.get("/", headers={"host": host}).status_code == 421


def test_its_pages_frame_apps_at_their_public_origins(proxied: TestClient) -> None:
    assert "frame-src 'self' https://*.apps.example.org;" in proxied.get("/").headers["content-security-policy"]


def test_links_to_apps_are_public(proxied: TestClient, shown) -> None:
    location = proxied.get(f"/{shown.app.ref}/open").headers["location"]
    assert location.startswith(f"https://{shown.app.label}.apps.example.org/-/vitrina/enter?")


def test_what_pages_say_of_their_own_address_is_public(proxied: TestClient, shown) -> None:
    page = proxied.get(f"/{shown.version.ref}", headers={"accept": "text/html"}).text
    assert PUBLIC in page
    assert "http://vitrina.example.org" not in page
