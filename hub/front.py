"""The front: the apps port. It proxies each app at an origin of its own, and wakes and stops apps by its supervisor."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aiohttp import web

from vitrina.apps.launchers.nursery import NurseryLauncher
from vitrina.apps.launchers.starter import NurseryStarter
from vitrina.apps.life import Instance
from vitrina.apps.pictures import photographer
from vitrina.apps.pictures.photographer import Photographer
from vitrina.apps.supervisor import Supervisor, SupervisorSettings
from vitrina.hub.measures.front import FrontMeasures
from vitrina.hub.obeying import obey
from vitrina.hub.peers import Peers
from vitrina.hub.proxy import connections, edge, http
from vitrina.hub.proxy.clearing import most_bytes_of
from vitrina.hub.proxy.diary import Diary
from vitrina.hub.proxy.doors import Doors
from vitrina.hub.proxy.doorway import Doorway
from vitrina.hub.proxy.edge import Edge
from vitrina.hub.proxy.entrance import Entrance
from vitrina.hub.proxy.gallery import Camera, Gallery
from vitrina.hub.proxy.inbox import Inbox
from vitrina.hub.proxy.libraries import READ, Libraries, environments_of
from vitrina.hub.proxy.limits import Limits
from vitrina.hub.proxy.lobby import Lobby
from vitrina.hub.proxy.openings import Openings
from vitrina.hub.proxy.passes import Passes
from vitrina.hub.proxy.placing import BUNDLES, SERVED, Shelf
from vitrina.hub.proxy.pools import HEADER_BYTES, Pools
from vitrina.hub.proxy.port import Port
from vitrina.hub.proxy.presence import Presence
from vitrina.hub.proxy.rehearsals import Rehearsals
from vitrina.hub.proxy.routes import BelowPath, Nowhere, OfApp, Routes, portal_origins
from vitrina.hub.proxy.tending import Tending
from vitrina.hub.proxy.ticks import Ticks
from vitrina.hub.proxy.visits import Visits
from vitrina.hub.proxy.waiting import Pages, Told
from vitrina.hub.proxy.warming import Warming
from vitrina.hub.proxy.watch import Watch
from vitrina.hub.settings import MB, Settings
from vitrina.store.feedback import FeedbackRoom
from vitrina.store.opening import Store

log = logging.getLogger(__name__)

APPS_FOLDER = "apps"
"""Below the hub's home: bundles, versions' files, logs, private folders of running apps."""

SHUTDOWN_S = 2.0
"""So long a request may go on after the apps were stopped."""

PICTURES = "pictures"
"""Below that folder: what is made while a picture is taken, and nothing for longer."""

LONGEST_NAME = 64

LARGEST_FORM_BYTES = 64 * 1024
"""Of the front's own forms. What goes to apps streams through."""

OPENINGS = web.AppKey("openings", Openings)
"""Where the front opens apps."""

PRESENCE = web.AppKey("presence", Presence)
"""Where the front keeps who is inside."""

MEASURES = web.AppKey("measures", FrontMeasures)
"""Where the front counts what it does."""

EDGE = web.AppKey("edge", Edge)
"""What decides for a server before the front."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The times that the front goes by; a test moves them by hand."""

    utc: Callable[[], datetime] = lambda: datetime.now(UTC)
    growing_s: Callable[[], float] = time.monotonic
    """Seconds that only grow."""


