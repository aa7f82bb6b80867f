"""What a supervisor goes by: times, allowances, and what it asks of the machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vitrina.apps import births, pressure
from vitrina.apps.allowances import Allowances
from vitrina.apps.life import Backoff
from vitrina.apps.queue import Reserve

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class SupervisorSettings:
    """The times of an app's life, in seconds, and what all together may take.

    An app without people for `idle_s` (or what its own settings say) is stopped; one that is not ready after
    `start_timeout_s` is ended; one that was asked to stop and is still there after `stop_timeout_s` is killed. After
    `lifetime_s` an instance is replaced. Who is inside one that drains may stay for `drain_s`. A seat is free when
    nothing of it was open for `seat_s`; who waits and does not ask again for `patience_s` is waited for no longer. A
    store that is away while it is looked what runs already is asked again every `ask_again_s`; what does not answer
    within `health_timeout_s` then may do so later.
    """

    idle_s: float = 900.0
    start_timeout_s: float = 60.0
    stop_timeout_s: float = 5.0
    lifetime_s: float = 24 * 3600.0
    drain_s: float = 3600.0
    seat_s: float = 60.0
    patience_s: float = 20.0
    ask_again_s: float = 2.0
    health_timeout_s: float = 5.0
    backoff: Backoff = field(default_factory=Backoff)
    allowances: Allowances = field(default_factory=Allowances)
    reserve: Reserve = field(default_factory=Reserve)


@dataclass(frozen=True)
class Machine:
    """What is asked of the machine: its memory, and when the process of a pid began."""

    memory: Callable[[], pressure.Memory] = pressure.memory
    born: Callable[[int], int | None] = births.born
