"""The two ports of a hub, taken before anything else is done."""

from __future__ import annotations

import errno
import socket

from vitrina.store.errors import VitrinaError

BACKLOG = 512
"""Connections that wait while a child starts (again)."""


class PortError(VitrinaError):
    """A port cannot be listened on."""

    def __init__(self, host: str, port: int, *, option: str, error: OSError) -> None:
        self.port = port
        if error.errno == errno.EADDRINUSE:
            super().__init__(f"Port {port} of {host} is in use.", hint=f"Choose another: {option} N")
        else:
            hint = f"Choose another address or port: --host H, {option} N"
            super().__init__(f"Port {port} of {host} cannot be used: {error.strerror}.", hint=hint)


def listen(host: str, port: int, *, option: str) -> socket.socket:
    """A listening socket; port 0 takes any that is free. `option` is how to choose another. Raises PortError."""
    try:
        [(family, _, _, _, address), *_] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise PortError(host, port, option=option, error=error) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise PortError(host, port, option=option, error=error) from error
    return listener


def taken(number: int) -> socket.socket:
    """The listening socket that an earlier program of this process has left open."""
    return socket.socket(fileno=number)


def port_of(listener: socket.socket) -> int:
    return listener.getsockname()[1]
