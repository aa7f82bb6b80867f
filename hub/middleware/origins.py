"""Writes come from the portal's own pages, or from a program that shows a token; never from another site's page.

The cookie is not enough: a browser may send it with a request that another site's page caused.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from vitrina.hub import problems
from vitrina.hub.middleware.request_ids import request_id
from vitrina.store.errors import VitrinaError

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignOriginError(VitrinaError):
    """A write was asked for by a page of another site."""

    status = 403

    def __init__(self, origin: str | None) -> None:
        said = f"came from {origin}" if origin else "does not say where it came from"
        super().__init__(
            f"A request that changes something must come from the hub's own pages; this one {said}.",
            hint="A program shows its token instead: Authorization: Bearer …",
        )


class Origins:
    """Refuses writes whose Origin is not the address that they are sent to."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in READING or _is_own(scope):
            await self._app(scope, receive, send)
            return
        error = ForeignOriginError(Headers(scope=scope).get("origin"))
        refusal = problems.document(error, request=request_id(scope))
        await refusal(scope, receive, send)


def _is_own(scope: Scope) -> bool:
    """The Host header is trusted here: `Hosts` has looked at it before."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is None:
        return "authorization" in headers
    return origin == f"{scope['scheme']}://{headers.get('host', '')}"
