"""The portal: pages and API. Here it is only put together; read it as a list."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI
from starlette.middleware import Middleware

from vitrina import __version__
from vitrina.hub import admission, api, health, keyfile, pages, problems, sessions, status
from vitrina.hub.documents import LiveDocuments
from vitrina.hub.front_line import FrontLine
from vitrina.hub.measures import scrape
from vitrina.hub.measures.requests import Measured, Requests
from vitrina.hub.middleware.boundary import Boundary
from vitrina.hub.middleware.headers import StandingHeaders, standing_headers
from vitrina.hub.middleware.heads import Heads
from vitrina.hub.middleware.hosts import Hosts
from vitrina.hub.middleware.origins import Origins
from vitrina.hub.middleware.public import Public
from vitrina.hub.middleware.request_ids import RequestIds
from vitrina.hub.peers import Peers
from vitrina.hub.sessions import Sessions
from vitrina.hub.settings import Settings
from vitrina.hub.state import PortalState
from vitrina.store.opening import Store


def closing(documents: LiveDocuments) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """A life of the portal at whose end the workers of its documents end, too."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncGenerator[None]:
        yield
        documents.close()

    return life


def create_portal(
    settings: Settings,
    store: Store,
    *,
    front: FrontLine | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> FastAPI:
    """The portal of a hub, over an open store that stays its caller's to close.

    `front` is the line to the process that runs apps; without it apps can be opened, if somebody serves them, but not
    stopped. Whoever shows the token in `VITRINA_HOME/hub-token` (made here when it is not there) is the local user;
    whoever shows that in `metrics-token` may read `/metrics`.
    """
    documents, requests = LiveDocuments(settings, store), Requests()
    state = PortalState(
        settings=settings,
        store=store,
        sessions=Sessions(store, keyfile.kept(settings.home / keyfile.TOKEN)),
        documents=documents,
        front=front or FrontLine(None),
        clock=clock,
        requests=requests,
        metrics_key=keyfile.kept(settings.home / keyfile.METRICS),
    )
    app = FastAPI(
        title="Vitrina",
        version=__version__,
        openapi_url=None,  # the schema and the page drawn from it are routes of ours
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=closing(documents),
        middleware=[
            Middleware(Measured, requests=requests),
            Middleware(Heads),
            Middleware(RequestIds),
            Middleware(StandingHeaders, headers=standing_headers(pages.content_security_policy(settings.sites.source))),
            Middleware(Public, url=settings.portal_url, peers=Peers.of(settings)),
            Middleware(Hosts, names=settings.host_names),
            Middleware(Origins),
            Middleware(Boundary),
        ],
    )
    problems.install(app)
    for router in (  # reserved words, then what lies under /-/, then references
        health.router,
        scrape.router,
        api.router(),
        sessions.router,
        status.router,
        admission.router,
    ):
        app.include_router(router)
    pages.furnish(app, state)
    return app
