"""The apps port under the hub's own names: it has no app, and leads to the portal, which decides who may open one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

from vitrina.hub.access import VISITOR, Action, may
from vitrina.hub.proxy import routes
from vitrina.hub.proxy.waiting import Pages, Told
from vitrina.hub.settings import Settings
from vitrina.store.errors import NotFoundError
from vitrina.store.opening import Store
from vitrina.store.refs import Ref


@dataclass(frozen=True, slots=True)
class Port:
    """Answers what comes to the bare apps port."""

    settings: Settings
    store: Store
    pages: Pages

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """A redirect for the address of an app in words, and for the port itself; what browsers ask by themselves."""
        if (known := self.pages.well_known(request.path) or self.pages.file(request.path)) is not None:
            return known
        if request.path == "/":
            return web.Response(status=302, headers={"Location": f"{self.settings.portal_url}/"})
        words = routes.in_words(request.rel_url.raw_path, request.rel_url.raw_query_string)
        if words is None:
            return self.pages.told(Told.ABSENT, request.headers)
        ref = await asyncio.to_thread(self._exact, words.ref)
        return web.Response(
            status=302,
            headers={
                "Location": routes.with_place(routes.opening_in_words(self.settings, ref), words.to),
                "Cache-Control": "no-store",
            },
        )

    def _exact(self, ref: Ref) -> str:
        """The reference with the version that its selector means now, as far as a visitor may know that."""
        try:
            app = self.store.find(ref, may_read=lambda project: may(VISITOR, Action.READ, project)).app
        except NotFoundError:
            return str(ref)
        assert app is not None
        return app.ref if ref.app_revision is None else f"{app.ref}@{app.revision}"
