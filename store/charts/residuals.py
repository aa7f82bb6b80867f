"""Residuals: how far a regression is off, over what it predicted."""

from __future__ import annotations

from collections.abc import Sequence

from vitrina.store.charts.data import numbers
from vitrina.store.charts.scatter import scatter
from vitrina.store.charts.series import Series
from vitrina.store.charts.theme import Spec


def residuals(targets: Sequence[float], predictions: Sequence[float], *, unit: str = "") -> Spec:
    """A point for each case at its prediction, as far from the zero line as the target lies above the prediction.

    `unit` follows the axes' titles. Cases of which either is missing are left out.
    """
    of_unit = f", {unit}" if unit else ""
    pairs = list(zip(numbers(targets), numbers(predictions), strict=True))
    off = [None if target is None or said is None else target - said for target, said in pairs]
    points = scatter(
        [Series("", [said for _, said in pairs], off)], x=f"predicted{of_unit}", y=f"target − predicted{of_unit}"
    )
    zero: Spec = {
        "data": {"values": [{}]},
        "mark": {"type": "rule", "style": "reference", "strokeDash": [2, 3]},
        "encoding": {"y": {"datum": 0}},
    }
    cloud = {key: points[key] for key in ("data", "mark", "encoding")}
    return {"$schema": points["$schema"], "layer": [zero, cloud]}
