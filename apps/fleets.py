"""All apps that a supervisor knows, with their instances, in one place: what is started and stopped, is so here."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from vitrina.apps.allowances import Charge, Payer, refusal
from vitrina.apps.crowd import Crowd
from vitrina.apps.errors import UnknownAppError
from vitrina.apps.fleet import Fleet
from vitrina.apps.life import LIVING, RUNNING, State
from vitrina.apps.living import Living, Terms
from vitrina.apps.queue import Queue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from vitrina.apps.launchers.launcher import Adopted, Draining, Launcher
    from vitrina.apps.life import Instance
    from vitrina.apps.order import Order
    from vitrina.apps.policy import Machine, SupervisorSettings


class Fleets:
    """Lives in one event loop. `on_change` is called with every new snapshot."""

    def __init__(
        self,
        launcher: Launcher,
        *,
        settings: SupervisorSettings,
        clock: Callable[[], datetime],
        machine: Machine,
        on_change: Callable[[Instance], None] | None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._on_change = on_change
        self._by_key: dict[str, Fleet] = {}
        self._news = asyncio.Event()
        self.is_closed = False
        """Nothing is started any more."""

        self.queue = Queue(
            allowances=settings.allowances,
            reserve=settings.reserve,
            memory=machine.memory,
            clock=clock,
            lives=self.lives,
            may_go=self._may_go,
        )
        self._terms = Terms(
            launcher=launcher,
            clock=clock,
            told=self._told,
            start_timeout_s=settings.start_timeout_s,
            stop_timeout_s=settings.stop_timeout_s,
            backoff=settings.backoff,
        )

    def __iter__(self) -> Iterator[Fleet]:
        """Those that have instances, by key."""
        return (fleet for _, fleet in sorted(self._by_key.items()) if fleet.lives)

    def get(self, key: str) -> Fleet | None:
        """The app of a key; None when it was never wanted."""
        return self._by_key.get(key)

    def known(self, key: str) -> Fleet:
        """The app of a key. Raises UnknownAppError when it has no instance."""
        fleet = self._by_key.get(key)
        if fleet is None or not fleet.lives:
            raise UnknownAppError(key)
        return fleet

    def of(self, order: Order) -> Fleet:
        """The app that is ordered, as it is ordered now."""
        fleet = self._by_key.get(order.key)
        if fleet is None:
            crowd = Crowd(clock=self._clock, kept_s=self._settings.seat_s, patience_s=self._settings.patience_s)
            fleet = self._by_key[order.key] = Fleet(order, crowd, self._bear)
        fleet.order = order
        self._keep_to(fleet, order)
        return fleet

    def lives(self) -> Iterator[Living]:
        """All instances of all apps."""
        return (life for fleet in list(self._by_key.values()) for life in list(fleet.lives.values()))

    def ending(self) -> list[Living]:
        """Those whose process is just being ended."""
        return [life for life in self.lives() if life.state is State.DRAINING and life.instance.address is None]

    def people(self, life: Living) -> int:
        """How many are inside an instance."""
        return self._by_key[life.order.key].crowd.people(life.instance.number)

    def snapshot(self, life: Living) -> Instance:
        """How an instance is now; of one that waits also where and why."""
        position = self.queue.position(life)
        now = life.snapshot(people=self.people(life), position=position)
        return replace(now, reason=self.queue.why.value) if position is not None and self.queue.why else now

    def fill(self, fleet: Fleet, payer: Payer) -> None:
        """Start as many instances as the app should have now. Raises RefusedError when it would have none."""
        charge = Charge(payer, fleet.order.project)
        while len(fleet.living()) < fleet.wanted() and not fleet.is_resting(self._clock()):
            others = [life.charge for life in self.lives() if life.state in LIVING | RUNNING]
            refused = refusal(self._settings.allowances, charge, others=others, waiting=len(self.queue))
            if refused and fleet.living():
                return
            if refused:
                raise refused
            life = fleet.spare(charge)
            life.queue(fleet.order, charge)
            self.queue.join(life)
            self.queue.advance()

    def take_over(self, found: Adopted, order: Order, charge: Charge, *, is_ready: bool = True) -> None:
        """An instance that was found running is one of the app's from now on; `is_ready`: it answers."""
        fleet = self.of(order)
        begun = replace(order, serving=replace(order.serving, network=found.network))
        life = fleet.lives[found.number] = self._bear(begun, found.number, charge)
        life.adopted(found, is_ready=is_ready)
        if found.draining is not None:
            self._drain_on(fleet, life, found.draining)
        self._keep_to(fleet, order)

    def drain(self, life: Living, reason: str, *, now: bool = False) -> None:
        """It takes nobody any more, and ends: at once (`now`), or when the last one has left or stayed too long."""
        self.queue.withdraw(life)
        until = self._clock() + timedelta(seconds=0 if now else self._settings.drain_s)
        inside = self._by_key[life.order.key].crowd.inside(life.instance.number)
        life.drain(reason, until=until, inside=() if now else inside)
        if now or not self.people(life):
            life.finish()

    def _drain_on(self, fleet: Fleet, life: Living, how: Draining) -> None:
        """What drained before it was found goes on to: who was inside may stay, and nobody new comes."""
        if (address := life.instance.address) is not None:
            for session in how.inside:
                fleet.crowd.sit(session, life.instance.number, address=address, tally=life.tally)
        life.drain(how.reason, until=how.until, inside=how.inside)
        if life.instance.address is None or not self.people(life):
            life.finish()

    async def news(self) -> None:
        """Wait for the next move of any app."""
        await self._news.wait()

    def pulse(self) -> None:
        """Wake all who wait for news; the next ones wait for the next."""
        self._news.set()
        self._news = asyncio.Event()

    def _keep_to(self, fleet: Fleet, order: Order) -> None:
        """Let go of what was begun with another network than the app has now: a process keeps the one it began with."""
        for life in fleet.living():
            if life.order.serving.network is order.serving.network:
                continue
            if life.state is State.QUEUED:
                life.order = order
            else:
                self.drain(life, f"The app has another network now ({order.serving.network.value}).")

    def _bear(self, order: Order, number: int, charge: Charge) -> Living:
        return Living(order, number, charge=charge, terms=self._terms)

    def _may_go(self) -> Iterator[tuple[Living, int]]:
        """Those that may be stopped to make room, with the number of people inside: not an app's minimum.

        Of those that nobody wanted also what is still on its way.
        """
        for fleet in self:
            coming = [life for life in fleet.living() if life.state in {State.BUILDING, State.STARTING}]
            yield from ((life, 0) for life in coming if life.charge.gives_way)
            ready = [life for life in fleet.living() if life.state is State.READY]
            spare = max(0, len(ready) - fleet.order.serving.min_instances)
            yield from ((life, self.people(life)) for life in sorted(ready, key=_last_used)[:spare])

    def _told(self, life: Living) -> None:
        """An instance moved."""
        has_ended = life.state in {State.CRASHED, State.STOPPED}
        if has_ended:
            self._by_key[life.order.key].crowd.clear(life.instance.number)
        if self._on_change:
            self._on_change(self.snapshot(life))
        self.pulse()
        if (has_ended or life.state is State.READY) and not self.is_closed:
            self.queue.advance()


def _last_used(life: Living) -> datetime:
    return life.tally.last_used_at
