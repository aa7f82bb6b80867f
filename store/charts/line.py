"""Lines: series over steps, time or any other axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from vitrina.store.charts import ends, hover, numbers
from vitrina.store.charts.series import (
    COLOURS,
    LABELLED,
    SCHEMA,
    SHAPES,
    WHOLE_POWERS,
    AxisType,
    Row,
    Series,
    axis_type,
    colour,
    dash,
    interval,
    names,
    slots,
)
from vitrina.store.charts.theme import Spec
from vitrina.store.errors import InvalidError

MARKERS = 8
"""How many markers a line has, where its pattern alone does not tell it apart."""


def line(
    series: Sequence[Series],
    *,
    x: str = "step",
    y: str = "",
    smooth: float = 0.0,
    y_scale: Literal["linear", "log"] = "linear",
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
    return drawn(shown, under=chosen if smooth else [], rest=rest, x=x, y=y, y_scale=y_scale)


def drawn(
    shown: Sequence[Series],
    *,
    x: str,
    y: str,
    under: Sequence[Series] = (),
    rest: Sequence[Series] = (),
    y_scale: Literal["linear", "log"] = "linear",
    labels: Sequence[str] | None = None,
    y_domain: tuple[float, float] | None = None,
) -> Spec:
    """The layers of a line chart: the rest, the raw lines under the shown ones, these, their labels, the pointer's."""
    kind, domain = axis_type([*shown, *rest]), slots(shown)
    legend = len(shown) > LABELLED or (y_scale == "log" and len(shown) > 1)
    low, high = y_domain or _interval([*shown, *under, *rest])
    scale: Spec = {"type": "log"} if y_scale == "log" else {"domain": [low, high], "nice": False, "zero": False}
    grid: Spec = {"axis": {"gridOpacity": WHOLE_POWERS}} if y_scale == "log" else {}
    encoding: Spec = {
        "x": _x_axis(x, kind, [*shown, *rest]),
        "y": {"field": "y", "type": "quantitative", "title": y or None, "scale": scale, **grid},
    }
    layers = [
        _thin(rest, "rest", telling={"detail": {"field": "s"}}),
        _thin(under, "raw", telling={"color": colour(domain, legend=legend)}),
        *_lines(shown, domain=domain, legend=legend),
    ]
    if not legend and y_scale != "log":
        layers += _ends(shown, labels, y=(low, high), domain=domain)
    return {
        "$schema": SCHEMA,
        "data": {"values": [row for one in shown for row in one.rows()]},
        "encoding": encoding,
        "layer": [layer for layer in layers if layer]
        + hover.layers(shown, x=x, kind=kind, telling=colour(domain, legend=legend)),
    }


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


def _lines(shown: Sequence[Series], *, domain: Sequence[str], legend: bool) -> list[Spec]:
    telling: Spec = {"color": colour(domain, legend=legend), "strokeDash": dash(domain, legend=legend)}
    layers: list[Spec] = [{"mark": {"type": "line"}, "encoding": telling}]
    # One layer a shape: as an encoding, the shape would take over the symbols of the lines' legend.
    for drawn_as, rows in _marked(shown, domain).items():
        mark: Spec = {"type": "point", "shape": drawn_as, "opacity": 1}
        layers.append({"data": {"values": rows}, "mark": mark, "encoding": {"color": colour(domain, legend=legend)}})
    return layers


def _marked(shown: Sequence[Series], domain: Sequence[str]) -> dict[str, list[Row]]:
    """The points that get a marker, by its shape: some of a line whose pattern is another's too, and all that stand
    alone, since no line would show them."""
    marked: dict[str, list[Row]] = {}
    for one in shown:
        rows, place = one.rows(), domain.index(one.name)
        points = [row for row in rows if row["y"] is not None]
        picked = points[:: max(1, len(points) // MARKERS)] if place >= LABELLED else _alone(rows)
        if picked:
            marked.setdefault(SHAPES[place % len(SHAPES)], []).extend(picked)
    return marked


def _alone(rows: Sequence[Row]) -> list[Row]:
    """Points without a neighbour, of which a line has nothing to show."""
    there = [False, *(row["y"] is not None for row in rows), False]
    return [row for place, row in enumerate(rows, start=1) if there[place - 1 : place + 2] == [False, True, False]]


def _thin(series: Sequence[Series], style: str, *, telling: Spec) -> Spec | None:
    if not series:
        return None
    values = [row for one in series for row in one.rows()]
    return {"data": {"values": values}, "mark": {"type": "line", "style": style, "strokeWidth": 1}, "encoding": telling}


def _ends(
    shown: Sequence[Series], labels: Sequence[str] | None, *, y: tuple[float, float], domain: Sequence[str]
) -> list[Spec]:
    every = [row["x"] for one in shown for row in one.rows() if row["x"] is not None]
    if not every:
        return []
    right = every[-1] if isinstance(every[0], str) else max(every)
    values = numbers.column([ends.last(one) for one in shown])
    texts = labels or [f"{one.name} {value}".strip() for one, value in zip(shown, values, strict=True)]
    return ends.layers(shown, texts, right=right, y=y, domain=domain)


def _x_axis(title: str, kind: AxisType, series: Sequence[Series]) -> Spec:
    axis: Spec = {"field": "x", "type": kind, "title": title or None}
    if kind == "nominal":
        return {**axis, "sort": list(dict.fromkeys(value for one in series for value in one.x))}
    if kind == "quantitative" and all(float(v).is_integer() for one in series for v in one.x if v is not None):
        axis["axis"] = {"tickMinStep": 1}
    return {**axis, "scale": {"nice": False, "zero": False} if kind == "quantitative" else {"nice": False}}


def _interval(series: Sequence[Series]) -> tuple[float, float]:
    found = [row["y"] for one in series for row in one.rows() if row["y"] is not None]
    return interval(min(found), max(found)) if found else (0.0, 1.0)


def _smoothed(series: Series, weight: float) -> Series:
    values = smoothed([row["y"] for row in series.rows()], weight)
    return Series(series.name, series.x, values, series.slot)


def _positive(series: Series) -> Series:
    values = [value if value is not None and value > 0 else None for value in (row["y"] for row in series.rows())]
    return Series(series.name, series.x, values, series.slot)
