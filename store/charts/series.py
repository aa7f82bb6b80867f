"""Named points, the data of most charts, and the encodings that tell several of them apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, TypeAlias

from vitrina.store.charts.data import numbers, plain
from vitrina.store.charts.theme import DASHES, Spec
from vitrina.store.errors import InvalidError

Row: TypeAlias = dict[str, Any]
AxisType: TypeAlias = Literal["quantitative", "temporal", "nominal"]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
WHOLE_POWERS: Spec = {
    "condition": {"test": "abs(log(datum.value) / LN10 - round(log(datum.value) / LN10)) < 1e-6", "value": 1},
    "value": 0,
}
"""Where a logarithmic axis has grid lines: at the powers of ten only."""

COLOURS = 8
"""How many series have a colour of their own; those after them are drawn in the colour of the rest."""

LABELLED = 4
"""Up to so many lines are named at their ends; more are named by a legend."""

SHAPES = ("circle", "circle", "circle", "circle", "circle", "square", "triangle-up", "diamond")


@dataclass(frozen=True)
class Series:
    """Points under one name ("" for an only one).

    `x` may be numbers, dates or names, of any sequence or array; `y` numbers, where None, NaN and infinities are gaps.
    `slot` (0 to 7) keeps a colour for the series wherever it is shown; None takes the next one that is free.
    """

    name: str
    x: Sequence[Any]
    y: Sequence[Any]
    slot: int | None = None

    def rows(self) -> list[Row]:
        """The points as rows of `x`, `y` and the series' name `s`, in their order. Raises InvalidError when lengths
        differ."""
        across, upright = [_moment(value) for value in plain(self.x)], numbers(self.y)
        if len(across) != len(upright):
            raise InvalidError(f"Series {self.name!r} has {len(across)} values of x and {len(upright)} of y.")
        return [{"x": x, "y": y, "s": self.name} for x, y in zip(across, upright, strict=True)]


def _moment(value: Any) -> Any:
    """A date with its midnight: without one, a browser reads it as of Greenwich and may show the day before."""
    return f"{value}T00:00:00" if isinstance(value, str) and DAY.fullmatch(value) else value


def moment(text: str) -> Spec:
    """A time as Vega-Lite takes it for an end of an axis; without a zone it is of the reader's, as in the rows."""
    time = datetime.fromisoformat(text)
    time, zone = (time, {}) if time.tzinfo is None else (time.astimezone(UTC), {"utc": True})
    parts = {"year": time.year, "month": time.month, "date": time.day, "hours": time.hour, "minutes": time.minute}
    return {**parts, "seconds": time.second, "milliseconds": time.microsecond // 1000, **zone}


def axis_type(series: Sequence[Series]) -> AxisType:
    """Whether the x values are numbers, times or names."""
    found = [value for one in series for value in one.x if value is not None]
    if found and all(isinstance(value, date) for value in found):
        return "temporal"
    return "nominal" if any(isinstance(value, str) for value in found) else "quantitative"


def names(series: Sequence[Series]) -> list[str]:
    """The series' names, each once. Raises InvalidError when one comes twice."""
    listed = [one.name for one in series]
    for name in listed:
        if listed.count(name) > 1:
            raise InvalidError(f"Two series are called {name!r}; each needs a name of its own.")
    return listed


def slots(series: Sequence[Series]) -> list[str]:
    """Names in the order of their colours; a slot that nobody has stands as a name of blanks, which nothing shows."""
    taken = {one.slot: one.name for one in series if one.slot is not None}
    waiting = [one.name for one in series if one.slot is None]
    filled: list[str] = []
    while waiting or any(slot >= len(filled) for slot in taken):
        place = len(filled)
        filled.append(taken[place] if place in taken else waiting.pop(0) if waiting else " " * (place + 1))
    return filled


def colour(domain: Sequence[str], *, legend: bool) -> Spec:
    """The encoding of a series' colour. Every layer of a chart must say the same of the legend."""
    return {
        "field": "s",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(domain)},
        **_legend(domain, legend),
    }


def dash(domain: Sequence[str], *, legend: bool) -> Spec:
    """The encoding of a line's pattern, beside its colour: meaning never hangs on colour alone."""
    patterns = [list(DASHES[place % len(DASHES)]) for place in range(len(domain))]
    return {**colour(domain, legend=legend), "scale": {"domain": list(domain), "range": patterns}}


def filled_legend(domain: Sequence[str]) -> Spec:
    """The encoding of colour, and of shape, for marks that are filled: bars and points."""
    shown = [name for name in domain if name.strip()]
    legend = {"values": shown, "columns": legend_columns(shown)}
    return {"field": "s", "type": "nominal", "title": None, "scale": {"domain": list(domain)}, "legend": legend}


def _legend(domain: Sequence[str], legend: bool) -> Spec:
    if not legend:
        return {"legend": None}
    shown = [name for name in domain if name.strip()]
    return {"legend": {"values": shown, "columns": legend_columns(shown), "symbolType": "stroke", "symbolSize": 360}}


def legend_columns(shown: Sequence[str]) -> int:
    """How many names fit beside each other over a chart of ordinary width (560 pixels, 6.5 a letter, 34 a symbol)."""
    longest = max((len(name) for name in shown), default=1)
    return max(1, min(len(shown), int(560 // (34 + 6.5 * longest))))


def interval(low: float, high: float) -> tuple[float, float]:
    """The ends of an axis that values from `low` to `high` fill: a little air, but none below zero where nothing is."""
    air = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    return (max(low - air, 0.0) if low >= 0 else low - air), high + air
