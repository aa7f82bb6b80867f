"""Which headers pass between browser and app, and which the front adds. Pure.

Both ways: nothing that is meant for one connection only (RFC 9110, 7.6.1). To the app: nothing that a client could
forge about itself, nothing of the hub's. To the browser: nothing with which an app could reach beyond its origin, and
the policy that keeps its pages from asking other hosts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from multidict import CIMultiDict

if TYPE_CHECKING:
    from multidict import CIMultiDictProxy

HOP_BY_HOP = frozenset(
    {
        *("connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization"),
        *("te", "trailer", "transfer-encoding", "upgrade", "expect"),
    }
)

OF_HANDSHAKE = frozenset(
    {
        *("sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions"),
        *("sec-websocket-protocol", "sec-websocket-accept"),
    }
)
"""Each of the two connections of a WebSocket makes its own."""

FORGEABLE = frozenset({"forwarded", "x-real-ip", "x-scheme", "x-gradio-server"})
"""What frameworks believe about who asks and under which address (Gradio takes its root from the last)."""

FORGEABLE_STARTS = ("x-forwarded-", "x-vitrina-")

REACHING_BEYOND = frozenset(
    {
        *("alt-svc", "clear-site-data"),  # they act on more than the origin
        *("nel", "report-to", "reporting-endpoints", "content-security-policy-report-only"),  # they send to other hosts
        *("x-frame-options", "x-content-type-options", "referrer-policy"),  # said by the front
    }
)

REACHING_BEYOND_STARTS = (
    "access-control-",  # Gradio allows any origin, with cookies
    "x-vitrina-",  # said by the front only
)

OUR_COOKIES = ("__host-vitrina", "vitrina")
"""How the names of the hub's cookies begin: an app neither gets nor sets them."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who asks, and under which address, as apps are to believe it."""

    address: str
    origin: str
    """The app's, such as `http://label.localhost:8401`."""


def to_app(given: CIMultiDictProxy[str], sender: Sender) -> CIMultiDict[str]:
    """The headers of a request as the app sees them."""
    named = _named_in_connection(given.getall("Connection", ()))
    passed: CIMultiDict[str] = CIMultiDict()
    for name, value in given.items():
        lower = name.lower()
        if lower in HOP_BY_HOP or lower in OF_HANDSHAKE or lower in FORGEABLE or lower in named:
            continue
        if lower.startswith(FORGEABLE_STARTS):
            continue
        if lower == "cookie":
            value = _without_ours(value)
        if lower == "authorization" and value[:6].lower() == "bearer":  # the hub's tokens are such; no app gets one
            continue
        if lower != "host" and value:
            passed.add(name, _text(value))
    origin = urlsplit(sender.origin)
    passed["Host"] = passed["X-Forwarded-Host"] = origin.netloc
    passed["X-Forwarded-Proto"] = origin.scheme
    passed["X-Forwarded-For"] = sender.address
    return passed


def to_browser(given: CIMultiDictProxy[str], *, policy: str) -> CIMultiDict[str]:
    """The headers of an app's answer as the browser sees them; `policy` is added to one that the app has itself."""
    named = _named_in_connection(given.getall("Connection", ()))
    passed: CIMultiDict[str] = CIMultiDict()
    for name, value in given.items():
        lower = name.lower()
        if lower in HOP_BY_HOP or lower in REACHING_BEYOND or lower in named:
            continue
        if lower.startswith(REACHING_BEYOND_STARTS):
            continue
        if lower == "set-cookie":
            if value.lstrip().lower().startswith(OUR_COOKIES):
                continue
            value = _for_this_host(value)
        passed.add(name, _text(value))
    passed.add("Content-Security-Policy", policy)
    passed["X-Content-Type-Options"] = "nosniff"
    passed["Referrer-Policy"] = "same-origin"
    return passed


def app_policy(origin: str, framers: Iterable[str]) -> str:
    """The policy of apps' pages: all that frameworks do within their origin, nothing from any other host.

    `framers` are the origins that may show an app in a frame.
    """
    sockets = "ws" + origin.removeprefix("http")  # not every browser counts them as 'self'
    return (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
        f"connect-src 'self' {sockets} data: blob:; "
        f"{_frame_ancestors(framers)}; base-uri 'self'; form-action 'self'; object-src 'none'"
    )


def own_policy(framers: Iterable[str]) -> str:
    """The policy of the front's own pages, which stand on apps' origins."""
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        f"{_frame_ancestors(framers)}; base-uri 'none'; form-action 'self'"
    )


def _frame_ancestors(framers: Iterable[str]) -> str:
    return " ".join(["frame-ancestors", "'self'", *framers])


def _text(value: str) -> str:
    """A header that can be written: bytes that are no UTF-8 (surrogates, as aiohttp gives them) count as Latin-1."""
    if value.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in value):
        return value
    return value.encode(errors="surrogateescape").decode("latin-1")


def _named_in_connection(values: Iterable[str]) -> frozenset[str]:
    return frozenset(name.strip().lower() for value in values for name in value.split(","))


def _without_ours(cookies: str) -> str:
    kept = (pair.strip() for pair in cookies.split(";"))
    return "; ".join(pair for pair in kept if pair and not pair.lower().startswith(OUR_COOKIES))


def _for_this_host(cookie: str) -> str:
    """A cookie without Domain: with one, an app could set cookies for its neighbours."""
    first, *attributes = cookie.split(";")
    return ";".join([first, *(one for one in attributes if one.split("=")[0].strip().lower() != "domain")])
