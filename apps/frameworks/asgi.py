"""Serving an ASGI application on a socket that is given."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import uvicorn

GRACEFUL_S = 1
"""How long open requests may go on after the app was told to end: streams that people left open would never end."""


def server(app: Any, listener: socket.socket, **options: Any) -> uvicorn.Server:
    """A uvicorn server for `app`, to be run with `sockets=[listener]`; `options` are further ones of uvicorn.Config."""
    import uvicorn

    if listener.family == socket.AF_UNIX:  # only the hub's proxy can reach it, and a Unix peer has no address to check
        options |= {"proxy_headers": True, "forwarded_allow_ips": "*"}
    fixed: dict[str, Any] = {"access_log": False, "log_level": "warning", "timeout_graceful_shutdown": GRACEFUL_S}
    return uvicorn.Server(uvicorn.Config(app, **(options | fixed)))
