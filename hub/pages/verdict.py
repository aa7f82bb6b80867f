"""Judging figures: what changed, which metric is the one to show first, and which are drawn together.

What a metric's name tells is the store's (`store.measures`), so that reports judge alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from vitrina.hub.format import Number, Precision
from vitrina.store.measures import HELD_OUT, SEEN, Better, telling


@dataclass(frozen=True)
class Change:
    """A difference as it is shown: figure, tone of its wash, word."""

    shown: str
    tone: str = ""
    """`up` better, `down` worse, empty neither."""

    word: str = ""


def change(now: Number | None, before: Number | None, *, direction: Better, precision: Precision) -> Change | None:
    """What became of a metric; None where one of the two is missing or no number. What rounds to nothing is same."""
    if now is None or before is None or not math.isfinite(now) or not math.isfinite(before):
        return None
    difference = now - before
    shown = precision.show_change(difference)
    if shown == "0":
        return Change("0", "", "same")
    if direction is Better.UNKNOWN:
        return Change(shown)
    is_better = (difference > 0) == (direction is Better.HIGHER)
    return Change(shown, "up", "better") if is_better else Change(shown, "down", "worse")


def headline(names: Iterable[str]) -> str | None:
    """The metric that stands for a run or version: a known measure on held-out data; else the first by name."""
    return next(iter(telling(names)), None)


def measure(name: str) -> str:
    """The name without the data it was measured on: `train/loss`, `val_loss` and `loss` are drawn in one chart."""
    parts = re.split(r"([/_. -])", name)
    if len(parts) > 2 and parts[0].lower() in (*HELD_OUT, *SEEN):
        return "".join(parts[2:])
    return name
