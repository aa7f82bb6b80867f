"""An app's door: every request for it passes here, and is let in, kept waiting or turned away.

1. The front's own pages, below `/-/vitrina/`, see to themselves.
2. Who has no pass for this app, or no right any more, is sent over the portal (a person) or told that there is nothing.
3. What a page of another site caused is refused.
4. A request for an app that serves is passed on. Any other app is woken, if somebody is there, and waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from vitrina.apps.crowd import Seat
from vitrina.apps.life import Address
from vitrina.apps.viewing import headers_of
from vitrina.hub.measures.traffic import Traffic
from vitrina.hub.peers import Peers
from vitrina.hub.proxy import http, routes, timers, websocket
from vitrina.hub.proxy.asked import READING, Asked, Kind, asked, is_framed
from vitrina.hub.proxy.doors import Door
from vitrina.hub.proxy.edge import Edge
from vitrina.hub.proxy.entrance import Entrance, cookies
from vitrina.hub.proxy.http import AppAwayError, TooLargeError
from vitrina.hub.proxy.limits import Limits
from vitrina.hub.proxy.lobby import Lobby
from vitrina.hub.proxy.openings import Openings, Seen
from vitrina.hub.proxy.pools import Pools
from vitrina.hub.proxy.presence import Presence
from vitrina.hub.proxy.request_headers import Sender
from vitrina.hub.proxy.response_headers import app_policy
from vitrina.hub.proxy.ticks import Ticks
from vitrina.hub.proxy.viewers import key_at, viewer
from vitrina.hub.proxy.visits import Visit, Visits
from vitrina.hub.proxy.waiting import Pages, Told
from vitrina.hub.settings import Settings


@dataclass(frozen=True, slots=True)
class Doorway:
    """Answers what comes to apps."""

    settings: Settings
    limits: Limits
    visits: Visits
    entrance: Entrance
    lobby: Lobby
    openings: Openings
    presence: Presence
    pools: Pools
    pages: Pages
    peers: Peers
    edge: Edge
    ticks: Ticks
    traffic: Traffic
    framers: Sequence[str]
    """The origins that may show an app in a frame."""

    now_s: Callable[[], float]
    """Seconds since 1970."""

    async def answer(self, request: web.Request, door: Door) -> web.StreamResponse:
        """The answer to any request that came to this door."""
        if self.edge.asks(request):
            return await self.edge.decide(request, door, sender=self._sender)
        match (request.method, door.path(request)):
            case ("GET", routes.ENTER):
                return await self.entrance.enter(request, door)
            case ("GET", routes.ENTERED):
                return await self.entrance.entered(request, door)
            case (method, path) if method in READING and (file := self.pages.file(path)) is not None:
                return file
            case _:
                return await self._inside(request, door)

    async def _inside(self, request: web.Request, door: Door) -> web.StreamResponse:
        visit = await self.visits.of(door.app, cookies(request), site=door.site) if door.app is not None else None
        how = asked(request.method, request.path, request.headers, origin=door.site.origin)
        if visit is None:
            return self._turned_away(request, door, how)
        if how.is_foreign:
            return self._told(request, Told.FOREIGN)
        match (request.method, door.path(request)):
            case ("GET", routes.STATE):
                return await self.lobby.state(visit)
            case ("POST", routes.START):
                return await self.lobby.start(visit, request)
            case (_, path) if path.startswith(f"{routes.OWN}/"):
                return self._told(request, Told.ABSENT)
            case _:
                return await self._at_app(request, visit, how, to=door.place(request))

    def _turned_away(self, request: web.Request, door: Door, how: Asked) -> web.StreamResponse:
        if how.kind is Kind.DOCUMENT and request.method == "GET":
            return self.entrance.over_the_portal(request, door)
        # A browser asks for some of these without cookies; the app's own come once somebody is inside.
        return self.pages.well_known(door.path(request)) or self._told(request, Told.ABSENT)

    async def _at_app(self, request: web.Request, visit: Visit, how: Asked, *, to: str) -> web.StreamResponse:
        begun = await timers.begun(request, visit.app.framework)
        if await self._is_by_clock(request, visit, begun):
            how = replace(how, may_start=False, is_used=False)
        seen = self.openings.seat(visit) or await self._served(visit, how)
        if isinstance(seen, Seat):
            return await self._pass_on(request, visit, how, seen, begun=begun)
        if how.kind is Kind.DOCUMENT:
            return await self.lobby.page(visit, seen, to=to, is_framed=is_framed(request.headers))
        return self.lobby.line(seen)

    async def _is_by_clock(self, request: web.Request, visit: Visit, begun: bytes) -> bool:
        match visit.app.framework:
            case "dash":
                return timers.is_callback_by_clock(begun)
            case "gradio":
                return await self.ticks.caused(request, visit, self.openings.seat(visit), begun)
            case _:
                return False

    async def _served(self, visit: Visit, how: Asked) -> Seat | Seen:
        """How the app is, after it was woken and waited for as long as this request may wait."""
        if how.may_start and self.openings.wakes(visit):
            seen = await self.openings.start(visit)
            if seen.refusal is not None:
                return seen
        is_document = how.kind is Kind.DOCUMENT
        timeout_s = self.lobby.hold_s(visit) if is_document else self.settings.start_timeout_s
        return await self.openings.settled(visit, timeout_s=timeout_s)

    async def _pass_on(
        self, request: web.Request, visit: Visit, how: Asked, seat: Seat, *, begun: bytes
    ) -> web.StreamResponse:
        framework = visit.app.framework

        def heard(message: bytes) -> None:
            passing.heard(len(message))
            if not timers.is_message_by_clock(framework, message):
                seat.note_person()

        pool = await self.pools.of(visit.app, seat)
        sender = self._sender(request, visit, seat.address)
        is_person = how.is_used and how.kind is not Kind.SOCKET  # a socket is open as long as a tab is: see heard
        is_socket = how.kind is Kind.SOCKET
        with (
            self.presence.stay(visit, lambda: _cut(request)),
            seat.stay(is_person=is_person) as stay,
            self.ticks.streamed(request, visit, stay),
            self.traffic.passing(visit.app, visit.shown, request, is_socket=is_socket) as passing,
        ):
            try:
                if is_socket:
                    relayed = await websocket.relay(
                        request,
                        pool,
                        sender,
                        message_bytes=self.limits.message_bytes,
                        on_message=heard,
                        on_answer=lambda message: passing.said(len(message)),
                    )
                    return passing.answered(relayed)
                policy = app_policy(visit.site, self.framers)
                forwarded = await http.forward(
                    request,
                    pool,
                    sender,
                    policy=policy,
                    upload_bytes=self.limits.upload_to(visit.app.serving),
                    on_sent=passing.said,
                    framework=framework,
                    begun=begun,
                )
                return passing.answered(forwarded)
            except AppAwayError:
                await self.openings.supervisor.look(visit.app.label, number=seat.number)
                return passing.answered(self._told(request, Told.AWAY))
            except TooLargeError as error:
                return passing.answered(self._told(request, Told.TOO_LARGE, sentence=str(error)))

    def _sender(self, request: web.Request, visit: Visit, address: Address) -> Sender:
        asker = self.peers.address(request.remote or "", request.headers.getall("X-Forwarded-For", ()))
        return Sender(asker, visit.site, headers_of(viewer(visit), key=key_at(address), now_s=self.now_s()))

    def _told(self, request: web.Request, what: Told, *, sentence: str | None = None) -> web.Response:
        """The portal is the way on from what is not there, the same address again from all else."""
        href = None if what is Told.ABSENT else routes.inside(request.raw_path)
        return self.pages.told(what, request.headers, href=href, sentence=sentence)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
