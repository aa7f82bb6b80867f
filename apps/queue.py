"""The line of instances that wait for their start, first come first served, and the room that the machine has for them.

When the machine is full, the instance that was least recently used, and that nobody is inside, makes room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from vitrina.apps.allowances import Allowances, Held, held
from vitrina.apps.life import RUNNING, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from vitrina.apps.living import Living
    from vitrina.apps.pressure import Memory

FOR_ANOTHER = "Nobody was inside, and another app needed its room."
FOR_MEMORY = "The machine ran short of memory, and this app had not been used for longest."


@dataclass(frozen=True)
class Reserve:
    """The memory that is to stay free: `share` of all, at least `least_bytes`. Below it nothing more is started.

    `quiet_s` is how long an app must have been without a person's doing to be stopped though a tab shows it.
    """

    share: float = 0.05
    least_bytes: int = 200 * 2**20
    quiet_s: float = 60.0

    def lack_bytes(self, memory: Memory) -> int:
        """How much is missing; 0 or less: nothing."""
        wanted = min(max(int(memory.all_bytes * self.share), self.least_bytes), memory.all_bytes // 2)
        return wanted - memory.free_bytes


class Queue:
    """Lets instances begin, in their order, as soon as there is room. Lives in one event loop.

    `lives` gives all instances of all apps, `may_go` those that may be stopped to make room: ready, more than their
    app's minimum. `memory` is asked at each decision.
    """

    def __init__(
        self,
        *,
        allowances: Allowances,
        reserve: Reserve,
        memory: Callable[[], Memory],
        clock: Callable[[], datetime],
        lives: Callable[[], Iterable[Living]],
        may_go: Callable[[], Iterable[tuple[Living, int]]],
    ) -> None:
        self._allowances = allowances
        self._reserve = reserve
        self._memory = memory
        self._clock = clock
        self._lives = lives
        self._may_go = may_go
        self._line: list[Living] = []
        self.why: Held | None = None
        """Why the first one has to wait."""

    def __len__(self) -> int:
        return len(self._line)

    def position(self, life: Living) -> int | None:
        """Its place, 1 for the next; None when it does not wait."""
        return self._line.index(life) + 1 if life in self._line else None

    def waiting(self) -> Sequence[Living]:
        """Those that wait, the next first."""
        return tuple(self._line)

    def join(self, life: Living) -> None:
        """It comes to the end, but before those that give way."""
        place = sum(life.charge.gives_way or not one.charge.gives_way for one in self._line)
        self._line.insert(place, life)

    def withdraw(self, life: Living) -> None:
        """It does not wait any more."""
        if life in self._line:
            self._line.remove(life)

    def advance(self) -> None:
        """Let begin who may."""
        self.why = self._held() if self._line else None
        while self._line and self.why is None:
            self._line.pop(0).begin()
            self.why = self._held() if self._line else None
        if self.why is not None and not self._line[0].charge.gives_way:
            self._make_room(self.why)

    def relieve(self) -> None:
        """Stop the least recently used while memory is short, as much of it as is missing."""
        lack = self._reserve.lack_bytes(self._memory()) - sum(life.memory_bytes or 0 for life in self._ending())
        for life in self._least_used():
            if lack <= 0:
                return
            lack -= life.memory_bytes if life.memory_bytes else lack  # unknown: see what it gives before the next
            self._stop(life, FOR_MEMORY)

    def _held(self) -> Held | None:
        states = [life.state for life in self._lives()]
        running = sum(state in RUNNING for state in states)
        starting = sum(state in {State.BUILDING, State.STARTING} for state in states)
        is_tight = self._reserve.lack_bytes(self._memory()) > 0
        return held(self._allowances, running=running, starting=starting, is_tight=is_tight)

    def _make_room(self, why: Held) -> None:
        match why:
            case Held.INSTANCES:
                missing = len(self._line) - len(self._ending())
                for life in self._least_used()[: max(0, missing)]:
                    self._stop(life, FOR_ANOTHER)
            case Held.MEMORY:
                self.relieve()
            case Held.STARTS:
                for life in self._least_used():
                    if life.charge.gives_way and life.state is not State.READY:
                        self._stop(life, FOR_ANOTHER)

    def _ending(self) -> list[Living]:
        return [life for life in self._lives() if life.state is State.DRAINING and life.instance.address is None]

    def _least_used(self) -> list[Living]:
        """Those that may go and no person uses, the longest unused first; where nobody is inside before a quiet tab.

        What gives way comes before all.
        """
        quiet_before = self._clock() - timedelta(seconds=self._reserve.quiet_s)
        found = [
            (not life.charge.gives_way, people > 0, life.tally.last_used_at, life.order.key, life)
            for life, people in self._may_go()
            if life.tally.uses == 0 and (people == 0 or life.tally.last_used_at <= quiet_before)
        ]
        return [life for *_, life in sorted(found, key=lambda one: one[:4])]

    def _stop(self, life: Living, reason: str) -> None:
        life.drain(reason, until=self._clock())
        life.finish()
