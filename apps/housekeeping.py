"""What has to happen by itself, with nobody asking: what is unused or too old goes, what is to be kept is kept."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from vitrina.apps import endings
from vitrina.apps.allowances import RefusedError, Somebody
from vitrina.apps.life import State, is_idle

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from vitrina.apps.fleet import Fleet
    from vitrina.apps.fleets import Fleets
    from vitrina.apps.living import Living
    from vitrina.apps.policy import SupervisorSettings

SWEEPS_PER_IDLE_TIME = 10
"""An idle app is stopped at most a tenth of the idle time late."""

LONGEST_BETWEEN_SWEEPS_S = 5.0
"""As late memory may be found short, and the last one inside a draining app gone."""

BETWEEN_WEIGHINGS = timedelta(seconds=30)
"""Adding up a process tree's memory costs milliseconds each."""


class Housekeeping:
    """Sweeps through all apps. Lives in their event loop."""

    def __init__(self, fleets: Fleets, *, settings: SupervisorSettings, clock: Callable[[], datetime]) -> None:
        self._fleets = fleets
        self._settings = settings
        self._clock = clock
        self._weighed_at = clock()

    @property
    def interval_s(self) -> float:
        """Seconds between two sweeps."""
        return min(self._settings.idle_s / SWEEPS_PER_IDLE_TIME, LONGEST_BETWEEN_SWEEPS_S)

    def sweep(self) -> list[Living]:
        """Decide over everything, at one moment; returns those whose process is being ended from now on."""
        before = self._fleets.ending()
        for fleet in self._fleets:
            fleet.crowd.sweep()
            for life in list(fleet.lives.values()):
                self._look_at(fleet, life)
            if fleet.order.serving.min_instances:
                with suppress(RefusedError):  # the project has too many: said to those who come
                    self._fleets.fill(fleet, Somebody.HUB)
        self._fleets.queue.relieve()
        self._fleets.queue.advance()
        return [life for life in self._fleets.ending() if life not in before]

    async def weigh(self) -> None:
        """Learn the memory of all that run, now and then."""
        if self._clock() - self._weighed_at >= BETWEEN_WEIGHINGS:
            self._weighed_at = self._clock()
            await asyncio.gather(*(life.weigh() for life in self._fleets.lives()))

    def _look_at(self, fleet: Fleet, life: Living) -> None:
        match life.state:
            case State.QUEUED if self._is_forgotten(life):
                self._fleets.drain(life, "Nobody waited for it any more.")
            case State.READY if self._is_idle(fleet, life):
                reason = f"Nobody used it for {endings.duration(self._idle_s(fleet))}."
                self._fleets.drain(life, reason, now=True)
            case State.READY if self._is_old(life):
                reason = f"It ran for {endings.duration(self._settings.lifetime_s)}, as long as an app may."
                self._fleets.drain(life, reason)
            case State.DRAINING if not self._fleets.people(life) or self._is_over(life):
                life.finish()
            case _:
                pass

    def _is_forgotten(self, life: Living) -> bool:
        patience = timedelta(seconds=self._settings.patience_s)
        is_kept = life.charge.payer is Somebody.HUB
        return not is_kept and self._clock() - life.tally.last_used_at >= patience

    def _is_idle(self, fleet: Fleet, life: Living) -> bool:
        is_spare = len(fleet.living()) > fleet.order.serving.min_instances
        return is_spare and is_idle(life.snapshot(), self._clock(), idle_s=self._idle_s(fleet))

    def _idle_s(self, fleet: Fleet) -> float:
        minutes = fleet.order.serving.idle_minutes
        return self._settings.idle_s if minutes is None else minutes * 60

    def _is_old(self, life: Living) -> bool:
        began = life.instance.started_at
        return began is not None and self._clock() - began >= timedelta(seconds=self._settings.lifetime_s)

    def _is_over(self, life: Living) -> bool:
        return life.drain_until is not None and self._clock() >= life.drain_until
