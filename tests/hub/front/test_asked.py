"""Which requests another site caused, which wake an app, and which show that somebody is there."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from multidict import CIMultiDict

from vitrina.hub.proxy.asked import Asked, Kind, asked

ORIGIN = "http://a-1.localhost:8401"
SIBLING = "http://b-1.localhost:8401"


def of(method: str, path: str = "/", headers: Mapping[str, str] | None = None) -> Asked:
    return asked(method, path, CIMultiDict(headers or {}), origin=ORIGIN)


@pytest.mark.parametrize(
    ("method", "headers", "kind"),
    [
        ("GET", {"Sec-Fetch-Mode": "navigate"}, Kind.DOCUMENT),
        ("GET", {"Accept": "text/html,*/*"}, Kind.DOCUMENT),
        ("GET", {"Accept": "text/html", "Sec-Fetch-Mode": "cors"}, Kind.OTHER),
        ("GET", {"Accept": "*/*"}, Kind.OTHER),
        ("POST", {"Sec-Fetch-Mode": "navigate"}, Kind.OTHER),
        ("GET", {"Upgrade": "WebSocket"}, Kind.SOCKET),
    ],
)
def test_what_is_asked_for(method: str, headers: Mapping[str, str], kind: Kind) -> None:
    assert of(method, headers=headers).kind is kind


@pytest.mark.parametrize(
    ("method", "headers", "is_foreign"),
    [
        ("GET", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site"}, False),  # a link
        ("POST", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site", "Origin": SIBLING}, True),  # a form
        ("POST", {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}, False),
        ("POST", {"Origin": SIBLING}, True),
        ("POST", {"Origin": "null"}, True),
        ("POST", {"Sec-Fetch-Site": "same-site"}, True),
        ("POST", {}, False),  # a program
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, True),  # an image on another site
        ("GET", {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "no-cors"}, False),
        ("GET", {"Origin": SIBLING}, True),
        ("GET", {"Upgrade": "websocket", "Origin": ORIGIN}, False),
        ("GET", {"Upgrade": "websocket", "Origin": SIBLING}, True),
        ("GET", {"Upgrade": "websocket", "Origin": ORIGIN.replace("8401", "8400")}, True),
        ("GET", {"Upgrade": "websocket", "Origin": ORIGIN.replace("http", "https")}, True),
        ("GET", {"Upgrade": "websocket"}, True),
    ],
)
def test_what_another_site_caused(method: str, headers: Mapping[str, str], is_foreign: bool) -> None:
    assert of(method, headers=headers).is_foreign is is_foreign


@pytest.mark.parametrize(
    ("method", "headers", "may_start"),
    [
        ("GET", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, True),
        ("GET", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, True),
        ("GET", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "object"}, False),  # any page can hold one
        ("GET", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, False),
        ("GET", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Purpose": "prefetch"}, False),
        ("GET", {"Accept": "text/html"}, True),  # a browser over plain http
        ("GET", {"Accept": "*/*"}, True),  # a program
        ("POST", {"Sec-Fetch-Dest": "empty"}, True),  # somebody pressed something
        ("GET", {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, False),  # an open page asks on
        ("GET", {"Upgrade": "websocket", "Origin": ORIGIN}, False),  # an open page connects again
    ],
)
def test_what_wakes_an_app(method: str, headers: Mapping[str, str], may_start: bool) -> None:
    assert of(method, headers=headers).may_start is may_start


@pytest.mark.parametrize(
    ("path", "is_used"),
    [
        ("/", True),
        ("/gradio_api/queue/data", True),
        ("/gradio_api/heartbeat/abc", False),
        ("/_stcore/health", False),
        ("/page/_stcore/health", False),
        ("/_stcore/upload_file/x", True),
        ("/liveness", False),
    ],
)
def test_what_pages_ask_by_themselves_is_no_use(path: str, is_used: bool) -> None:
    assert of("GET", path).is_used is is_used
