"""Histograms: how often values fall between edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from vitrina.store.charts.data import numbers
from vitrina.store.charts.series import SCHEMA, colour, dash
from vitrina.store.charts.theme import Spec
from vitrina.store.errors import InvalidError


@dataclass(frozen=True)
class Bins:
    """Counts of values between neighbouring edges, under one name ("" for an only one)."""

    name: str
    counts: Sequence[float]
    edges: Sequence[float]

    def rows(self) -> list[Spec]:
        """One row a bin: from `x` to `x2`, count `y`. Raises InvalidError unless there is one edge more than counts."""
        counts, edges = numbers(self.counts), numbers(self.edges)
        if len(edges) != len(counts) + 1:
            raise InvalidError(f"A histogram of {len(counts)} counts has {len(counts) + 1} edges, not {len(edges)}.")
        return [
            {"x": low, "x2": high, "y": y, "s": self.name}
            for (low, high), y in zip(pairwise(edges), counts, strict=True)
        ]


def histogram(bins: Sequence[Bins], *, x: str = "value", y: str = "count") -> Spec:
    """Bars for one histogram; outlines over a pale ground for several, so that none hides another."""
    return _bars(bins[0], x=x, y=y) if len(bins) == 1 else _outlines(bins, x=x, y=y)


def _bars(bins: Bins, *, x: str, y: str) -> Spec:
    tip: list[Spec] = [
        {"field": "x", "type": "quantitative", "title": "from"},
        {"field": "x2", "type": "quantitative", "title": "to"},
        {"field": "y", "type": "quantitative", "title": y or "count"},
    ]
    across: Spec = {"field": "x", "type": "quantitative", "bin": "binned", "title": x or None}
    return {
        "$schema": SCHEMA,
        "data": {"values": bins.rows()},
        "mark": {"type": "bar"},
        "encoding": {
            "x": {**across, "scale": {"zero": False, "nice": False}},
            "x2": {"field": "x2"},
            "y": {"field": "y", "type": "quantitative", "title": y or None},
            "tooltip": tip,
        },
    }


def _outlines(bins: Sequence[Bins], *, x: str, y: str) -> Spec:
    domain = [one.name for one in bins]
    telling: Spec = {"color": colour(domain, legend=True), "strokeDash": dash(domain, legend=True)}
    rows = [row for one in bins for row in _steps(one)]
    return {
        "$schema": SCHEMA,
        "data": {"values": rows},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "title": x or None, "scale": {"zero": False, "nice": False}},
            "y": {"field": "y", "type": "quantitative", "title": y or None, "stack": None},
        },
        "layer": [
            {
                "mark": {"type": "area", "style": "band", "interpolate": "step-after"},
                "encoding": {"color": telling["color"]},
            },
            {"mark": {"type": "line", "interpolate": "step-after"}, "encoding": telling},
        ],
    }


def _steps(bins: Bins) -> list[Spec]:
    """The outline from the ground up, over the bins, and down again."""
    rows = bins.rows()
    if not rows:
        return []
    first: Spec = {"x": rows[0]["x"], "y": 0, "s": bins.name}
    end: Spec = {"x": rows[-1]["x2"], "y": 0, "s": bins.name}
    return [first, *({"x": row["x"], "y": row["y"], "s": bins.name} for row in rows), end]
