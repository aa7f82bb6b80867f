"""Boxes: median, quartiles and spread of the values of each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vitrina.store.charts.data import numbers
from vitrina.store.charts.series import SCHEMA
from vitrina.store.charts.theme import Spec


def box(groups: Mapping[str, Sequence[float | None]], *, x: str = "", y: str = "") -> Spec:
    """A box from the first to the third quartile for each group, whiskers to the last value within 1.5 times its
    height, and a point for each value beyond. `x` and `y` title the axes of the groups and of the values."""
    rows = [
        {"x": name, "y": value} for name, values in groups.items() for value in numbers(values) if value is not None
    ]
    return {
        "$schema": SCHEMA,
        "data": {"values": rows},
        "mark": {"type": "boxplot", "size": 24, "extent": 1.5},
        "encoding": {
            "x": {"field": "x", "type": "nominal", "sort": list(groups), "title": x or None},
            "y": {"field": "y", "type": "quantitative", "title": y or None, "scale": {"zero": False}},
        },
    }
