"""Who is looking: what the hub tells an app in headers of each request, and how the app reads it.

    X-Vitrina-User        the account's name                                          alice
    X-Vitrina-Name        how to call them, percent-encoded UTF-8                     Alice%20M%C3%BCller
    X-Vitrina-Groups      their groups, with commas                                   risk,everybody
    X-Vitrina-Visitor     instead of these for somebody without an account: letters without meaning, by which one
                          visitor is told from another
    X-Vitrina-Signature   where others but the hub can speak to the app: when it was said (seconds since 1970), and an
                          HMAC-SHA256 over that and the values above, under the key VITRINA_VIEWER_KEY

The hub removes what a client says in such headers. An app that has a key believes nothing that is not signed with it.
Standard library only.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

VARIABLE = "VITRINA_VIEWER_KEY"
"""Holds the key of an instance that gets signed headers; each instance has one of its own."""

SIGNATURE = "x-vitrina-signature"
USER = "x-vitrina-user"
NAME = "x-vitrina-name"
GROUPS = "x-vitrina-groups"
VISITOR = "x-vitrina-visitor"

SIGNED = (USER, NAME, GROUPS, VISITOR)
"""In the order in which they are signed."""

GOOD_FOR_S = 12 * 60 * 60
"""As long as a person's pass: what a WebSocket was opened with is read as long as it stays open."""

AHEAD_S = 60
"""The clock of another machine may be slow."""


@dataclass(frozen=True)
class Viewer:
    """Who is looking at an app.

    `user` is the name of their account; None: somebody without one, or nobody that is known. `name` is how to call
    them and `groups` the names of their groups, both empty without an account. `visitor` tells one person without an
    account from another for some hours, and says nothing else of them; None for those who have one.
    """

    user: str | None = None
    name: str = ""
    groups: tuple[str, ...] = ()
    visitor: str | None = None


def headers_of(viewer: Viewer, *, key: str | None, now_s: float) -> dict[str, str]:
    """What the hub says of somebody; signed when there is a key."""
    said = {
        USER: viewer.user or "",
        NAME: quote(viewer.name),
        GROUPS: ",".join(quote(group) for group in viewer.groups),
        VISITOR: viewer.visitor or "",
    }
    headers = {name: value for name, value in said.items() if value}
    if key:
        headers[SIGNATURE] = f"{int(now_s)}.{_signature(key, int(now_s), said)}"
    return headers


def viewer_of(headers: Mapping[str, str], *, key: str | None, now_s: float) -> Viewer:
    """Who is looking, by the headers of a request (names in lower case); nobody where they cannot be believed."""
    said = {name: headers.get(name, "") for name in SIGNED}
    if key and not _is_signed(headers.get(SIGNATURE, ""), said, key=key, now_s=now_s):
        return Viewer()
    return Viewer(
        user=said[USER] or None,
        name=unquote(said[NAME]),
        groups=tuple(unquote(group) for group in said[GROUPS].split(",") if group),
        visitor=said[VISITOR] or None,
    )


def viewer_at(
    request: Any, *, environ: Mapping[str, str] = os.environ, clock: Callable[[], float] = time.time
) -> Viewer:
    """Who sent a request, in any of the forms in which servers hand it on: see `headers_in`."""
    return viewer_of(headers_in(request), key=environ.get(VARIABLE), now_s=clock())


def headers_in(request: Any) -> dict[str, str]:
    """The hub's headers of a request, names in lower case.

    A request is what frameworks call so (it has `headers`), an ASGI scope, a WSGI environ, or a mapping of headers.
    Raises TypeError for anything else.
    """
    found: dict[str, str] = {}
    for name, value in _pairs(request):
        plain = _text(name).lower().removeprefix("http_").replace("_", "-")
        if plain in {*SIGNED, SIGNATURE}:
            found[plain] = _text(value)
    return found


def _pairs(request: Any) -> Iterable[tuple[Any, Any]]:
    headers: Any = getattr(request, "headers", request)
    if not hasattr(headers, "items"):
        raise TypeError(f"{type(request).__name__} is no request: it has no headers.")
    is_scope = headers is request and request.get("type") in {"http", "websocket"}
    return request["headers"] if is_scope else headers.items()


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _is_signed(given: str, said: Mapping[str, str], *, key: str, now_s: float) -> bool:
    at, _, signature = given.partition(".")
    if not at.isdecimal() or not now_s - GOOD_FOR_S <= int(at) <= now_s + AHEAD_S:
        return False
    return hmac.compare_digest(signature.encode(), _signature(key, int(at), said).encode())


def _signature(key: str, at_s: int, said: Mapping[str, str]) -> str:
    # No value holds a line's end, so that no two sets of values are signed as the same text.
    text = "\n".join([str(at_s), *(said[name] for name in SIGNED)])
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
