"""The supervisor: which apps run, which may start, which have to go.

    life          what can happen to one instance: a table              (pure)
    living        one instance, with its process, from its turn to its end
    crowd         who is at which instance of an app, and who waits      (bookkeeping)
    fleet         all instances of one app;   fleets: of all apps
    allowances    how many of them somebody may have                     (pure)
    queue         the line of those that wait for their start
    housekeeping  what goes and starts with nobody asking
    adoption      whether one that was found running is what it says

Here is what others ask of all that. Everything happens in one event loop.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vitrina.apps import adoption
from vitrina.apps.allowances import Charge, Payer, RefusedError, Somebody
from vitrina.apps.errors import AppError
from vitrina.apps.fleets import Fleets
from vitrina.apps.housekeeping import Housekeeping
from vitrina.apps.life import UNDER_WAY, Instance, State
from vitrina.apps.order import Order, ready_made
from vitrina.apps.policy import Machine
from vitrina.apps.policy import SupervisorSettings as SupervisorSettings  # its readers know it from here

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from vitrina.apps.crowd import Seat
    from vitrina.apps.launchers.launcher import Adopted, Launcher
    from vitrina.apps.spec import AppSpec

log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class Supervisor:
    """Starts apps when they are opened and stops them when nobody uses them any more.

    `on_change` is called in the event loop with every new snapshot (each move, each step of a start), and must return
    quickly. With `adopts`, nothing is started or served before `adopt` has ended. Make it, use it and close it in one
    event loop, run by the main thread (a launcher may need that).
    """

    def __init__(
        self,
        launcher: Launcher,
        *,
        settings: SupervisorSettings | None = None,
        clock: Callable[[], datetime] = _now,
        on_change: Callable[[Instance], None] | None = None,
        machine: Machine | None = None,
        adopts: bool = False,
    ) -> None:
        self.settings = settings or SupervisorSettings()
        self._launcher = launcher
        self._clock = clock
        self._machine = machine or Machine()
        self._fleets = Fleets(launcher, settings=self.settings, clock=clock, machine=self._machine, on_change=on_change)
        self._housekeeping = Housekeeping(self._fleets, settings=self.settings, clock=clock)
        self._has_left = False
        self._looked = asyncio.Event()
        if not adopts:
            self._looked.set()

    @property
    def is_looking(self) -> bool:
        """Whether it still looks which apps run already."""
        return not self._looked.is_set()

    async def adopt(self, order_of: Callable[[str], Awaitable[Order | None]]) -> None:
        """Take over what an earlier supervisor left running, and end what is not fit for it.

        `order_of` tells of a key how its app is to be had today; None: there is no such app any more. While it fails
        and says that it helps to ask again (`VitrinaError.permanent`), it is asked again: no app ends for that.
        """
        try:
            found = await self._launcher.adopt()
            await asyncio.gather(*(self._adopt(one, order_of) for one in found))
        except Exception:  # a launcher may be anybody's: what can be started anew is still served
            log.exception("it is not known what runs already", extra={"action": "adoption_failed"})
        finally:
            self._looked.set()
            self._fleets.pulse()

    async def open(self, what: Order | AppSpec, *, session: str = "", payer: Payer = Somebody.HUB) -> Instance:
        """Somebody wants this app: see to it that it runs, and return at once with the snapshot of what they get.

        A hundred calls start one instance. One more starts when all places of those that run are taken (`session` then
        waits in a line), and when those that run drain. A crashed app starts again only when its `retry_at` has passed.
        Raises RefusedError when `payer` has too many, AppError when the supervisor was closed.
        """
        order = what if isinstance(what, Order) else ready_made(what)
        await self._looked.wait()
        if self._fleets.is_closed:
            raise AppError("The hub is stopping: no app can be opened any more.", hint="Try again in a moment.")
        fleet = self._fleets.of(order)
        if fleet.seat(session) is None:
            fleet.wait(session)
        self._fleets.fill(fleet, payer)
        life = fleet.at(session) or fleet.foremost()
        life.tally.last_used_at = self._clock()
        if life.charge.gives_way:
            life.charge = Charge(payer, order.project)
        return self._fleets.snapshot(life)

    async def keep(self, order: Order) -> None:
        """How an app is to be served from now on: its bounds hold at once, and its minimum is started."""
        await self._looked.wait()
        if self._fleets.is_closed:
            return
        fleet = self._fleets.of(order)
        for life in fleet.living()[order.serving.max_instances :]:
            self._fleets.drain(life, "The app is to have fewer instances.")
        if order.serving.min_instances:
            with suppress(RefusedError):  # said to those who come
                self._fleets.fill(fleet, Somebody.HUB)

    def seat(self, key: str, session: str = "") -> Seat | None:
        """Where a session is served; None when it must wait, or open the app first. Called at every request."""
        fleet = self._fleets.get(key)
        return fleet.seat(session) if fleet is not None else None

    def get(self, key: str, session: str = "") -> Instance | None:
        """The snapshot of the instance that a session is at, else of the app's foremost; None if never opened."""
        fleet = self._fleets.get(key)
        if fleet is None or not fleet.lives:
            return None
        return self._fleets.snapshot(fleet.at(session) or fleet.foremost())

    def coming(self, key: str) -> Instance | None:
        """The snapshot of the app's instance that is next to serve; None when none is on its way."""
        fleet = self._fleets.get(key)
        life = fleet.coming() if fleet is not None else None
        return self._fleets.snapshot(life) if life is not None else None

    def position(self, key: str, session: str = "") -> int | None:
        """Where a session stands in the line for a place in an app that is full; None: it does not wait there."""
        fleet = self._fleets.get(key)
        return fleet.crowd.position(session) if fleet is not None else None

    def instances(self) -> list[Instance]:
        """The snapshots of all instances of all apps that were opened since the supervisor began, by key and number."""
        return [self._fleets.snapshot(fleet.lives[number]) for fleet in self._fleets for number in sorted(fleet.lives)]

    async def wait_ready(self, key: str, *, timeout_s: float) -> Instance:
        """Wait until nothing is under way, at most `timeout_s` seconds, and return the snapshot as it is then.

        The caller looks at its state: ready, crashed, stopped, or still under way when the time was over. Raises
        UnknownAppError for a key that was never opened.
        """
        fleet = self._fleets.known(key)
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while fleet.foremost().state in UNDER_WAY | {State.DRAINING}:
                    await self._fleets.news()
        return self._fleets.snapshot(fleet.foremost())

    async def news(self) -> None:
        """Wait for the next move of any app, or the end of the look at what runs already."""
        await self._fleets.news()

    async def rehearse(self, key: str, *, timeout_s: float) -> None:
        """Run a ready app's code once as for a person who comes: that it is served does not say that it works.

        Raises StartError when the code fails or has not run after `timeout_s` seconds; the app goes on either way.
        Raises UnknownAppError for a key that was never opened, AppError for an app that is not ready.
        """
        await self._fleets.known(key).foremost().rehearse(timeout_s=timeout_s)

    async def look(self, key: str, *, number: int) -> None:
        """Somebody at this instance was not answered: it is ended, as crashed, if its server is gone for good."""
        fleet = self._fleets.get(key)
        if fleet is not None and (life := fleet.lives.get(number)) is not None:
            await life.look()

    async def stop(self, key: str, *, reason: str, drain: bool = False) -> Instance:
        """Stop an app and return when its processes are gone; nothing to do for one that has none.

        With `drain` people inside may stay for a while, and it returns when what nobody is inside is gone; newcomers
        get another instance. `reason` is one line for people, such as "Alice stopped it."
        """
        fleet = self._fleets.known(key)
        for life in fleet.lives.values():
            self._fleets.drain(life, reason, now=not drain)
        ending = [life for life in self._fleets.ending() if life.order.key == key]
        await asyncio.gather(*(life.gone() for life in ending))
        return self._fleets.snapshot(fleet.foremost())

    async def log_tail(self, key: str, *, lines: int = 40) -> list[str]:
        """The newest lines that the app wrote, oldest first; also of one that was never opened by this supervisor."""
        fleet = self._fleets.get(key)
        number = fleet.foremost().instance.number if fleet is not None and fleet.lives else 1
        return await self._launcher.log_tail(key, number=number, lines=lines)

    async def sweep(self) -> list[Instance]:
        """Stop what nobody uses, what is too old and what memory is needed of; let begin what may; keep what is to be.

        Returns what was stopped, when it is gone.
        """
        ending = self._housekeeping.sweep()
        await asyncio.gather(*(life.gone() for life in ending))
        await self._housekeeping.weigh()
        return [self._fleets.snapshot(life) for life in ending]

    async def run(self) -> None:
        """Sweep again and again, until cancelled."""
        while True:
            await asyncio.sleep(self._housekeeping.interval_s)
            try:
                await self.sweep()
            except Exception:  # one that cannot be weighed or stopped must not keep all others running for ever
                log.exception("a sweep failed", extra={"action": "sweep_failed"})

    async def leave(self) -> None:
        """Let go of every app as it is, for the next supervisor to adopt; nothing can be opened afterwards."""
        self._has_left = True
        self._fleets.is_closed = True
        self._looked.set()
        await asyncio.gather(*(life.leave() for life in self._fleets.lives()))
        await self._launcher.close()

    async def close(self) -> None:
        """Stop every app and return when no process is left; nothing can be opened afterwards.

        Whoever has left has no apps any more, and leaves them alone.
        """
        if self._has_left:
            return
        self._fleets.is_closed = True
        self._looked.set()
        lives = list(self._fleets.lives())
        for life in lives:
            self._fleets.drain(life, "The hub stopped.", now=True)
        await asyncio.gather(*(life.gone() for life in lives))
        await self._launcher.close()

    async def _adopt(self, found: Adopted, order_of: Callable[[str], Awaitable[Order | None]]) -> None:
        try:
            wanted = await adoption.today(found.key, order_of, pause_s=self.settings.ask_again_s)
            order = adoption.fit(found, wanted, born=self._machine.born)
            is_ready = await adoption.answers(found, timeout_s=self.settings.health_timeout_s)
        except Exception as error:  # whatever is wrong with one, the others are looked at
            log.warning("%s is not taken over. %r", found.ref, error, extra={"action": "app_not_adopted"})
            if not self._has_left:
                await found.launched.stop(grace_s=self.settings.stop_timeout_s)
        else:
            if not self._fleets.is_closed:  # else it is the next supervisor's, or ends with the hub
                self._fleets.take_over(found, order, Charge(Somebody.HUB, order.project), is_ready=is_ready)