def create_front(
    settings: Settings,
    store: Store,
    supervisor: Supervisor,
    *,
    diary: Diary,
    measures: FrontMeasures | None = None,
    inbox: Inbox | None = None,
    limits: Limits | None = None,
    camera: Camera | None = None,
    clocks: Clocks = Clocks(),
) -> web.Application:
    """The apps port over an open store that stays its caller's to close, to be served by `runner`.

    It owns the supervisor from now on: runs it, and closes it when it stops. `diary` and `measures` are what the
    supervisor tells its changes (`on_change` calls the `note` of both; `measures` None: nobody asks how starts went).
    `inbox` is what the launcher tells of apps' feedback (None: it tells nothing). `limits` are those of the settings,
    if not given. `camera` takes pictures of apps (None: nobody does).
    """
    limits = limits or Limits.of(settings)
    measures = measures or FrontMeasures(settings, store, clock=clocks.utc)
    inbox = inbox or inbox_of(settings, store)
    pages, pools = Pages(settings), Pools()
    passes = Passes(settings.secret, clock=lambda: clocks.utc().timestamp())
    visits = Visits(store, passes, clock=clocks.growing_s)
    presence = Presence(visits)
    folder = settings.home / APPS_FOLDER
    environments = environments_of(folder, level=settings.isolation, timing=measures.builds.step)
    libraries = Libraries(environments, supervisor)
    shelf = Shelf(store, folder, most_bytes_of(os.environ))
    openings = Openings(supervisor, shelf, diary, settings.sites.of, clocks.utc, libraries, measures, inbox)
    framers, watch = portal_origins(settings), Watch(connections.opened)
    doorway = Doorway(
        settings=settings,
        limits=limits,
        visits=visits,
        entrance=Entrance(store, visits, passes, pages, measures.traffic),
        lobby=Lobby(limits, supervisor, openings, diary, pages, clocks.utc),
        openings=openings,
        presence=presence,
        pools=pools,
        pages=pages,
        peers=Peers.of(settings),
        edge=Edge(edge.key_of(settings.secret), visits, openings, watch, limits, framers, measures.traffic),
        ticks=Ticks(supervisor, pools),
        traffic=measures.traffic,
        framers=framers,
        now_s=lambda: clocks.utc().timestamp(),
    )
    port, routes, doors = Port(settings, store, pages), Routes.of(settings), Doors(settings, settings.sites, visits)

    async def answer(request: web.Request) -> web.StreamResponse:
        place = routes.place(request.host, request.rel_url.raw_path)
        if isinstance(place, OfApp | BelowPath) and (door := await doors.at(place)) is not None:
            return await doorway.answer(request, door)
        if doorway.edge.asks(request):
            return edge.bring_it()
        if isinstance(place, Nowhere):
            return pages.told(Told.WRONG_NAME, request.headers)
        return await port.answer(request)

    async def stop_apps(_: web.Application) -> None:
        await supervisor.close()
        await openings.finish()

    async def lead() -> None:
        """Find what runs already, then care for it, and for what is to run, by and by."""
        await supervisor.adopt(openings.order_of)
        works = [supervisor.run(), Tending(store, supervisor, openings).run()]
        works.append(Rehearsals(store, supervisor, openings).run())
        if camera is not None:
            gallery = Gallery(store, supervisor, openings, camera, clock=clocks.utc, since=clocks.utc())
            works.append(gallery.run())
        await asyncio.gather(*works)

    async def lively(_: web.Application) -> AsyncIterator[None]:
        await diary.begin()
        clearing = shelf.clearing.run()
        caring = (lead(), presence.run(), watch.run(), libraries.run(), clearing, measures.run(supervisor))
        tasks = [_in_background(work) for work in caring]
        writing = [_in_background(work) for work in (diary.write(), measures.book.write(), inbox.write())]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await pools.close()
        libraries.environments.close()
        diary.finish()
        measures.book.finish()
        inbox.finish()
        await asyncio.gather(*writing)

    app = web.Application(client_max_size=LARGEST_FORM_BYTES)
    app[PRESENCE], app[EDGE], app[OPENINGS], app[MEASURES] = presence, doorway.edge, openings, measures
    app.router.add_route("*", "/{path:.*}", _bounded(answer, pages), expect_handler=http.expected)
    app.on_shutdown.append(stop_apps)  # before open requests are waited for: most of them end with their apps
    app.cleanup_ctx.append(lively)
    return app


def runner(app: web.Application) -> web.AppRunner:
    """Serves the front: a request whose browser goes away is cancelled, and no body is unpacked on its way."""
    return web.AppRunner(
        app,
        handler_cancellation=True,
        auto_decompress=False,
        access_log=None,
        shutdown_timeout=SHUTDOWN_S,
        max_line_size=HEADER_BYTES,
        max_field_size=HEADER_BYTES,
    )


