"""All instances of one app, and who is at which: where somebody goes, and whether one more instance is wanted."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from vitrina.apps.allowances import Somebody
from vitrina.apps.life import LIVING, UNDER_WAY, State, foremost, is_resting

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from vitrina.apps.allowances import Charge
    from vitrina.apps.crowd import Crowd, Seat
    from vitrina.apps.living import Living
    from vitrina.apps.order import Order

    Bear = Callable[[Order, int, Charge], Living]


class Fleet:
    """The instances of one app. `bear` makes one more, cold."""

    def __init__(self, order: Order, crowd: Crowd, bear: Bear) -> None:
        self.order = order
        self.crowd = crowd
        self.lives: dict[int, Living] = {}
        self._bear = bear

    def seat(self, session: str) -> Seat | None:
        """Where this session is served; None when it must wait. Called at every request."""
        seat = self.crowd.seats.get(session)
        if seat is not None and seat.is_taken and self.lives[seat.number].instance.address is not None:
            return seat
        return self._newly_seated(session)

    def wait(self, session: str) -> None:
        """A session wants a place and there is none; it stands in the line if all are taken."""
        if self._serving():
            self.crowd.wait(session)

    def at(self, session: str) -> Living | None:
        """The instance at which a session is, also when that serves no more; None when it is at none."""
        seat = self.crowd.seats.get(session)
        return self.lives[seat.number] if seat is not None else None

    def foremost(self) -> Living:
        """The instance that says most of how the app is. There must be one."""
        told = foremost(life.instance for life in self.lives.values())
        return self.lives[told.number]

    def coming(self) -> Living | None:
        """The instance that is next to serve; None when none is on its way."""
        lives = [life.instance for life in self.lives.values() if life.state in UNDER_WAY]
        return self.lives[foremost(lives).number] if lives else None

    def living(self) -> list[Living]:
        """Those that serve newcomers, or will."""
        return [life for life in self.lives.values() if life.state in LIVING]

    def wanted(self) -> int:
        """How many instances there should be for those who are inside and those who wait; the app's own bounds hold."""
        serving = self.order.serving
        if serving.people is None:
            return max(serving.min_instances, 1)
        inside = sum(self.crowd.people(life.instance.number) for life in self._serving())
        needed = math.ceil((inside + self.crowd.waiting()) / serving.people)
        return min(max(serving.min_instances, needed, 1), serving.max_instances)

    def is_resting(self, now: datetime) -> bool:
        """Whether one of its instances crashed a moment ago: another start would most likely go the same way."""
        return any(is_resting(life.instance, now) for life in self.lives.values())

    def spare(self, charge: Charge) -> Living:
        """An instance that has no process: the first that ended, or a new one with the lowest number that is free."""
        for number in itertools.count(1):
            life = self.lives.get(number)
            if life is None:
                life = self.lives[number] = self._bear(self.order, number, charge)
            if life.state in {State.COLD, State.CRASHED, State.STOPPED}:
                return life
        raise AssertionError("numbers have no end")

    def _serving(self) -> list[Living]:
        return [life for life in self.lives.values() if life.state is State.READY]

    def _newly_seated(self, session: str) -> Seat | None:
        ready = {life.instance.number: life for life in self._serving()}
        number = self.crowd.choose(session, instances=ready, places=self.order.serving.people)
        if number is None or (address := ready[number].instance.address) is None:
            return None
        if ready[number].charge.gives_way:  # somebody is there now: it counts as what runs anyway
            ready[number].charge = replace(ready[number].charge, payer=Somebody.HUB)
        return self.crowd.sit(session, number, address=address, tally=ready[number].tally)
