"""A name for each request, in the answer and in the log, so that the two can be found together."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "x-request-id"
_KEY = "vitrina_request_id"


class RequestIds:
    """Names each request. A name that the client sends is not taken: it would be a stranger's text in our log."""

    def __init__(self, app: ASGIApp, *, new_id: Callable[[], str] = lambda: secrets.token_hex(8)) -> None:
        self._app = app
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = scope[_KEY] = self._new_id()

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = name
            await send(message)

        await self._app(scope, receive, named)


def request_id(scope: Scope) -> str:
    """The name of this request; empty outside the middleware."""
    return scope.get(_KEY, "")
