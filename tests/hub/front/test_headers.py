"""Which headers pass."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from vitrina.hub.proxy import headers
from vitrina.hub.proxy.headers import Sender

ORIGIN = "http://a-1.localhost:8401"
SENDER = Sender("203.0.113.9", ORIGIN)
ADDED_TO_APP = {
    "Host": "a-1.localhost:8401",
    "X-Forwarded-Host": "a-1.localhost:8401",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-For": "203.0.113.9",
}


def to_app(*given: tuple[str, str]) -> dict[str, str]:
    passed = headers.to_app(CIMultiDictProxy(CIMultiDict(given)), SENDER)
    assert {name: passed.getall(name) for name in ADDED_TO_APP} == {k: [v] for k, v in ADDED_TO_APP.items()}
    return {name: value for name, value in passed.items() if name not in ADDED_TO_APP}


def to_browser(*given: tuple[str, str]) -> list[tuple[str, str]]:
    passed = headers.to_browser(CIMultiDictProxy(CIMultiDict(given)), policy="policy")
    *rest, policy, sniff, referrer = passed.items()
    assert policy == ("Content-Security-Policy", "policy")
    assert sniff == ("X-Content-Type-Options", "nosniff")
    assert referrer == ("Referrer-Policy", "same-origin")
    return rest


@pytest.mark.parametrize(
    "name",
    [
        *("Connection", "Keep-Alive", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect"),
        *("X-Forwarded-For", "X-Forwarded-Prefix", "Forwarded", "X-Real-IP", "X-Scheme", "X-Gradio-Server"),
        *("X-Vitrina-User", "x-vitrina-groups", "Sec-WebSocket-Key", "Sec-WebSocket-Extensions"),
    ],
)
def test_an_app_is_not_told(name: str) -> None:
    assert to_app((name, "forged")) == {}


@pytest.mark.parametrize(
    "header",
    [
        *(("Accept-Encoding", "br"), ("Range", "bytes=0-9"), ("Content-Type", "a/b"), ("Content-Length", "3")),
        *(("Origin", ORIGIN), ("If-None-Match", '"x"'), ("Authorization", "Basic YTpi"), ("X-Own", "1")),
    ],
)
def test_an_app_is_told(header: tuple[str, str]) -> None:
    assert to_app(header) == dict([header])


def test_headers_named_in_connection_stay_behind() -> None:
    assert to_app(("Connection", "close, X-Hop"), ("X-Hop", "1"), ("X-Other", "2")) == {"X-Other": "2"}
    assert to_browser(("Connection", "X-Hop"), ("X-Hop", "1"), ("X-Other", "2")) == [("X-Other", "2")]


@pytest.mark.parametrize(
    ("cookies", "passed"),
    [
        ("a=1; __Host-vitrina-app=x.y; b=2", {"Cookie": "a=1; b=2"}),
        ("__Host-vitrina-app=x; __Host-vitrina-app=y; __Host-vitrina=z", {}),
        ("__host-VITRINA-app=x; vitrina=1", {}),
        ("_streamlit_xsrf=1|2;c=", {"Cookie": "_streamlit_xsrf=1|2; c="}),
    ],
)
def test_the_hubs_cookies_stay_behind(cookies: str, passed: dict[str, str]) -> None:
    assert to_app(("Cookie", cookies)) == passed


def test_the_hubs_tokens_stay_behind() -> None:
    assert to_app(("Authorization", "Bearer secret")) == {}
    assert to_app(("Authorization", "bearer secret")) == {}


@pytest.mark.parametrize(
    "name",
    [
        *("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Alt-Svc", "Clear-Site-Data", "NEL"),
        *("Report-To", "Reporting-Endpoints", "X-Frame-Options", "X-Vitrina-App-State", "Transfer-Encoding"),
        *("Content-Security-Policy-Report-Only", "Referrer-Policy", "X-Content-Type-Options", "Keep-Alive"),
    ],
)
def test_a_browser_is_not_told(name: str) -> None:
    assert to_browser((name, "x")) == []


def test_a_policy_of_the_apps_own_stands_beside_ours() -> None:
    assert to_browser(("Content-Security-Policy", "own")) == [("Content-Security-Policy", "own")]


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ("a=1; Path=/; HttpOnly", "a=1; Path=/; HttpOnly"),
        ("a=1; Domain=localhost; Path=/", "a=1; Path=/"),
        ("a=1;DOMAIN=.apps.example.org", "a=1"),
        ("__Host-vitrina-app=forged; Path=/; Secure", None),
        (" __host-vitrina=forged", None),
    ],
)
def test_an_apps_cookies_are_its_own(given: str, passed: str | None) -> None:
    assert to_browser(("Set-Cookie", given)) == ([] if passed is None else [("Set-Cookie", passed)])


def test_bytes_that_are_no_utf_8_are_read_as_latin_1() -> None:
    assert to_app(("X-Name", "caf\udce9")) == {"X-Name": "café"}
    assert to_browser(("X-Name", "caf\udce9"), ("X-Other", "čaj")) == [("X-Name", "café"), ("X-Other", "čaj")]


def test_several_cookies_stay_several() -> None:
    both = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    assert to_browser(*both) == both


def test_the_policy_lets_pages_reach_their_own_origin_only() -> None:
    policy = headers.app_policy(ORIGIN, ["http://localhost:8400"])
    assert "connect-src 'self' ws://a-1.localhost:8401 data: blob:;" in policy
    assert "frame-ancestors 'self' http://localhost:8400;" in policy
    assert headers.app_policy("https://a.apps.example.org", []).count("wss://a.apps.example.org") == 1
