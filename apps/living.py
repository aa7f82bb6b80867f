"""One instance from its turn to its end: the moves of `life`, carried out with one process.

While it has a process, one task (`_live`) alone sees it from its files to its end. What is decided over it (that it may
begin, that it has to go) comes from outside, by `begin`, `drain` and `finish`.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from vitrina.apps import endings, probe
from vitrina.apps.crowd import Tally
from vitrina.apps.errors import AppError, StartError
from vitrina.apps.launchers.launcher import Draining
from vitrina.apps.life import Backoff, Event, Instance, Place, State, advance, may_stop
from vitrina.store.errors import VitrinaError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from datetime import datetime

    from vitrina.apps.allowances import Charge
    from vitrina.apps.launchers.launcher import Adopted, Launched, Launcher
    from vitrina.apps.order import Order
    from vitrina.apps.spec import AppSpec

    Course = Coroutine[Any, Any, str]

log = logging.getLogger(__name__)

LAST_WORDS_S = 2.0
"""So long the end of a process is waited for whose socket is gone."""


@dataclass(frozen=True)
class Terms:
    """What all lives have in common. `told` is called in the event loop at every move and step."""

    launcher: Launcher
    clock: Callable[[], datetime]
    told: Callable[[Living], None]
    start_timeout_s: float
    stop_timeout_s: float
    backoff: Backoff = field(default_factory=Backoff)


class Living:
    """One instance of an app. Lives in one event loop."""

    def __init__(self, order: Order, number: int, *, charge: Charge, terms: Terms) -> None:
        now = terms.clock()
        self.order = order
        self.charge = charge
        self.tally = Tally(now)
        self.drain_until: datetime | None = None
        """When a draining instance ends though people are inside."""

        self.memory_bytes: int | None = None
        self._terms = terms
        self._launched: Launched | None = None
        self._building: asyncio.Task[AppSpec] | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._is_left = False
        self._is_deaf = False
        self.instance = Instance(
            key=order.key,
            ref=order.ref,
            state=State.COLD,
            reason="",
            address=None,
            pid=None,
            started_at=None,
            changed_at=now,
            last_used_at=now,
            log=terms.launcher.log(order.key, number=number),
            number=number,
        )

    @property
    def state(self) -> State:
        return self.instance.state

    def snapshot(self, *, people: int = 0, position: int | None = None) -> Instance:
        """How it is now, with what changes too often to be kept in a snapshot."""
        return replace(
            self.instance,
            uses=self.tally.uses,
            last_used_at=self.tally.last_used_at,
            people=people,
            position=position,
            memory_bytes=self.memory_bytes,
        )

    def queue(self, order: Order, charge: Charge) -> None:
        """Somebody wants it: it waits for its turn."""
        self.order, self.charge = order, charge
        self.tally.last_used_at = self._terms.clock()
        self._move(Event.OPEN, reason="Waiting for its turn.")

    def begin(self) -> None:
        """Its turn has come."""
        self._move(Event.BUILD, reason=self.order.first_step)
        self._attend_from(self._built_and_launched())

    def adopted(self, found: Adopted, *, is_ready: bool) -> None:
        """It runs already, and was looked at; one that is not ready has the time of a start to answer."""
        self._launched = found.launched
        event, reason = (Event.ADOPT, "") if is_ready else (Event.FIND, endings.NO_ANSWER_YET)
        self._move(event, reason=reason, since=found.started_at)
        self._attend_from(self._to_its_end(found.launched))

    def drain(self, reason: str, *, until: datetime, inside: Sequence[str] = ()) -> None:
        """It is to stop: at `until` at the latest, or as soon as `finish` is called since nobody is inside.

        `inside` are the sessions that are.
        """
        if may_stop(self.instance):
            self.drain_until = until
            if self._launched is not None:
                self._launched.drains(Draining(reason, until, tuple(inside)))
            self._move(Event.STOP, reason=reason)

    def finish(self) -> None:
        """Nobody is inside a draining instance any more, or may be: end its process; returns at once."""
        if self.state is State.DRAINING and self._stopping is None:
            self._move(Event.EMPTY, reason=self.instance.reason)
            self._stopping = asyncio.create_task(self._stop(), name=f"stop {self.order.key}")

    async def gone(self) -> None:
        """Wait until it has ended; its end must have begun."""
        if self._task:
            await asyncio.shield(self._task)

    async def leave(self) -> None:
        """Turn away from it, as it is: the next supervisor finds it running. Not one whose end has begun."""
        if self._stopping is not None:
            if self._launched is not None:
                await self._launched.stop(grace_s=0)
            await self.gone()
        elif self._task is not None:
            self._is_left = True
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def rehearse(self, *, timeout_s: float) -> None:
        """See `Supervisor.rehearse`."""
        if self._launched is None or self.state is not State.READY:
            raise AppError(f"{self.order.ref} is {self.state.value}, so it cannot be tried.", hint="Open it.")
        try:
            async with asyncio.timeout(timeout_s):
                await self._launched.rehearse()
        except TimeoutError:
            raise StartError(endings.not_rehearsed(timeout_s), hint=endings.SEE_LOG) from None

    async def look(self) -> None:
        """Somebody was not answered: end it if nobody can be any more, and return when it has.

        One that is slow or answers nonsense goes on.
        """
        launched = self._launched
        if launched is None or self.state is not State.READY or not await probe.is_deaf(launched.address):
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_S):  # most are just about to end by themselves, and say why
                await launched.ended()
        if self._launched is launched and self.state is State.READY:
            self._is_deaf = True
            await launched.stop(grace_s=0)
            await self.gone()

    async def weigh(self) -> None:
        """Learn how much memory it takes."""
        if self._launched is not None:
            self.memory_bytes = await self._launched.memory_bytes()

    def _attend_from(self, course: Course) -> None:
        self._stopping = self.drain_until = None
        self._is_deaf = False
        self._task = asyncio.create_task(self._live(course), name=f"app {self.order.key}")

    async def _stop(self) -> None:
        if self._building:
            self._building.cancel()
        if self._launched:
            await self._launched.stop(grace_s=self._terms.stop_timeout_s)

    async def _live(self, course: Course) -> None:
        reason = await self._reason_of(course)
        self._launched = self.memory_bytes = None
        is_asked = self.state is State.DRAINING
        self._move(Event.END, reason=self.instance.reason if is_asked else reason)

    async def _reason_of(self, course: Course) -> str:
        """See it to its end; the answer is why it ended, as one line."""
        try:
            return await course
        except VitrinaError as error:
            return str(error)
        except Exception as error:  # a launcher may be anybody's: its mistake must not leave an app "starting" for ever
            log.exception("an app could not be run", extra={"action": "app_not_run", "app": self.order.key})
            return f"Vitrina could not run it: {type(error).__name__}: {error}"

    async def _built_and_launched(self) -> str:
        self._building = asyncio.create_task(self.order.build(self._progress), name=f"build {self.order.key}")
        try:
            spec = await self._building
        except asyncio.CancelledError:
            if self.state is State.DRAINING:
                return ""
            raise
        finally:
            self._building = None
        if self.state is State.DRAINING:
            return ""
        self._move(Event.START, reason="Starting.")
        launched = await self._terms.launcher.launch(spec, number=self.instance.number)
        self._launched = launched
        return await self._to_its_end(launched)

    async def _to_its_end(self, launched: Launched) -> str:
        """Stay with a process to its end. It is then gone for good, except when it was left to the next supervisor."""
        try:
            return await self._attend(launched)
        finally:
            if not self._is_left:
                await launched.stop(grace_s=0)

    async def _attend(self, launched: Launched) -> str:
        timeout_s = self._terms.start_timeout_s
        if self.state is State.DRAINING and self.instance.address is None:
            return ""
        if self.state is State.STARTING:
            try:
                async with asyncio.timeout(timeout_s):
                    await launched.ready(self._progress)
            except TimeoutError:
                return endings.not_ready(timeout_s, self.instance.reason)
        if self.state is State.STARTING:
            self._move(Event.ANSWER)
        end = await launched.ended()
        if self._is_deaf:
            return endings.DEAF
        if end.is_with_nursery and self.state is State.READY:  # no crash of its own: it may start again at once
            self._move(Event.STOP, reason=endings.ended(end))
        return endings.ended(end)

    def _progress(self, step: str) -> None:
        if self.state in {State.BUILDING, State.STARTING}:
            self._move(Event.PROGRESS, reason=step)

    def _move(self, event: Event, *, reason: str = "", since: datetime | None = None) -> None:
        terms, launched = self._terms, self._launched
        place = Place(launched.address, launched.pid, since) if launched else None
        self.instance = advance(self.instance, event, now=terms.clock(), reason=reason, backoff=terms.backoff, at=place)
        after = self.instance
        action = {"action": f"app_{after.state.value}", "app": after.key, "number": after.number}
        log.info("%s is %s. %s", after.ref, after.state.value, reason, extra=action)
        terms.told(self)
