"""The layers of lines: the grey ones, the raw under the smoothed, those shown, their labels, and the pointer's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from vitrina.store.charts import ends, hover, numbers
from vitrina.store.charts.series import (
    LABELLED,
    SCHEMA,
    SHAPES,
    WHOLE_POWERS,
    Row,
    Series,
    axis_type,
    colour,
    dash,
    interval,
    moment,
    slots,
)
from vitrina.store.charts.theme import Spec

Scale: TypeAlias = Literal["linear", "log"]

MARKERS = 8
"""How many markers a line has, where its pattern alone does not tell it apart."""


@dataclass(frozen=True)
class Axes:
    """The axes' titles and ends; None takes the ends that the data has."""

    x: str
    y: str
    y_scale: Scale = "linear"
    x_ends: tuple[float, float] | None = None
    y_ends: tuple[float, float] | None = None


def drawn(
    shown: Sequence[Series],
    axes: Axes,
    *,
    under: Sequence[Series] = (),
    rest: Sequence[Series] = (),
    behind: Sequence[Spec] = (),
    labels: Sequence[str] | None = None,
) -> Spec:
    """The chart of `shown` over `under`, `rest` and the layers `behind`, all on the same axes. `labels` stand at the
    ends of lines instead of their last values."""
    every, domain = [*shown, *rest], slots(shown)
    is_log = axes.y_scale == "log"
    legend = len(shown) > LABELLED or (is_log and len(shown) > 1)
    y_ends = axes.y_ends or _interval([*every, *under])
    layers = [
        *behind,
        *_thin(rest, "rest", telling={"detail": {"field": "s"}}),
        *_thin(under, "raw", telling={"color": colour(domain, legend=legend)}),
        *_lines(shown, domain=domain, legend=legend),
        *([] if legend or is_log else _ends(shown, labels, y=y_ends, domain=domain)),
    ]
    place: Spec = {"x": _x_axis(axes, every), "y": _y_axis(axes, y_ends)}
    return {
        "$schema": SCHEMA,
        "data": {"values": [row for one in shown for row in one.rows()]},
        "layer": [_placed(layer, place) for layer in layers]
        + hover.layers(shown, place=place, telling=colour(domain, legend=legend)),
    }


def _placed(layer: Spec, place: Spec) -> Spec:
    """A layer on the axes. They are not given to all layers together: Vega-Lite would then hold the rule of the
    pointer, which has no y, to be without data."""
    return {**layer, "encoding": {**place, **layer.get("encoding", {})}}


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


def _thin(series: Sequence[Series], style: str, *, telling: Spec) -> list[Spec]:
    if not series:
        return []
    values = [row for one in series for row in one.rows()]
    mark: Spec = {"type": "line", "style": style, "strokeWidth": 1}
    return [{"data": {"values": values}, "mark": mark, "encoding": telling}]


def _ends(
    shown: Sequence[Series], labels: Sequence[str] | None, *, y: tuple[float, float], domain: Sequence[str]
) -> list[Spec]:
    every = [row["x"] for one in shown for row in one.rows() if row["x"] is not None]
    if not every:
        return []
    right = every[-1] if axis_type(shown) == "nominal" else max(every)
    values = numbers.column([ends.last(one) for one in shown])
    texts = labels or [f"{one.name} {value}".strip() for one, value in zip(shown, values, strict=True)]
    return ends.layers(shown, texts, right=right, y=y, domain=domain)


def _x_axis(axes: Axes, series: Sequence[Series]) -> Spec:
    kind = axis_type(series)
    axis: Spec = {"field": "x", "type": kind, "title": axes.x or None}
    found = list(dict.fromkeys(row["x"] for one in series for row in one.rows() if row["x"] is not None))
    if kind == "nominal":
        return {**axis, "sort": found}
    if kind == "quantitative" and axes.x_ends is None and all(float(value).is_integer() for value in found):
        axis["axis"] = {"tickMinStep": 1}
    scale: Spec = {"nice": False, "zero": False} if kind == "quantitative" else {"nice": False}
    # Vega would find the ends too, but complain of the pointer's layer, which begins empty.
    ends_found: tuple[Any, Any] | None = axes.x_ends or ((min(found), max(found)) if len(found) > 1 else None)
    if ends_found:
        scale["domain"] = list(ends_found) if kind == "quantitative" else [moment(end) for end in ends_found]
    return {**axis, "scale": scale}


def _y_axis(axes: Axes, y_ends: tuple[float, float]) -> Spec:
    axis: Spec = {"field": "y", "type": "quantitative", "title": axes.y or None}
    if axes.y_scale == "log":
        return {**axis, "scale": {"type": "log"}, "axis": {"gridOpacity": WHOLE_POWERS}}
    return {**axis, "scale": {"domain": list(y_ends), "nice": False, "zero": False}}


def _interval(series: Sequence[Series]) -> tuple[float, float]:
    found = [row["y"] for one in series for row in one.rows() if row["y"] is not None]
    return interval(min(found), max(found)) if found else (0.0, 1.0)
