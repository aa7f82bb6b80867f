"""The way in: the portal's ticket is swapped for a pass, and the browser goes on to where it wanted.

    portal …/open ──▶ /-/vitrina/enter?ticket=… ──▶ /-/vitrina/entered ──▶ the app
                      sets the cookie               sees it come back

Without the step between, a browser that keeps no cookies would be sent round between portal and app without end.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from vitrina.hub.measures.traffic import Traffic
from vitrina.hub.proxy import routes
from vitrina.hub.proxy.doors import Door
from vitrina.hub.proxy.passes import Pass, Passes, new_session
from vitrina.hub.proxy.visits import Visits
from vitrina.hub.proxy.waiting import NEVER_KEPT, Pages, Told
from vitrina.store.opening import Store


@dataclass(frozen=True, slots=True)
class Entrance:
    """Lets people in at apps' doors."""

    store: Store
    visits: Visits
    passes: Passes
    pages: Pages
    traffic: Traffic

    async def enter(self, request: web.Request, door: Door) -> web.StreamResponse:
        """Takes a ticket, which is good once, for this very app."""
        to, app = routes.inside(request.query.get("to", "/")), door.app
        admission = await asyncio.to_thread(self.store.instances.use_ticket, request.query.get("ticket", ""))
        if app is not None and admission is not None and admission.revision_id == app.revision_id:
            former = self.passes.read(cookies(request), revision_id=app.revision_id, site=door.site)
            is_same = former is not None and former.user_id == admission.user_id
            session = former.session if former is not None and is_same else new_session()
            given = Pass(app.revision_id, admission.user_id, session)
            self.traffic.entered(app, given, is_new=former is None or session != former.session)
            response = _see_other(f"{door.site.prefix}{routes.ENTERED}?{urlencode({'to': to})}")
            response.headers["Set-Cookie"] = self.passes.cookie(given, door.site)
            return response
        if await self._is_inside(request, door):
            return _see_other(door.site.prefix + to)  # back, or reloaded: whoever is inside needs no ticket
        return self._said(request, Told.SPENT, door, to)

    async def entered(self, request: web.Request, door: Door) -> web.StreamResponse:
        """Goes on, if the cookie came back."""
        to = routes.inside(request.query.get("to", "/"))
        if await self._is_inside(request, door):
            return _see_other(door.site.prefix + to)
        return self._said(request, Told.NO_COOKIE, door, to)

    def over_the_portal(self, request: web.Request, door: Door) -> web.StreamResponse:
        """Sends somebody who has no pass to where one is given; whether there is such an app is not said here."""
        return _see_other(door.over_the_portal(door.place(request)))

    async def _is_inside(self, request: web.Request, door: Door) -> bool:
        return door.app is not None and await self.visits.of(door.app, cookies(request), site=door.site) is not None

    def _said(self, request: web.Request, what: Told, door: Door, to: str) -> web.Response:
        return self.pages.told(what, request.headers, href=door.over_the_portal(to))


def cookies(request: web.BaseRequest) -> str:
    """All cookies that a request carries, as one header."""
    return "; ".join(request.headers.getall("Cookie", ()))


def _see_other(address: str) -> web.Response:
    return web.Response(
        status=303,
        headers={"Location": address, "Cache-Control": NEVER_KEPT, "Referrer-Policy": "same-origin"},
    )
