"""HEAD: what GET would answer, without its body. Monitors and link previews ask so."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_KEY = "vitrina_head"


class Heads:
    """Asks the routes for GET, and ends the answer where its body would begin: a stream is not read to its end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def begun(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body"})

        await self._app({**scope, "method": "GET", _KEY: True}, receive, begun)


def is_head(scope: Scope) -> bool:
    """Whether nobody will see the answer's body: what works once must not be used up."""
    return scope.get(_KEY, False)
