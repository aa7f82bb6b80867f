"""Where people are while an app does not serve: the waiting page and its questions, the page of a stopped app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from vitrina.apps import logs
from vitrina.apps.crowd import Seat
from vitrina.apps.life import State
from vitrina.apps.supervisor import Supervisor
from vitrina.hub.proxy import routes
from vitrina.hub.proxy.diary import Diary
from vitrina.hub.proxy.limits import Limits
from vitrina.hub.proxy.openings import Openings, Seen
from vitrina.hub.proxy.visits import Visit
from vitrina.hub.proxy.waiting import STATE_HEADER, Pages, Told, Wait


@dataclass(frozen=True, slots=True)
class Lobby:
    """Shows people how the app is that they want."""

    limits: Limits
    supervisor: Supervisor
    openings: Openings
    diary: Diary
    pages: Pages
    clock: Callable[[], datetime]

    def hold_s(self, visit: Visit) -> float:
        """How long a person is kept without a page: only where the app is known to start in that time."""
        usual_s = self.diary.usual_s(visit.app.label)
        return self.limits.hold_s if usual_s is not None and usual_s <= self.limits.hold_s else 0.0

    async def page(self, visit: Visit, seen: Seen, *, to: str, is_framed: bool) -> web.Response:
        """What a person sees who went to `to` in the app."""
        if seen.refusal is not None:
            return self.pages.refused(visit.app, seen.refusal, to=visit.site.prefix + to, is_framed=is_framed)
        wait = await self._wait(visit, seen, is_framed=is_framed)
        if seen.state is State.CRASHED:
            return self.pages.stopped(wait, to=to)
        return self.pages.waiting(wait)

    def line(self, seen: Seen) -> web.Response:
        """What a page or program is told that asked for something in the app."""
        if seen.refusal is not None:
            return self.pages.line(seen.refusal)
        response = self.pages.told(Told.ASLEEP, {})
        response.headers["Retry-After"] = "1"
        response.headers[STATE_HEADER] = seen.state.value
        return response

    async def state(self, visit: Visit) -> web.Response:
        """The state of the app for its waiting page; held for a while when it is under way.

        Who asks for it still waits, and says so.
        """
        if self.openings.seen(visit).state is State.QUEUED and self.openings.wakes(visit):
            await self.openings.start(visit)
        seen = await self.openings.settled(visit, timeout_s=self.limits.poll_s)
        if isinstance(seen, Seat):
            seen = Seen(State.READY, "", self.clock(), seen.number)
        return self.pages.state(await self._wait(visit, seen))

    async def start(self, visit: Visit, request: web.Request) -> web.Response:
        """Somebody asks for another start, and goes on to where they were."""
        form = await request.post()
        to = form.get("to", "/")
        place = routes.inside(to if isinstance(to, str) else "/")
        await self.openings.start(visit)
        return web.Response(status=303, headers={"Location": f"{visit.site.prefix}{place}"})

    async def _wait(self, visit: Visit, seen: Seen, *, is_framed: bool = False) -> Wait:
        label, now = visit.app.label, self.clock()
        log = None
        if visit.may_manage:
            log = logs.of_last_start(await self.supervisor.log_tail(label, lines=self.limits.log_lines))
        return Wait(
            app=visit.app,
            prefix=visit.site.prefix,
            seen=seen,
            steps=self.diary.steps(label, now=now, number=seen.number),
            usual_s=self.diary.usual_s(label),
            log=log,
            was_ready=self.diary.was_ready(label, number=seen.number),
            is_framed=is_framed,
            rest_s=(seen.retry_at - now).total_seconds() if seen.retry_at is not None else 0.0,
        )
