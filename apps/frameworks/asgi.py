"""Serving an ASGI application on a socket that is given."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    import uvicorn

GRACEFUL_S = 1
"""How long open requests may go on after the app was told to end: streams that people left open would never end."""

WARM = (
    *("uvicorn.lifespan.on", "uvicorn.loops.auto", "uvicorn.loops.asyncio", "uvicorn.protocols.http.auto"),
    *("uvicorn.protocols.websockets.auto", "uvicorn.protocols.websockets.websockets_sansio_impl"),
    *("anyio._backends._asyncio", "anyio._core._fileio", "websockets.server", "encodings.idna"),
    *("websockets.extensions.permessage_deflate", "starlette.middleware.errors"),
)
"""What serving imports late: when the first server of a process is made, or somebody comes."""


def server(app: Any, listener: socket.socket, **options: Any) -> uvicorn.Server:
    """A uvicorn server for `app`, to be run with `sockets=[listener]`; `options` are further ones of uvicorn.Config."""
    import uvicorn

    if listener.family == socket.AF_UNIX:  # only the hub's proxy can reach it, and a Unix peer has no address to check
        options |= {"proxy_headers": True, "forwarded_allow_ips": "*"}
    fixed: dict[str, Any] = {"access_log": False, "log_level": "warning", "timeout_graceful_shutdown": GRACEFUL_S}
    return uvicorn.Server(uvicorn.Config(app, **(options | fixed)))


def visit(app: Any, path: str) -> None:
    """Have an application answer a GET of a path once, whatever it answers, without any server."""
    answered: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        answered.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    loop = asyncio.new_event_loop()  # not asyncio.run: that leaves a mark which code after it sees
    try:
        loop.run_until_complete(app(scope, receive, send))
    finally:
        loop.close()


def below(prefix: str, app: Any) -> Any:
    """The application at a path, with which every request comes; an empty prefix: as it is.

    The path is taken off, as older servers do: some applications look for their routes in the path as it stands.
    """
    if not prefix:
        return app

    async def told(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] in {"http", "websocket"}:
            inner = scope["path"].removeprefix(prefix) or "/"
            scope = scope | {"root_path": prefix, "path": inner, "raw_path": quote(inner).encode()}
        await app(scope, receive, send)

    return told


def answering(path: str, app: Any) -> Any:
    """The application with one path at which the server itself answers 200: to see that it serves."""

    async def told(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == path:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body"})
            return
        await app(scope, receive, send)

    return told


def rooted(prefix: str, app: Any) -> Any:
    """As `below`, for applications that take `root_path` off the path themselves, as ASGI has it."""
    if not prefix:
        return app

    async def told(scope: Any, receive: Any, send: Any) -> None:
        await app(scope | {"root_path": prefix} if scope["type"] in {"http", "websocket"} else scope, receive, send)

    return told
