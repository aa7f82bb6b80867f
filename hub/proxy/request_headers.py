"""Which headers of a request the app sees, and which the front adds. Pure.

Nothing that a client could forge about itself, nothing of the hub's; and who is looking, as the hub knows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from multidict import CIMultiDict

from vitrina.hub.proxy.headers import HOP_BY_HOP, OUR_COOKIES, named_in_connection, text

if TYPE_CHECKING:
    from multidict import CIMultiDictProxy

    from vitrina.hub.sites import Site

OF_HANDSHAKE = frozenset(
    {
        *("sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions"),
        *("sec-websocket-protocol", "sec-websocket-accept"),
    }
)
"""Each of the two connections of a WebSocket makes its own."""

FORGEABLE = frozenset(
    {
        *("forwarded", "x-real-ip", "x-scheme"),
        "x-gradio-server",  # Gradio takes its root from it
        *("shiny-server-credentials", "rstudio-connect-credentials"),  # Shiny takes its `session.user` from them
        *("x-streamlit-user", "remote-user", "x-remote-user"),  # older Streamlit its `st.user` from the first
    }
)
"""What frameworks believe about who asks and under which address."""

FORGEABLE_STARTS = ("x-forwarded-", "x-vitrina-")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who asks, and under which address, as apps are to believe it."""

    address: str
    site: Site
    """Where the app is, as browsers see it."""

    viewer: Mapping[str, str] = field(default_factory=dict[str, str])
    """The headers that say who is looking."""


def to_app(given: CIMultiDictProxy[str], sender: Sender) -> CIMultiDict[str]:
    """The headers of a request as the app sees them."""
    named = named_in_connection(given.getall("Connection", ()))
    passed: CIMultiDict[str] = CIMultiDict()
    for name, value in given.items():
        lower = name.lower().replace("_", "-")  # to WSGI and CGI both are one name
        if lower in HOP_BY_HOP or lower in OF_HANDSHAKE or lower in FORGEABLE or lower in named:
            continue
        if lower.startswith(FORGEABLE_STARTS):
            continue
        if lower == "cookie":
            value = _without_ours(value)
        if lower == "authorization" and value[:6].lower() == "bearer":  # the hub's tokens are such; no app gets one
            continue
        if lower != "host" and value:
            passed.add(name, text(value))
    origin = urlsplit(sender.site.origin)
    passed["Host"] = passed["X-Forwarded-Host"] = origin.netloc
    passed["X-Forwarded-Proto"] = origin.scheme
    passed["X-Forwarded-For"] = sender.address
    passed.update(sender.viewer)
    return passed


def _without_ours(cookies: str) -> str:
    kept = (pair.strip() for pair in cookies.split(";"))
    return "; ".join(pair for pair in kept if pair and not pair.lower().startswith(OUR_COOKIES))
