"""Which headers of an app's answer a browser sees."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from vitrina.hub.proxy import response_headers
from vitrina.hub.sites import Site

SITE = Site("http://a-1.localhost:8401")
BELOW = Site("http://localhost:8401", "/acme/churn/classifier/1.0.0/what-if@2")


def to_browser(*given: tuple[str, str]) -> list[tuple[str, str]]:
    passed = response_headers.to_browser(CIMultiDictProxy(CIMultiDict(given)), policy="policy")
    *rest, policy, sniff, referrer = passed.items()
    assert policy == ("Content-Security-Policy", "policy")
    assert sniff == ("X-Content-Type-Options", "nosniff")
    assert referrer == ("Referrer-Policy", "same-origin")
    return rest


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


def test_several_cookies_stay_several() -> None:
    both = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    assert to_browser(*both) == both


def test_the_policy_lets_pages_reach_their_own_origin_only() -> None:
    policy = response_headers.app_policy(SITE, ["http://localhost:8400"])
    assert "connect-src 'self' ws://a-1.localhost:8401 data: blob:;" in policy
    assert "frame-ancestors 'self' http://localhost:8400;" in policy
    assert response_headers.app_policy(Site("https://a.apps.example.org"), []).count("wss://a.apps.example.org") == 1


def test_headers_named_in_connection_stay_behind() -> None:
    assert to_browser(("Connection", "X-Hop"), ("X-Hop", "1"), ("X-Other", "2")) == [("X-Other", "2")]


def test_bytes_that_are_no_utf_8_are_read_as_latin_1() -> None:
    assert to_browser(("X-Name", "caf\udce9"), ("X-Other", "čaj")) == [("X-Name", "café"), ("X-Other", "čaj")]


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ("a=1", f"a=1; Path={BELOW.prefix}"),
        ("a=1; Path=/; HttpOnly; Domain=localhost", f"a=1; HttpOnly; Path={BELOW.prefix}"),
        (f"a=1; path={BELOW.prefix}/page; Secure", f"a=1; path={BELOW.prefix}/page; Secure"),
        (f"a=1; Path={BELOW.prefix}2", f"a=1; Path={BELOW.prefix}"),
    ],
)
def test_on_a_shared_origin_an_apps_cookies_stay_below_its_path(given: str, passed: str) -> None:
    answer = response_headers.to_browser(
        CIMultiDictProxy(CIMultiDict([("Set-Cookie", given)])), policy="", prefix=BELOW.prefix
    )
    assert answer["Set-Cookie"] == passed


def test_on_a_shared_origin_the_policy_ends_at_the_apps_path() -> None:
    policy = response_headers.app_policy(BELOW, [])
    assert "'self'" not in policy.replace("frame-ancestors 'self'", "")
    assert f"connect-src {BELOW.root} ws://localhost:8401{BELOW.prefix}/ data: blob:;" in policy
