"""The last boundary: an error that nobody expected is logged with its request, and answered without its inside."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vitrina.hub import problems
from vitrina.hub.middleware.request_ids import request_id
from vitrina.hub.pages.failures import unexpected_page
from vitrina.store.errors import VitrinaError

log = logging.getLogger(__name__)


class UnexpectedError(VitrinaError):
    """A mistake of ours. Nothing of it is said outside."""

    status = 500

    def __init__(self, request: str) -> None:
        super().__init__("The hub made a mistake.", hint=f"Its log says more, at request {request}.")


class Boundary:
    """Stands inside the other middleware, so that this answer carries the headers of all others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception:
            log.exception("A request failed.", extra={"action": "request_failed", "request": request_id(scope)})
            if has_begun:  # nothing can be said any more: the server cuts the connection, so that it is no whole answer
                raise
            await _said(Request(scope, receive))(scope, receive, send)


def _said(request: Request) -> Response:
    name = request_id(request.scope)
    if problems.wants_page(request.url.path, request.headers):
        try:
            return unexpected_page(request, name)
        except Exception:  # the mistake may well be in what every page needs
            log.exception("The page of a failure failed.", extra={"action": "request_failed", "request": name})
    return problems.document(UnexpectedError(name), request=name)
