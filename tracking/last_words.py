"""What a run says on the terminal when it ends: what was logged, where it is, what to do next."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TextIO

from vitrina.store.records import Status

HUB = "http://localhost:8400"
"""Where `vitrina hub` shows the embedded store unless told otherwise."""


class Tally:
    """Counts what a run logged, each name once. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: dict[str, dict[str, None]] = {}

    def note(self, noun: str, names: Iterable[str]) -> None:
        """Things of a noun (plural) were logged."""
        with self._lock:
            self._names.setdefault(noun, {}).update(dict.fromkeys(names))

    def names(self) -> Mapping[str, tuple[str, ...]]:
        """The names by noun, in the order in which they came first."""
        with self._lock:
            return {noun: tuple(names) for noun, names in self._names.items()}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run at its end."""

    ref: str
    status: Status
    message: str
    duration_s: float
    where: str
    logged: Mapping[str, tuple[str, ...]]


def lines(outcome: Outcome) -> list[str]:
    """Three lines for a terminal."""
    why = f" ({outcome.message})" if outcome.message else ""
    listed = ", ".join(_listed(noun, names) for noun, names in outcome.logged.items()) or "nothing logged"
    return [
        f"Run {outcome.ref} {outcome.status} after {_duration(outcome.duration_s)}{why}: {listed}.",
        f"It is in {outcome.where}.",
        f"See it: start `vitrina hub`, then open {HUB}/{outcome.ref}",
    ]


def terminal() -> TextIO | None:
    """Standard error, if a person reads it."""
    return sys.stderr if sys.stderr is not None and sys.stderr.isatty() else None


def _listed(noun: str, names: tuple[str, ...]) -> str:
    """`2 charts`; versions by name and number, since these are what one goes on with."""
    if all("@" in name for name in names):
        return ", ".join(f"{noun.removesuffix('s')} {name}" for name in names)
    return f"{len(names)} {noun if len(names) != 1 else noun.removesuffix('s')}"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
