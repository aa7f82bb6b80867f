"""Which headers of a request an app sees."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from vitrina.hub.proxy import request_headers
from vitrina.hub.proxy.request_headers import Sender
from vitrina.hub.sites import Site

ORIGIN = "http://a-1.localhost:8401"
SENDER = Sender("203.0.113.9", Site(ORIGIN))
ADDED_TO_APP = {
    "Host": "a-1.localhost:8401",
    "X-Forwarded-Host": "a-1.localhost:8401",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-For": "203.0.113.9",
}


def to_app(*given: tuple[str, str]) -> dict[str, str]:
    passed = request_headers.to_app(CIMultiDictProxy(CIMultiDict(given)), SENDER)
    assert {name: passed.getall(name) for name in ADDED_TO_APP} == {k: [v] for k, v in ADDED_TO_APP.items()}
    return {name: value for name, value in passed.items() if name not in ADDED_TO_APP}


@pytest.mark.parametrize(
    "name",
    [
        *("Connection", "Keep-Alive", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect"),
        *("X-Forwarded-For", "X-Forwarded-Prefix", "Forwarded", "X-Real-IP", "X-Scheme", "X-Gradio-Server"),
        *("Shiny-Server-Credentials", "RStudio-Connect-Credentials", "X-Streamlit-User", "Remote-User", "REMOTE_USER"),
        *(
            "X-Vitrina-User",
            "x-vitrina-groups",
            "X_Vitrina_User",
            "x-viTRINA_name",
            "X-Vitrina-Signature",
            "X_Forwarded_For",
            "Sec-WebSocket-Key",
            "Sec-WebSocket-Extensions",
        ),
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


def test_headers_named_in_connection_stay_behind() -> None:
    assert to_app(("Connection", "close, X-Hop"), ("X-Hop", "1"), ("X-Other", "2")) == {"X-Other": "2"}


def test_bytes_that_are_no_utf_8_are_read_as_latin_1() -> None:
    assert to_app(("X-Name", "caf\udce9")) == {"X-Name": "café"}


def test_an_app_is_told_who_is_looking_and_nothing_that_a_client_says_of_it() -> None:
    forged = [("X-Vitrina-User", "root"), ("X_VITRINA_USER", "root"), ("x-vitrina-groups", "admins")]
    sender = Sender("203.0.113.9", Site(ORIGIN), {"x-vitrina-user": "alice"})
    passed = request_headers.to_app(CIMultiDictProxy(CIMultiDict(forged)), sender)
    assert [pair for pair in passed.items() if "vitrina" in pair[0].lower().replace("_", "-")] == [
        ("x-vitrina-user", "alice")
    ]
