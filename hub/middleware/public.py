"""How the portal is seen from outside, where a proxy stands before it that ends TLS.

Under its public name the portal is reached by the public scheme, whatever the proxy speaks to it: the scheme is a
setting, and no header is believed about it. From where somebody comes, the proxies that are ours may say.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from vitrina.hub.peers import Peers


class Public:
    """Puts scheme and client of a request right."""

    def __init__(self, app: ASGIApp, *, url: str, peers: Peers) -> None:
        self._app = app
        self._scheme, self._netloc = urlsplit(url)[:2]
        self._peers = peers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, **self._put_right(scope)} if scope["type"] == "http" else scope, receive, send)

    def _put_right(self, scope: Scope) -> Scope:
        headers, right = Headers(scope=scope), dict[str, Any]()
        if headers.get("host", "").lower() == self._netloc:
            right["scheme"] = self._scheme
        client: tuple[str, int] | None = scope.get("client")
        if client is not None:
            right["client"] = (self._peers.address(client[0], headers.getlist("x-forwarded-for")), client[1])
        return right
