"""An app's own origin: every request passes here, and is let in, kept waiting or turned away.

1. The front's own pages, below `/-/vitrina/`, see to themselves.
2. Who has no pass for this app, or no right any more, is sent over the portal (a person) or told that there is nothing.
3. What a page of another site caused is refused.
4. A request for an app that serves is passed on. Any other app is woken, if somebody is there, and waited for.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from aiohttp import web

from vitrina.apps.life import Address
from vitrina.apps.supervisor import Supervisor
from vitrina.hub.proxy import http, routes, websocket
from vitrina.hub.proxy.asked import READING, Asked, Kind, asked, is_framed
from vitrina.hub.proxy.entrance import Entrance, cookies
from vitrina.hub.proxy.http import AppAwayError, TooLargeError
from vitrina.hub.proxy.limits import Limits
from vitrina.hub.proxy.lobby import Lobby
from vitrina.hub.proxy.openings import Openings, Seen
from vitrina.hub.proxy.pools import Pools
from vitrina.hub.proxy.presence import Presence
from vitrina.hub.proxy.request_headers import Sender
from vitrina.hub.proxy.response_headers import app_policy
from vitrina.hub.proxy.visits import Visit, Visits
from vitrina.hub.proxy.waiting import Pages, Told
from vitrina.hub.settings import Settings
from vitrina.hub.sites import Site

_NOTHING = nullcontext()


@dataclass(frozen=True, slots=True)
class Doorway:
    """Answers what comes to apps' origins."""

    settings: Settings
    limits: Limits
    supervisor: Supervisor
    visits: Visits
    entrance: Entrance
    lobby: Lobby
    openings: Openings
    presence: Presence
    pools: Pools
    pages: Pages
    framers: Sequence[str]
    """The origins that may show an app in a frame."""

    async def answer(self, request: web.Request, label: str) -> web.StreamResponse:
        """The answer to any request for the origin of this label."""
        match (request.method, request.path):
            case ("GET", routes.ENTER):
                return await self.entrance.enter(request, label)
            case ("GET", routes.ENTERED):
                return await self.entrance.entered(request, label)
            case (method, path) if method in READING and (file := self.pages.file(path)) is not None:
                return file
            case _:
                return await self._inside(request, label)

    async def _inside(self, request: web.Request, label: str) -> web.StreamResponse:
        app = await self.visits.app(label)
        visit = await self.visits.of(app, cookies(request)) if app is not None else None
        how = asked(request.method, request.path, request.headers, origin=self.settings.apps_origin(label))
        if visit is None:
            return self._turned_away(request, label, how)
        if how.is_foreign:
            return self._told(request, Told.FOREIGN)
        match (request.method, request.path):
            case ("GET", routes.STATE):
                return await self.lobby.state(visit)
            case ("POST", routes.START):
                return await self.lobby.start(visit, request)
            case (_, path) if path.startswith(f"{routes.OWN}/"):
                return self._told(request, Told.ABSENT)
            case _:
                return await self._at_app(request, visit, how)

    def _turned_away(self, request: web.Request, label: str, how: Asked) -> web.StreamResponse:
        if how.kind is Kind.DOCUMENT and request.method == "GET":
            return self.entrance.over_the_portal(request, label)
        # A browser asks for some of these without cookies; the app's own come once somebody is inside.
        return self.pages.well_known(request.path) or self._told(request, Told.ABSENT)

    async def _at_app(self, request: web.Request, visit: Visit, how: Asked) -> web.StreamResponse:
        seen = await self._served(visit, how)
        if seen.address is not None:
            return await self._pass_on(request, visit, how, seen.address)
        if how.kind is Kind.DOCUMENT:
            return await self.lobby.page(visit, seen, to=request.raw_path, is_framed=is_framed(request.headers))
        return self.lobby.line(seen)

    async def _served(self, visit: Visit, how: Asked) -> Seen:
        """How the app is, after it was woken and waited for as long as this request may wait."""
        seen = self.openings.seen(visit.app)
        if seen.address is not None:
            return seen
        if how.may_start and self.openings.wakes(visit.app):
            self.openings.start(visit.app)
        is_document = how.kind is Kind.DOCUMENT
        timeout_s = self.lobby.hold_s(visit) if is_document else self.settings.start_timeout_s
        return await self.openings.settled(visit.app, timeout_s=timeout_s)

    async def _pass_on(self, request: web.Request, visit: Visit, how: Asked, address: Address) -> web.StreamResponse:
        label, site = visit.app.label, Site(self.settings.apps_origin(visit.app.label))
        pool, sender = await self.pools.at(label, address), Sender(request.remote or "", site)
        is_held = how.is_used and how.kind is not Kind.SOCKET  # an open socket shows nothing: see _note_use
        with self.presence.stay(visit, lambda: _cut(request)), self.supervisor.using(label) if is_held else _NOTHING:
            try:
                if how.kind is Kind.SOCKET:
                    return await websocket.relay(
                        request,
                        pool,
                        sender,
                        message_bytes=self.limits.message_bytes,
                        on_message=lambda: self._note_use(label),
                    )
                policy = app_policy(site, self.framers)
                return await http.forward(
                    request,
                    pool,
                    sender,
                    policy=policy,
                    upload_bytes=self.limits.upload_bytes,
                    framework=visit.app.framework,
                )
            except AppAwayError:
                return self._told(request, Told.AWAY)
            except TooLargeError as error:
                return self._told(request, Told.TOO_LARGE, sentence=str(error))

    def _note_use(self, label: str) -> None:
        """A person sent something on a socket. The socket itself shows nothing: it is open as long as a tab is."""
        with self.supervisor.using(label):
            pass

    def _told(self, request: web.Request, what: Told, *, sentence: str | None = None) -> web.Response:
        """The portal is the way on from what is not there, the same address again from all else."""
        href = None if what is Told.ABSENT else routes.inside(request.raw_path)
        return self.pages.told(what, request.headers, href=href, sentence=sentence)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
