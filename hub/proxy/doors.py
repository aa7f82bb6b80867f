"""Where a request came to: the place of an app, whether there is one or not."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from vitrina.hub.proxy import routes
from vitrina.hub.proxy.routes import BelowPath, OfApp
from vitrina.hub.proxy.visits import Visits
from vitrina.hub.settings import Settings
from vitrina.hub.sites import OwnOrigins, Site, Sites, prefix_of
from vitrina.store.records import App


@dataclass(frozen=True, slots=True)
class Door:
    """The door of an app; what is behind it is not said to who has no right to know."""

    site: Site
    app: App | None
    opening: str
    """Where on the portal the app is opened."""

    def path(self, request: web.BaseRequest) -> str:
        """The path inside the app, decoded."""
        return request.path.removeprefix(self.site.prefix)

    def place(self, request: web.BaseRequest) -> str:
        """The path and query inside the app, as they were asked for."""
        return routes.inside(request.raw_path.removeprefix(self.site.prefix))

    def over_the_portal(self, to: str) -> str:
        """Where the portal decides, and sends on to a place inside the app."""
        return routes.with_place(self.opening, to)


@dataclass(frozen=True, slots=True)
class Doors:
    """Finds the door that an address means."""

    settings: Settings
    sites: Sites
    """Those of the settings, read once."""

    visits: Visits

    async def at(self, place: OfApp | BelowPath) -> Door | None:
        """The door; None for a path that is no app's, or not written as an app's path is."""
        match place:
            case OfApp(label):
                assert isinstance(self.sites, OwnOrigins), "a label is found in names, and those are then apps' own"
                app = await self.visits.app(label)
                return Door(Site(self.sites.origin(label)), app, routes.opening(self.settings, label))
            case BelowPath(ref, prefix):
                app = await self.visits.named(ref)
                if app is None or prefix_of(app) != prefix:
                    return None
                return Door(self.sites.of(app), app, routes.opening_in_words(self.settings, str(ref)))
