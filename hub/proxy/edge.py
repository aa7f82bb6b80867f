"""A web server before the front that moves the bytes: the front decides who may do what, and starts apps.

The server (`vitrina edge nginx`) asks for each request, with its head and without its body, under a key that only the
two know. The answer is either

    200    pass it on to the app's own socket, which is named, with the headers that are given; or
    401    bring it to the front itself: it is no plain request of somebody who is inside an app that serves.

It keeps a yes for `KEPT_S`, for the same head. A yes counts as use of the app; an upload is followed by `watch`. What
stays open for as long as a tab does, WebSockets and streams of events, it brings to the front, which cuts it when the
right to it ends: no server can be told to end a connection that it moves by itself. So it does with what may come of a
page's clock, which only the body tells.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from aiohttp import web
from multidict import CIMultiDict

from vitrina.apps import viewing
from vitrina.apps.life import Address, UnixAddress
from vitrina.hub.measures.traffic import Traffic
from vitrina.hub.proxy import routes, timers
from vitrina.hub.proxy.asked import Asked, Kind, asked
from vitrina.hub.proxy.connections import Client, plain
from vitrina.hub.proxy.doors import Door
from vitrina.hub.proxy.entrance import cookies
from vitrina.hub.proxy.limits import Limits
from vitrina.hub.proxy.openings import Openings
from vitrina.hub.proxy.request_headers import Sender, to_app
from vitrina.hub.proxy.response_headers import app_policy
from vitrina.hub.proxy.visits import Visit, Visits
from vitrina.hub.proxy.watch import Watch
from vitrina.store.records import App

KEPT_S = 2
"""Whole seconds, of which nginx may add a part of one. With `visits.FRESH_S`, a right that is taken ends within 5 s."""

KEY = "X-Vitrina-Edge"
METHOD = "X-Vitrina-Method"
UPGRADE = "X-Vitrina-Upgrade"
BODY = "X-Vitrina-Body"
"""Length and encoding of a request's body: `1024 `, ` chunked`; a blank when it has none."""

CLIENT = "X-Vitrina-Client"
"""The far end of the connection, and the port it came to: `192.0.2.7 51234 443`."""

SOCKET = "X-Vitrina-Socket"
POLICY = "X-Vitrina-Policy"
FRAMEWORK = "X-Vitrina-Framework"
SET = "X-Vitrina-Set-"
"""Before the name of a header that the app gets with this value, or not at all."""

SET_FOR_APP = (
    *("Host", "Cookie", "Authorization", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"),
    *(name.title() for name in (*viewing.SIGNED, viewing.SIGNATURE)),
)

KEPT = frozenset({"GET", "HEAD"})
"""All other methods are asked about each time they come."""


def key_of(secret: str) -> str:
    """What the hub and the server before it know of each other."""
    return hmac.new(secret.encode(), b"vitrina edge", hashlib.sha256).hexdigest()


SenderOf = Callable[[web.Request, Visit, Address], Sender]


@dataclass(frozen=True, slots=True)
class Edge:
    """Decides for a server before the front."""

    key: str
    visits: Visits
    openings: Openings
    watch: Watch
    limits: Limits
    framers: Sequence[str]
    traffic: Traffic

    def asks(self, request: web.Request) -> bool:
        """Whether it is the server that asks, and not somebody who wants something."""
        given = request.headers.get(KEY)
        return given is not None and hmac.compare_digest(given.encode(errors="replace"), self.key.encode())

    async def decide(self, request: web.Request, door: Door, *, sender: SenderOf) -> web.Response:
        """The answer to its question about a request for this door; `sender` says who asks, as the app is told."""
        app, path = door.app, door.path(request)
        if app is None or path.startswith(f"{routes.OWN}/"):
            return bring_it()
        visit = await self.visits.of(app, cookies(request), site=door.site)
        method, upgrade = request.headers.get(METHOD, "GET"), request.headers.get(UPGRADE, "")
        how = asked(method, path, CIMultiDict({**request.headers, "Upgrade": upgrade}), origin=door.site.origin)
        seat = self.openings.seat(visit) if visit is not None and not how.is_foreign else None
        if visit is None or seat is None or not isinstance(seat.address, UnixAddress):
            return bring_it()
        if _goes_on(request, how) or self._may_be_too_long(request, app) or timers.is_told(app.framework, method, path):
            return bring_it()
        self.traffic.seen(app, visit.shown)
        is_kept = method in KEPT
        if not is_kept and (client := _client(request)) is not None:
            self.watch.follow(client, seat, is_person=how.is_used)
        elif how.is_used:
            with seat.stay(is_person=True):
                pass
        passed = to_app(request.headers, sender(request, visit, seat.address))
        told = {
            SOCKET: str(seat.address.path),
            POLICY: app_policy(visit.site, self.framers),
            FRAMEWORK: visit.app.framework,
            "X-Accel-Expires": str(KEPT_S if is_kept else 0),
            "Cache-Control": "no-store",
        }
        return web.Response(headers=told | {f"{SET}{name}": passed[name] for name in SET_FOR_APP if name in passed})

    def _may_be_too_long(self, request: web.Request, app: App) -> bool:
        """Whether a body is longer than this app takes, or does not say how long it is: the front counts it then.

        The limit that all apps have the server knows itself.
        """
        limit_bytes = self.limits.upload_to(app.serving)
        length, _, encoding = request.headers.get(BODY, "").partition(" ")
        is_too_long = bool(encoding) or (length.isdecimal() and int(length) > limit_bytes)
        return limit_bytes < self.limits.upload_bytes and is_too_long


def bring_it() -> web.Response:
    """What the server is told that is to bring a request to the front itself."""
    return web.Response(status=401, headers={"Cache-Control": "no-store"})


def _goes_on(request: web.Request, how: Asked) -> bool:
    return how.kind is Kind.SOCKET or "text/event-stream" in request.headers.get("Accept", "")


def _client(request: web.Request) -> Client | None:
    try:
        address, port, local_port = request.headers.get(CLIENT, "").split()
        return Client(plain(ip_address(address)), int(port), int(local_port))
    except ValueError:  # it came to the server by a Unix socket: there is nothing to follow
        return None
