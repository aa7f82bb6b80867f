"""Traces of type scatter: lines, markers, both, and areas down to zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vitrina.store.charts.plotly.figure import DASHES, Figure, axis, colour_each, keys, number, values
from vitrina.store.charts.plotly.gradients import Gradient, gradient, numbers
from vitrina.store.charts.theme import Spec
from vitrina.store.charts.translated import Layer, Row, UntranslatableError, chart, mapping, series_legend

BENDS = {"linear": "linear", "spline": "monotone", "hv": "step-after", "vh": "step-before", "hvh": "step"}
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "triangle-down")
MODES = ("lines", "markers", "lines+markers", "markers+lines")

FEW = 20
"""Plotly marks the points of a line when there are at most so many, and the author said nothing."""

AREA_OF_CIRCLE = 0.785
"""Vega-Lite's size is an area, Plotly's a diameter: pi over four times its square."""


def draw(figure: Figure) -> Spec:
    across, upright = ([value for trace in figure.traces for value in values(trace.get(name))] for name in ("x", "y"))
    place: Spec = {
        "x": axis(figure.layout, "x", across).encoding("x", zero=False),
        "y": axis(figure.layout, "y", upright).encoding("y", zero=False),
    }
    shades = gradient(figure)
    if shades is not None:
        return _shaded(figure, shades, place)
    layers = [layer for key, trace in enumerate(figure.traces) for layer in _layers(trace, key, place)]
    has_lines = any("lines" in _mode(trace) for trace in figure.traces)
    return chart(layers, keys(figure), symbol="stroke" if has_lines else "circle")


def _shaded(figure: Figure, shades: Gradient, place: Spec) -> Spec:
    """Markers that numbers colour; the legend then tells the traces apart by their shapes."""
    shapes = [_mark(trace)["shape"] for trace in figure.traces]
    named = series_legend(keys(figure), symbol="circle")
    if named:
        del named["symbolType"]
    domain = [str(key) for key in range(len(shapes))]
    telling: Spec = {
        "color": shades.encoding("v"),
        "shape": {"field": "k", "type": "nominal", "scale": {"domain": domain, "range": shapes}, "legend": named},
    }
    layers: list[Layer] = []
    for key, trace in enumerate(figure.traces):
        if _mode(trace) != "markers":
            raise UntranslatableError
        rows = [{**row, "v": value} for row, value in zip(_rows(trace, key), numbers(trace), strict=False)]
        mark = {name: value for name, value in _mark(trace).items() if name != "shape"}
        layers.append(Layer(rows, mark, {**place, **telling}))
    return chart(layers, [])


def _layers(trace: Mapping[str, Any], key: int, place: Spec) -> list[Layer]:
    mode, fill = _mode(trace), trace.get("fill") or "none"
    loses = [trace.get(part) for part in ("error_x", "error_y", "stackgroup", "line_shape")]
    if mode not in MODES or fill not in ("none", "tozeroy") or any(loses):
        raise UntranslatableError
    rows = _rows(trace, key)
    layers: list[Layer] = []
    if fill == "tozeroy":
        layers.append(Layer(rows, {**_line(trace), "type": "area", "opacity": 0.3, "strokeWidth": 0}, place))
    if "lines" in mode:
        # Plotly joins points in the order given, Vega-Lite in that of x.
        numbered = [{**row, "n": step} for step, row in enumerate(rows)]
        layers.append(Layer(numbered, _line(trace), {**place, "order": {"field": "n", "type": "quantitative"}}))
    if "markers" in mode:
        layers.append(_markers(trace, rows, place))
    return layers


def _mode(trace: Mapping[str, Any]) -> str:
    usual = "lines+markers" if len(values(trace.get("y"))) <= FEW else "lines"
    return str(trace.get("mode") or usual)


def _rows(trace: Mapping[str, Any], key: int) -> list[Row]:
    ys, xs = values(trace.get("y")), values(trace.get("x"))
    if not xs:
        start, step = number(trace.get("x0"), 0), number(trace.get("dx"), 1)
        xs = [start + place * step for place in range(len(ys))]
    return [{"x": x, "y": y, "k": str(key)} for x, y in zip(xs, ys, strict=False)]


def _line(trace: Mapping[str, Any]) -> Spec:
    line = mapping(trace.get("line"))
    dash, bend = str(line.get("dash", "solid")), str(line.get("shape", "linear"))
    if dash not in DASHES or bend not in BENDS:
        raise UntranslatableError
    return {
        "type": "line",
        "interpolate": BENDS[bend],
        "strokeDash": DASHES[dash],
        "strokeWidth": number(line.get("width"), 2),
        "opacity": number(trace.get("opacity"), 1),
    }


def _markers(trace: Mapping[str, Any], rows: Sequence[Row], place: Spec) -> Layer:
    colours = mapping(trace.get("marker")).get("color", "")
    copied = [dict(row) for row in rows]
    encoding = place if isinstance(colours, str) else {**place, **colour_each(copied, colours)}
    return Layer([row for row in copied if row["x"] is not None and row["y"] is not None], _mark(trace), encoding)


def _mark(trace: Mapping[str, Any]) -> Spec:
    marker = mapping(trace.get("marker"))
    symbol, size, outline = str(marker.get("symbol", "circle")), marker.get("size", 6), mapping(marker.get("line"))
    shape = symbol.removesuffix("-open")
    if shape not in SYMBOLS or not isinstance(size, (int, float)):
        raise UntranslatableError
    edge: Spec = {}
    if number(outline.get("width"), 0) and isinstance(outline.get("color"), str):
        edge = {"stroke": outline["color"], "strokeWidth": outline["width"]}
    return {
        "type": "point",
        "filled": not symbol.endswith("-open"),
        "shape": shape,
        "size": round(size * size * AREA_OF_CIRCLE, 1),
        "opacity": number(marker.get("opacity"), number(trace.get("opacity"), 1)),
        **edge,
    }
