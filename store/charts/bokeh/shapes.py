"""What each class of glyphs draws: the values of its rows, its mark, and the attribute that colours it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vitrina.store.charts.bokeh.glyph import Glyph
from vitrina.store.charts.bokeh.plot import dash
from vitrina.store.charts.theme import Spec
from vitrina.store.charts.translated import Row, UntranslatableError

MARKERS = {
    "circle": "circle",
    "square": "square",
    "diamond": "diamond",
    "triangle": "triangle-up",
    "inverted_triangle": "triangle-down",
    "cross": "cross",
}
STEPS = {"before": "step-before", "after": "step-after", "center": "step"}

AREA_OF_CIRCLE = 0.785
"""Vega-Lite's size is an area, Bokeh's a diameter: pi over four times its square."""


@dataclass(frozen=True)
class Shape:
    """`rows` gives the places of a glyph (x, x2, y, y2), one row for each of its values; `paint` is its colour."""

    rows: Callable[[Glyph], list[Row]]
    mark: Callable[[Glyph], Spec]
    paint: str
    is_line: bool = False


def _points(glyph: Glyph) -> list[Row]:
    return [{"x": x, "y": y} for x, y in zip(glyph.values("x"), glyph.values("y"), strict=True)]


def _area(glyph: Glyph) -> list[Row]:
    parts = zip(glyph.values("x"), glyph.values("y1"), glyph.values("y2"), strict=True)
    return [{"x": x, "y": low, "y2": high} for x, low, high in parts]


def _quads(glyph: Glyph) -> list[Row]:
    sides = (glyph.values(side) for side in ("left", "right", "bottom", "top"))
    return [{"x": left, "x2": right, "y": low, "y2": high} for left, right, low, high in zip(*sides, strict=True)]


def _standing(glyph: Glyph) -> list[Row]:
    parts = zip(
        glyph.values("x"), glyph.values("width", 1), glyph.values("bottom", 0), glyph.values("top"), strict=True
    )
    return [{**_around("x", x, wide), "y": top, "y2": bottom} for x, wide, bottom, top in parts]


def _lying(glyph: Glyph) -> list[Row]:
    parts = zip(
        glyph.values("y"), glyph.values("height", 1), glyph.values("left", 0), glyph.values("right"), strict=True
    )
    return [{**_around("y", y, high), "x": right, "x2": left} for y, high, left, right in parts]


def _around(name: str, middle: Any, size: Any) -> Row:
    """The place of a bar: a name, or the numbers half its size to each side."""
    if isinstance(middle, str):
        return {name: middle}
    if middle is None or size is None:
        raise UntranslatableError
    return {name: middle - size / 2, f"{name}2": middle + size / 2}


def _line_mark(glyph: Glyph) -> Spec:
    return {
        "type": "line",
        "strokeWidth": glyph.single("line_width", 1),
        "strokeDash": dash(glyph.attributes.get("line_dash", "solid")),
        "opacity": glyph.single("line_alpha", 1),
        "interpolate": "linear",
    }


def _step_mark(glyph: Glyph) -> Spec:
    return {**_line_mark(glyph), "interpolate": STEPS[str(glyph.single("mode", "before"))]}


def _point_mark(glyph: Glyph) -> Spec:
    marker, size = str(glyph.single("marker", "circle")), glyph.single("size", 4)
    if marker not in MARKERS:
        raise UntranslatableError
    return {
        "type": "point",
        "filled": True,
        "shape": MARKERS[marker],
        "size": round(size * size * AREA_OF_CIRCLE, 1),
        "opacity": glyph.single("fill_alpha", 1),
    }


def _filled(kind: str) -> Callable[[Glyph], Spec]:
    return lambda glyph: {"type": kind, "opacity": glyph.single("fill_alpha", 1)}


def _bar_mark(side: str) -> Callable[[Glyph], Spec]:
    """A bar over a name takes that share of its band; over numbers it is a rectangle between them."""

    def mark(glyph: Glyph) -> Spec:
        filled: Spec = {"opacity": glyph.single("fill_alpha", 1)}
        if any(isinstance(value, str) for value in glyph.values("x" if side == "width" else "y")):
            return {"type": "bar", side: {"band": glyph.single(side, 1)}, **filled}
        return {"type": "rect", **filled}

    return mark


SHAPES = {
    "Line": Shape(_points, _line_mark, "line_color", is_line=True),
    "Step": Shape(_points, _step_mark, "line_color", is_line=True),
    "Scatter": Shape(_points, _point_mark, "fill_color"),
    "VArea": Shape(_area, _filled("area"), "fill_color"),
    "Quad": Shape(_quads, _filled("rect"), "fill_color"),
    "VBar": Shape(_standing, _bar_mark("width"), "fill_color"),
    "HBar": Shape(_lying, _bar_mark("height"), "fill_color"),
}
