"""When a value was logged: its step and its time."""

from __future__ import annotations

import operator
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import SupportsIndex, TypeAlias

from vitrina.store.errors import InvalidError

Step: TypeAlias = SupportsIndex | None
"""A step of training; None: not said."""

Timestamp: TypeAlias = datetime | float | None
"""A moment: a datetime (a naive one is local time) or seconds since 1970; None: now."""

_FURTHEST_STEP = 2**63 - 1
"""Steps are kept in 64 bits."""


def checked_step(step: Step) -> int | None:
    """The step as an int. Raises InvalidError for what is no whole number."""
    if step is None:
        return None
    try:
        number = operator.index(step)
    except TypeError:
        raise InvalidError(
            f"`step` is {step!r}, which is no whole number.", hint="Log an epoch's fraction as a metric of its own."
        ) from None
    if not -_FURTHEST_STEP <= number <= _FURTHEST_STEP:
        raise InvalidError(f"`step` is {number}, which does not fit into 64 bits.")
    return number


def checked_time(timestamp: Timestamp, *, now: datetime) -> datetime:
    """The moment in UTC. Raises InvalidError for what is no moment."""
    match timestamp:
        case None:
            return now
        case datetime():
            return timestamp.astimezone(UTC)
        case int() | float():
            try:
                return datetime.fromtimestamp(timestamp, UTC)
            except (OverflowError, OSError, ValueError):
                pass
    raise InvalidError(f"`timestamp` is {timestamp!r}.", hint="Give a datetime, or seconds since 1970.")


class Steps:
    """Counts the steps of metrics that are logged without one: each goes on from the last of its own."""

    def __init__(self, last: Mapping[str, int]) -> None:
        self._lock = threading.Lock()
        self._last = dict(last)

    def next(self, names: Iterable[str], step: int | None) -> dict[str, int]:
        """The step for each metric; `step` itself where it is given."""
        with self._lock:
            given = {name: self._last.get(name, -1) + 1 if step is None else step for name in names}
            self._last |= given
        return given
