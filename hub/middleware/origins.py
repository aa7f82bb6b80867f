"""Who acts with a reader's rights is the portal's own page, or a program that shows a token; never another's page.

The cookie is not enough: a browser may send it with a request that another page caused. Browsers take the portal and
its apps for one site where they are neighbours below one domain, or ports of one name, and then send it with
everything. So a write must say that it comes from here, and of what pages fetch nothing is answered to other pages.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from vitrina.hub import problems
from vitrina.hub.middleware.request_ids import request_id
from vitrina.hub.sessions import COOKIE
from vitrina.store.errors import VitrinaError

CHANGES_NOTHING = re.compile(r"/api/v1/[^?]+/(?:predict|invocations)")
"""Rows come by POST, and are only looked at: a program without token and cookie, which is a visitor, may send them."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})

OTHER_ORIGINS = frozenset({"same-site", "cross-site"})
"""What browsers say in Sec-Fetch-Site of a request that another origin's page caused."""


class ForeignOriginError(VitrinaError):
    """A write was asked for by a page of another site."""

    status = 403

    def __init__(self, origin: str | None) -> None:
        said = f"came from {origin}" if origin else "does not say where it came from"
        super().__init__(
            f"A request that changes something must come from the hub's own pages; this one {said}.",
            hint="A program shows its token instead: Authorization: Bearer …",
        )


class ForeignFetchError(VitrinaError):
    """A page of another origin, perhaps an app's, fetches something in the name of whoever looks at it."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "Another site's page asked for this in your name.",
            hint="Go to the address itself; a program shows its token: Authorization: Bearer …",
        )


class Origins:
    """Refuses writes whose Origin is not the address that they are sent to, and what other pages fetch with a session.

    Going to an address stays free: links and frames (of whom the policy of each page says who may show it).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = _refused(scope) if scope["type"] == "http" else None
        if error is None:
            await self._app(scope, receive, send)
            return
        refusal = problems.document(error, request=request_id(scope))
        await refusal(scope, receive, send)


def _refused(scope: Scope) -> VitrinaError | None:
    headers = Headers(scope=scope)
    if scope["method"] not in READING and not _is_own(scope):
        return ForeignOriginError(headers.get("origin"))
    is_foreign = headers.get("sec-fetch-site") in OTHER_ORIGINS and headers.get("sec-fetch-mode") != "navigate"
    return ForeignFetchError() if is_foreign and f"{COOKIE}=" in headers.get("cookie", "") else None


def _is_nobodys_question(path: str, headers: Headers) -> bool:
    """A page's requests carry an Origin, and a reader's a cookie; this one carries neither."""
    return CHANGES_NOTHING.fullmatch(path) is not None and not {"cookie", "sec-fetch-site"} & set(headers.keys())


def _is_own(scope: Scope) -> bool:
    """The Host header is trusted here: `Hosts` has looked at it before."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is None:
        return "authorization" in headers or _is_nobodys_question(scope["path"], headers)
    return origin == f"{scope['scheme']}://{headers.get('host', '')}"
