"""What a browser may do with the portal's answers.

A route that has its own policy (logged bytes, framed documents) sets its own header, and that stands.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def standing_headers(page_policy: str) -> Mapping[str, str]:
    """What every answer carries unless it says otherwise; `page_policy` is the Content-Security-Policy of pages."""
    return {
        "content-security-policy": page_policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "geolocation=(), payment=(), usb=()",
        "cache-control": "private, no-cache",
    }


class StandingHeaders:
    """Puts headers on every answer, also on those that say no; what a route has set stays."""

    def __init__(self, app: ASGIApp, *, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, dressed)
