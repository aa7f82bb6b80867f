"""How an app is to be served: how many instances, for how many people each, how long without anybody."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vitrina.store.errors import InvalidError

MOST_INSTANCES = 100
MOST_PEOPLE = 100_000
LONGEST_IDLE_MINUTES = 7 * 24 * 60
MOST_UPLOAD_MB = 1_000_000


class Network(StrEnum):
    """Whom an app may connect to, as far as the hub's level of isolation holds it (see docs/isolation.md)."""

    NONE = "none"
    LOOPBACK = "loopback"
    """Its own loopback, where only its own processes listen."""

    FULL = "full"
    """Whatever the hub's machine reaches, the hub's own ports included."""


def network_of(text: str) -> Network:
    """The network of that name. Raises InvalidError."""
    try:
        return Network(text)
    except ValueError:
        raise InvalidError(f"{text!r} is no network of an app.", hint=f"It is one of: {', '.join(Network)}.") from None


@dataclass(frozen=True, slots=True)
class Serving:
    """What somebody who maintains an app decided. Raises InvalidError for what makes no sense.

    `min_instances` run also when nobody comes; 0: the app sleeps. More than one are only started (up to
    `max_instances`) when `people` are inside each; None: an instance takes any number of people. `idle_minutes` is how
    long an instance without anybody goes on; None: as the hub decides. `feedback`: what the app records of what people
    try in it is kept (see `vitrina.store.feedback`). `upload_mb` is the longest body of a request to it, in megabytes;
    None: as the hub decides. `picture`: the hub takes pictures of it by itself.
    """

    min_instances: int = 0
    max_instances: int = 1
    people: int | None = None
    idle_minutes: float | None = None
    network: Network = Network.NONE
    feedback: bool = False
    upload_mb: int | None = None
    picture: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.max_instances <= MOST_INSTANCES:
            raise InvalidError(f"max is {self.max_instances}: it must be between 1 and {MOST_INSTANCES}.")
        if not 0 <= self.min_instances <= self.max_instances:
            raise InvalidError(f"min is {self.min_instances}: it must be between 0 and max, {self.max_instances}.")
        if self.people is not None and not 1 <= self.people <= MOST_PEOPLE:
            raise InvalidError(f"people is {self.people}: it must be at least 1; leave it out for any number.")
        if self.upload_mb is not None and not 1 <= self.upload_mb <= MOST_UPLOAD_MB:
            raise InvalidError(f"upload MB are {self.upload_mb}: between 1 and {MOST_UPLOAD_MB}.")
        if self.idle_minutes is not None and not 0 < self.idle_minutes <= LONGEST_IDLE_MINUTES:
            raise InvalidError(f"idle minutes are {self.idle_minutes:g}: more than 0 and at most a week.")
