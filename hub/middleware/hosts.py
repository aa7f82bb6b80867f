"""The names under which the portal answers.

A page of any site can make its own host name point to 127.0.0.1 (DNS rebinding) and then reads what we answer as if it
were its own. It cannot change the Host header, which still bears its name.
"""

from __future__ import annotations

import re
from collections.abc import Set

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from vitrina.hub import problems
from vitrina.hub.middleware.request_ids import request_id
from vitrina.store.errors import VitrinaError

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:]*)(:\d{1,5})?")
"""A name or address, and a port: addresses that we print are made of the header, so nothing else may stand in it."""


class WrongHostError(VitrinaError):
    """The portal was asked for under a name that is not its own."""

    status = 421

    def __init__(self, host: str, names: Set[str]) -> None:
        super().__init__(
            f"This hub does not answer to the name {host!r}.", hint=f"Ask for one of: {', '.join(sorted(names))}."
        )


class Hosts:
    """Refuses requests for other names. Ports are free, so that the hub can be reached through a tunnel."""

    def __init__(self, app: ASGIApp, *, names: Set[str]) -> None:
        self._app = app
        self._names = {name.lower() for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (host := _host(scope)) in self._names:
            await self._app(scope, receive, send)
            return
        error = WrongHostError(host, self._names)
        refusal = problems.document(error, request=request_id(scope))
        await refusal(scope, receive, send)


def _host(scope: Scope) -> str:
    """The name in the Host header without its port; empty when there is none, more than one, or it is no such thing."""
    given = Headers(scope=scope).getlist("host")
    if len(given) != 1:
        return ""
    found = _HOST.fullmatch(given[0].lower())
    return found[1] if found is not None else ""
