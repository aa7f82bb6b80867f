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

from vitrina.hub.proxy import routes
from vitrina.hub.proxy.passes import Pass, Passes
from vitrina.hub.proxy.visits import Visits
from vitrina.hub.proxy.waiting import NEVER_KEPT, Pages, Told
from vitrina.hub.settings import Settings
from vitrina.store.opening import Store


@dataclass(frozen=True, slots=True)
class Entrance:
    """Lets people in at apps' origins."""

    settings: Settings
    store: Store
    visits: Visits
    passes: Passes
    pages: Pages

    async def enter(self, request: web.Request, label: str) -> web.StreamResponse:
        """Takes a ticket, which is good once, for this very app."""
        to = routes.inside(request.query.get("to", "/"))
        app = await self.visits.app(label)
        admission = await asyncio.to_thread(self.store.instances.use_ticket, request.query.get("ticket", ""))
        if app is not None and admission is not None and admission.revision_id == app.revision_id:
            response = _see_other(f"{routes.ENTERED}?{urlencode({'to': to})}")
            response.headers["Set-Cookie"] = self.passes.cookie(Pass(app.revision_id, admission.user_id))
            return response
        if app is not None and await self.visits.of(app, cookies(request)) is not None:
            return _see_other(to)  # back, or reloaded: whoever is inside needs no ticket
        return self._said(request, Told.SPENT, label, to)

    async def entered(self, request: web.Request, label: str) -> web.StreamResponse:
        """Goes on, if the cookie came back."""
        to = routes.inside(request.query.get("to", "/"))
        app = await self.visits.app(label)
        if app is not None and await self.visits.of(app, cookies(request)) is not None:
            return _see_other(to)
        return self._said(request, Told.NO_COOKIE, label, to)

    def over_the_portal(self, request: web.Request, label: str) -> web.StreamResponse:
        """Sends somebody who has no pass to where one is given; whether there is such an app is not said here."""
        return _see_other(routes.opening(self.settings, label, to=routes.inside(request.raw_path)))

    def _said(self, request: web.Request, what: Told, label: str, to: str) -> web.Response:
        href = routes.opening(self.settings, label, to=to)
        return self.pages.told(what, request.headers, href=href)


def cookies(request: web.BaseRequest) -> str:
    """All cookies that a request carries, as one header."""
    return "; ".join(request.headers.getall("Cookie", ()))


def _see_other(address: str) -> web.Response:
    return web.Response(
        status=303,
        headers={"Location": address, "Cache-Control": NEVER_KEPT, "Referrer-Policy": "same-origin"},
    )
