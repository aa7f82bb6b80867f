"""Points: one mark for each pair of values."""

from __future__ import annotations

from collections.abc import Sequence

from vitrina.store.charts.series import SCHEMA, SHAPES, Series, axis_type, filled_legend, names, slots
from vitrina.store.charts.theme import Spec

CROWD = 400
"""From so many points on they are smaller and let each other show through."""


def scatter(series: Sequence[Series], *, x: str = "", y: str = "") -> Spec:
    """A point for each x and y; several series have colours, shapes and a legend. `x` and `y` title the axes."""
    names(series)
    domain = slots(series)
    rows = [row for one in series for row in one.rows() if row["x"] is not None and row["y"] is not None]
    encoding: Spec = {
        "x": {"field": "x", "type": axis_type(series), "title": x or None, "scale": {"zero": False, "nice": True}},
        "y": {"field": "y", "type": "quantitative", "title": y or None, "scale": {"zero": False, "nice": True}},
        "tooltip": _tip(series, x=x, y=y),
    }
    if axis_type(series) == "nominal":
        encoding["x"] = {"field": "x", "type": "nominal", "sort": None, "title": x or None}
    if len(series) > 1:
        shapes = [SHAPES[place % len(SHAPES)] for place in range(len(domain))]
        encoding["color"] = filled_legend(domain)
        encoding["shape"] = {**filled_legend(domain), "scale": {"domain": domain, "range": shapes}}
    return {"$schema": SCHEMA, "data": {"values": rows}, "mark": dots(len(rows)), "encoding": encoding}


def dots(count: int) -> Spec:
    """The mark of so many points."""
    return {"type": "point", "size": 16, "opacity": 0.5} if count > CROWD else {"type": "point", "opacity": 0.8}


def _tip(series: Sequence[Series], *, x: str, y: str) -> list[Spec]:
    which: list[Spec] = [{"field": "s", "type": "nominal", "title": "series"}] if len(series) > 1 else []
    across: Spec = {"field": "x", "type": axis_type(series), "title": x or "x"}
    return [*which, across, {"field": "y", "type": "quantitative", "title": y or "y"}]
