"""`gr.Timer` of Gradio: which events and answers of a page a timer caused, and no person.

An event names the component that caused it, by a number; which numbers are timers the app itself knows (`/config`), and
each instance is asked once. The answers come on a stream that the page opens after it: it is a person's when the page's
last event before it was, or when one comes while it is open.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import ClientError, web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from vitrina.apps.crowd import Seat, Stay
from vitrina.apps.supervisor import Supervisor
from vitrina.hub.proxy import timers
from vitrina.hub.proxy.pools import Pool, Pools
from vitrina.hub.proxy.request_headers import Sender, to_app
from vitrina.hub.proxy.visits import Visit

log = logging.getLogger(__name__)

STREAM = "/queue/data"

CONFIG = "/config"
CONFIG_WITHIN_S = 3.0
MOST_CONFIG_BYTES = 4 * 10**6
"""An app that says more, or takes longer, has no timers that are known: all of it is people's doing."""

HTTP_OK = 200

MOST_INSTANCES = 1024
MOST_PAGES = 4096
"""Of one instance. What was heard of longest ago is forgotten: it counts as a person's again."""


@dataclass(slots=True)
class _Instance:
    """What is known of one that was asked."""

    started_at: datetime | None
    timers: asyncio.Future[frozenset[int]]
    ticking: OrderedDict[str, None] = field(default_factory=OrderedDict[str, None])
    """The pages whose last event was a timer's."""

    streams: dict[str, set[Stay]] = field(default_factory=dict[str, set[Stay]])

    def heard(self, event: timers.GradioEvent, *, is_tick: bool) -> None:
        self.ticking.pop(event.session, None)
        if is_tick:
            self.ticking[event.session] = None
            while len(self.ticking) > MOST_PAGES:
                self.ticking.popitem(last=False)
            return
        for stay in self.streams.get(event.session, ()):
            stay.note_person()


@dataclass(slots=True)
class Ticks:
    """Knows the timers of Gradio's instances. Lives in one event loop.

    An instance that ended is remembered: a page that was left open goes on ticking, and is to wake nothing.
    """

    supervisor: Supervisor
    pools: Pools
    _instances: OrderedDict[tuple[str, int], _Instance] = field(default_factory=OrderedDict[tuple[str, int], _Instance])

    async def caused(self, request: web.Request, visit: Visit, seat: Seat | None, begun: bytes) -> bool:
        """Whether a timer caused this request to an app of Gradio's, served at `seat`; `begun` was read of its body."""
        if request.method == "GET" and request.path.endswith(STREAM):
            known = self._known(visit)
            return known is not None and request.query.get("session_hash", "") in known.ticking
        event = timers.gradio_event(begun) if begun else None
        if event is None:
            return False
        known = await self._asked(request, visit, seat) if seat is not None else self._known(visit)
        if known is None:
            return False
        is_tick = event.component in await asyncio.shield(known.timers)
        known.heard(event, is_tick=is_tick)
        return is_tick

    @contextmanager
    def streamed(self, request: web.Request, visit: Visit, stay: Stay) -> Generator[None]:
        """Hold this while a request is passed on."""
        known = self._known(visit) if visit.app.framework == "gradio" and request.path.endswith(STREAM) else None
        if known is None:
            yield
            return
        page = request.query.get("session_hash", "")
        streams = known.streams.setdefault(page, set())
        streams.add(stay)
        try:
            yield
        finally:
            streams.discard(stay)
            if not streams:
                known.streams.pop(page, None)

    def _known(self, visit: Visit) -> _Instance | None:
        now = self.supervisor.get(visit.app.label, visit.shown.session)
        return self._instances.get((visit.app.label, now.number)) if now is not None else None

    async def _asked(self, request: web.Request, visit: Visit, seat: Seat) -> _Instance:
        now = self.supervisor.get(visit.app.label, visit.shown.session)
        started_at = now.started_at if now is not None else None
        key = (visit.app.label, seat.number)
        known = self._instances.get(key)
        if known is not None and known.started_at == started_at:
            self._instances.move_to_end(key)
            return known
        cookies = CIMultiDict((name, value) for name, value in request.headers.items() if name.lower() == "cookie")
        headers = to_app(CIMultiDictProxy(cookies), Sender("127.0.0.1", visit.site))
        asking = asyncio.ensure_future(_timers(await self.pools.of(visit.app, seat), visit, headers))
        known = self._instances[key] = _Instance(started_at, asking)
        self._instances.move_to_end(key)
        while len(self._instances) > MOST_INSTANCES:
            self._instances.popitem(last=False)
        return known


async def _timers(pool: Pool, visit: Visit, headers: CIMultiDict[str]) -> frozenset[int]:
    """The timers of an instance, as it says itself to whoever sent this event."""
    url = URL(f"{pool.root}{visit.site.prefix}{CONFIG}", encoded=True)
    try:
        async with asyncio.timeout(CONFIG_WITHIN_S), pool.client.get(url, headers=headers) as answer:
            said = b""
            while len(said) <= MOST_CONFIG_BYTES and (more := await answer.content.readany()):
                said += more
    except (ClientError, TimeoutError) as error:
        log.info("%s does not say its timers: %r", visit.app.ref, error, extra={"action": "timers_unknown"})
        return frozenset()
    if answer.status != HTTP_OK or len(said) > MOST_CONFIG_BYTES:
        return frozenset()
    return await asyncio.to_thread(timers.gradio_timers, said)
