"""Environments of apps: how often libraries were looked up and installed, how that ended, how long it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from time import monotonic

from vitrina.hub.measures.families import Family, counter
from vitrina.hub.measures.histogram import Histogram

BOUNDS_S = (0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0)

STEPS = ("resolve", "install")
DONE, FAILED = "done", "failed"


class Builds:
    """Counts; lives in one event loop."""

    def __init__(self) -> None:
        self._ended = Counter({(step, outcome): 0 for step in STEPS for outcome in (DONE, FAILED)})
        self._took = Histogram(
            "environment_seconds", "Seconds that a step of an environment took.", BOUNDS_S, labels=("step",)
        )

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        """Hold this while libraries are looked up (`resolve`) or installed (`install`)."""
        since = monotonic()
        try:
            yield
        except Exception:
            self._ended[name, FAILED] += 1
            raise
        self._ended[name, DONE] += 1
        self._took.observe(monotonic() - since, name)

    def families(self) -> Sequence[Family]:
        """How it stands. What was cancelled, since nobody waited any more, counts nowhere."""
        return (
            counter("environment_steps", "Steps of environments.", self._ended, labels=("step", "outcome")),
            self._took.family(),
        )
