"""Straight lines that a layout draws over its figure, across it or from point to point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from vitrina.store.charts.plotly.figure import DASHES, number
from vitrina.store.charts.theme import Spec, palette
from vitrina.store.charts.translated import UntranslatableError, mapping


def over(layout: Mapping[str, Any]) -> list[Spec]:
    """A layer for each of the layout's shapes, all of which must be lines."""
    shapes = [mapping(shape) for shape in cast("list[object]", layout.get("shapes") or [])]
    if any(shape.get("type") != "line" for shape in shapes):
        raise UntranslatableError
    return [_rule(shape) for shape in shapes]


def _rule(shape: Mapping[str, Any]) -> Spec:
    line = mapping(shape.get("line"))
    mark: Spec = {
        "type": "rule",
        "strokeDash": DASHES.get(str(line.get("dash", "solid")), DASHES["solid"]),
        "strokeWidth": number(line.get("width"), 2),
        "color": line.get("color") or palette("print").ink_2,
    }
    return {"data": {"values": [{}]}, "mark": mark, "encoding": _ends(shape)}


def _ends(shape: Mapping[str, Any]) -> Spec:
    x0, x1, y0, y1 = (shape.get(key) for key in ("x0", "x1", "y0", "y1"))
    match str(shape.get("xref", "x")), str(shape.get("yref", "y")):
        case ("x domain" | "paper", "y") if y0 == y1:
            return {"y": {"datum": y0}}
        case ("x", "y domain" | "paper") if x0 == x1:
            return {"x": {"datum": x0}}
        case ("x", "y"):
            return {"x": {"datum": x0}, "x2": {"datum": x1}, "y": {"datum": y0}, "y2": {"datum": y1}}
        case _:
            raise UntranslatableError
