"""Small drawings inside tables: a line of a few points, the bars of a column's values. Pure geometry; no colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SPARK_WIDTH, SPARK_HEIGHT, SPARK_PAD = 88, 20, 2
PROFILE_WIDTH, PROFILE_HEIGHT, PROFILE_GAP = 120, 24, 1


@dataclass(frozen=True)
class Spark:
    """A line: the `d` of a path, and where it ends."""

    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    is_rest: bool = False
    """What stands for all other values, or for the missing ones."""


def spark(values: Sequence[float | None]) -> Spark | None:
    """The values from left to right; what is no number is left out. None: fewer than two numbers."""
    figures = [(place, value) for place, value in enumerate(values) if value is not None and math.isfinite(value)]
    if len(figures) < 2:
        return None
    low, high = min(value for _, value in figures), max(value for _, value in figures)
    across = (SPARK_WIDTH - 4) / max(1, len(values) - 1)
    upright = SPARK_HEIGHT - 2 * SPARK_PAD

    def place_of(place: int, value: float) -> tuple[float, float]:
        share = (value - low) / (high - low) if high > low else 0.5
        return round(1 + place * across, 1), round(SPARK_PAD + upright * (1 - share), 1)

    points = [place_of(place, value) for place, value in figures]
    path = "M" + " ".join(f"{x:g} {y:g}" for x, y in points)
    return Spark(path, *points[-1])


def bars(counts: Sequence[float], *, rest: float = 0) -> list[Bar]:
    """Bars of equal width, the highest as high as the place; `rest` adds one in the colour of the rest at the end."""
    heights = [*counts, rest] if rest else list(counts)
    most = max(heights, default=0)
    if most <= 0:
        return []
    step = PROFILE_WIDTH / len(heights)
    gap = PROFILE_GAP if step > 3 * PROFILE_GAP else 0
    drawn: list[Bar] = []
    for place, amount in enumerate(heights):
        height = (
            round(PROFILE_HEIGHT * amount / most, 1)
            if amount <= 0
            else max(1, round(PROFILE_HEIGHT * amount / most, 1))
        )
        is_rest = bool(rest) and place == len(heights) - 1
        drawn.append(Bar(round(place * step, 1), PROFILE_HEIGHT - height, round(step - gap, 1), height, is_rest))
    return drawn