async def serve(
    settings: Settings,
    store: Store,
    listener: socket.socket,
    *,
    stop: asyncio.Event,
    leave: asyncio.Event | None = None,
    starter: NurseryStarter | None = None,
    line: socket.socket | None = None,
    say_ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve apps on a listening socket until `stop` is set; then stop them all. Runs in the main thread.

    When `leave` is set it ends too, and leaves the apps as they are: to the next front, if `starter` makes nurseries
    that outlive this process (None: they are this process's children).
    `line` is the front's end of the portal's line (see `front_line`); None: there is no portal that wishes anything.
    `say_ready` is called once, when requests are answered. Raises AppError when another hub runs apps in the same home.
    """
    diary, measures = Diary(store, front=name_of_front()), FrontMeasures(settings, store)
    inbox = inbox_of(settings, store)

    def note(instance: Instance) -> None:
        diary.note(instance)
        measures.note(instance)

    folder = settings.home / APPS_FOLDER
    readable = tuple(folder / name for name in (BUNDLES, SERVED, *READ))
    launcher = NurseryLauncher(
        folder,
        starter=starter,
        level=settings.isolation,
        readable=readable,
        on_begun=measures.starts.begun,
        intake=measures.recordings.counted(inbox.take),
    )
    times = SupervisorSettings(idle_s=settings.idle_s, start_timeout_s=settings.start_timeout_s)
    supervisor = Supervisor(launcher, settings=times, on_change=note, adopts=True)
    camera = camera_of(settings)
    made = create_front(settings, store, supervisor, diary=diary, measures=measures, inbox=inbox, camera=camera)
    running = runner(made)
    wishes = None
    if line is not None:
        tell = partial(measures.told, supervisor, launcher.stock)
        wishes = asyncio.create_task(obey(line, supervisor, tell=tell))
    try:
        await running.setup()
        await web.SockSite(running, listener).start()
        set_memory_apart()
        say_ready()
        warming = asyncio.create_task(Warming(store, Shelf(store, settings.home / APPS_FOLDER), launcher).run())
        if await _left(stop, leave):
            await supervisor.leave()
        warming.cancel()
    finally:
        if wishes is not None:
            wishes.cancel()
            with suppress(asyncio.CancelledError):
                await wishes
        await running.cleanup()


def inbox_of(settings: Settings, store: Store) -> Inbox:
    """Where what apps record waits until it is written."""
    room = FeedbackRoom(settings.feedback_entries, settings.feedback_mb * MB)
    return Inbox(store, room=room, clock=store.database.clock)


def camera_of(settings: Settings) -> Camera | None:
    """What takes pictures of apps here; None where that cannot be, as the status page says."""
    browser = photographer.find_browser()
    if browser is None or not settings.takes_pictures or photographer.lacking(settings.isolation):
        return None
    return Photographer(settings.home / APPS_FOLDER / PICTURES, browser=browser)


async def _left(stop: asyncio.Event, leave: asyncio.Event | None) -> bool:
    """Wait for either; whether it was `leave`."""
    waited = [asyncio.create_task(event.wait()) for event in (stop, leave) if event is not None]
    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    for one in waited:
        one.cancel()
    return not stop.is_set()


def set_memory_apart() -> None:
    """Spare the garbage collector what is loaded by now and stays: a request then costs some fifteen per cent less."""
    gc.collect()
    gc.freeze()


def name_of_front() -> str:
    """Names this process among all fronts that ever were: machine, process and time."""
    tail = f"-{os.getpid()}-{time.time_ns() // 10**6}"
    return socket.gethostname()[: LONGEST_NAME - len(tail)] + tail


def _bounded(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]], pages: Pages
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The last boundary: an error that nobody expected is logged, and answered without its inside."""

    async def bounded(request: web.Request) -> web.StreamResponse:
        try:
            return await answer(request)
        except web.HTTPException:
            raise
        except Exception:
            log.exception("A request failed.", extra={"action": "request_failed"})
            return pages.told(Told.BROKEN, request.headers)

    return bounded


def _in_background(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    def look(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s ended: %r", task.get_name(), error, extra={"action": "background_ended"})

    task = asyncio.create_task(work, name=work.__qualname__)
    task.add_done_callback(look)
    return task
