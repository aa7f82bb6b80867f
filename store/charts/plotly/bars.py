"""Traces of type bar: standing or lying, beside each other, stacked or over each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitrina.store.charts.plotly.figure import Figure, axis, colour_each, keys, values
from vitrina.store.charts.theme import Spec
from vitrina.store.charts.translated import Axis, Layer, Row, UntranslatableError, chart, mapping


def draw(figure: Figure) -> Spec:
    orientations = {trace.get("orientation", "v") for trace in figure.traces}
    if len(orientations) > 1 or any(_loses(trace) for trace in figure.traces):
        raise UntranslatableError
    along, up = ("y", "x") if orientations == {"h"} else ("x", "y")
    rows: list[Row] = []
    for key, trace in enumerate(figure.traces):
        pairs = zip(values(trace.get(along)), values(trace.get(up)), strict=False)
        rows += [{along: name, up: height, "k": str(key)} for name, height in pairs]
    encoding: Spec = {
        along: _names(figure, along, rows).encoding(along, zero=False),
        up: axis(figure.layout, up, [row[up] for row in rows]).encoding(up, zero=True),
        **_together(figure, along),
        **_colours(figure, rows),
    }
    if figure.barmode == "overlay":
        encoding[up]["stack"] = None
    return chart([Layer(rows, {"type": "bar", "opacity": figure.opacity}, encoding)], keys(figure))


def _loses(trace: Mapping[str, Any]) -> bool:
    """Whether a trace shows what a translation would not: words on its bars, other starts than zero, errors."""
    has_text = bool(trace.get("texttemplate") or trace.get("text")) and trace.get("textposition") != "none"
    return has_text or any(trace.get(part) for part in ("base", "width", "offset", "error_x", "error_y"))


def _names(figure: Figure, along: str, rows: list[Row]) -> Axis:
    found = [row[along] for row in rows]
    read = axis(figure.layout, along, found)
    order = read.order if read.kind == "nominal" else sorted({name for name in found if name is not None})
    # Plotly counts the names of lying bars from the bottom, Vega-Lite from the top.
    return Axis("nominal", read.title, order=order, reverse=read.reverse != (along == "y"))


def _together(figure: Figure, along: str) -> Spec:
    match figure.barmode:
        case "group" if len(figure.traces) > 1:
            order = [str(key) for key in range(len(figure.traces))]
            return {f"{along}Offset": {"field": "k", "type": "nominal", "sort": order}}
        case "group" | "stack" | "relative" | "overlay":
            return {}
        case _:
            raise UntranslatableError


def _colours(figure: Figure, rows: list[Row]) -> Spec:
    chosen = [mapping(trace.get("marker")).get("color", "") for trace in figure.traces]
    if all(isinstance(colour, str) for colour in chosen):
        return {}
    if len(chosen) > 1:
        raise UntranslatableError
    return colour_each(rows, chosen[0])
