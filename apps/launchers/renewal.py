"""When a nursery gives way to a new one, and how many spares there may be. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from vitrina.apps.pressure import Memory

MIB = 2**20


@dataclass(frozen=True)
class Renewal:
    """The bounds. Times in seconds of any clock that only grows."""

    nursery_age_s: float = 6 * 3600.0
    grown_bytes: int = 256 * MIB
    """More than it had when it was ready."""

    spares: int = 1
    """Of each nursery."""

    spare_age_s: float = 1800.0
    free_share: float = 0.2
    """No spare is kept where less of the memory is free."""

    unused_s: float = 2 * 3600.0
    """A nursery from which nothing was forked for so long goes, when its last app has."""

    quiet_s: float = 0.3
    """So long after the last start, nursery and spares are looked after."""

    load_within_s: float = 120.0
    wait_s: float = 20.0
    """An app whose nursery is not ready after so long begins without one: a library may hang when it is imported."""

    retry_s: float = 60.0
    """So long after a nursery failed, apps begin without one."""


@dataclass(frozen=True)
class Grown:
    """A nursery as it is now."""

    age_s: float
    bytes_at_first: int
    bytes_now: int
    has_to_learn: bool
    """Whether apps import what it has not."""


def is_due(nursery: Grown, renewal: Renewal) -> bool:
    """Whether a new nursery is to take its place."""
    has_grown = nursery.bytes_now - nursery.bytes_at_first > renewal.grown_bytes
    return nursery.has_to_learn or has_grown or nursery.age_s > renewal.nursery_age_s


def spares(memory: Memory, renewal: Renewal) -> int:
    """How many spares a nursery may have."""
    return renewal.spares if memory.free_bytes >= renewal.free_share * memory.all_bytes else 0
