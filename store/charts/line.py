"""Lines: series over steps, time or any other axis."""

from __future__ import annotations

from collections.abc import Sequence

from vitrina.store.charts.lines import Axes, Scale, drawn
from vitrina.store.charts.series import COLOURS, Series, names
from vitrina.store.charts.theme import Spec
from vitrina.store.errors import InvalidError


def line(
    series: Sequence[Series], *, x: str = "step", y: str = "", smooth: float = 0.0, y_scale: Scale = "linear"
) -> Spec:
    """Lines of one or several series, each named at its end (up to four) or in a legend (more).

    `x` and `y` are the axes' titles. `smooth` (0 to below 1) draws a running mean over the raw line; 0 draws the raw
    line only. Of more than eight series the first eight have a colour, the others are thin and grey. A log scale leaves
    out what is not positive.
    """
    if not 0 <= smooth < 1:
        raise InvalidError(f"smooth is {smooth}; it is a weight from 0 to below 1.")
    names(series)
    if y_scale == "log":
        series = [_positive(one) for one in series]
    chosen, rest = list(series[:COLOURS]), list(series[COLOURS:])
    shown = [_smoothed(one, smooth) for one in chosen] if smooth else chosen
    return drawn(shown, Axes(x, y, y_scale), under=chosen if smooth else [], rest=rest)


def smoothed(values: Sequence[float | None], weight: float) -> list[float | None]:
    """The running exponential mean, corrected for its start; gaps stay gaps and do not count."""
    mean, total, result = 0.0, 0.0, list[float | None]()
    for value in values:
        if value is None:
            result.append(None)
            continue
        mean, total = mean * weight + value * (1 - weight), total * weight + (1 - weight)
        result.append(mean / total)
    return result


def _smoothed(series: Series, weight: float) -> Series:
    values = smoothed([row["y"] for row in series.rows()], weight)
    return Series(series.name, series.x, values, series.slot)


def _positive(series: Series) -> Series:
    values = [value if value is not None and value > 0 else None for value in (row["y"] for row in series.rows())]
    return Series(series.name, series.x, values, series.slot)
