"""Charts as pictures for paper: drawn as lines where that is light, as pixels where it would be heavy."""

from __future__ import annotations

from dataclasses import dataclass

from vitrina.reports.worker import Workers
from vitrina.store import charts
from vitrina.store.charts.data import encode
from vitrina.store.charts.theme import Spec

MOST_MARKS = 400
"""A chart with more marks is a picture of pixels: laying out an SVG of 5 000 points took 6.7 s, its picture 0.2 s."""

SCALE = 2.0
"""Pixels of the picture for each of the chart's."""


@dataclass(frozen=True, slots=True)
class Still:
    media_type: str
    content: bytes


def still(spec: Spec, workers: Workers, *, width: int) -> Still:
    """The chart in the colours of paper, `width` pixels (96 to the inch) wide. Raises RenderError."""
    dressed = encode(charts.apply(spec, "print", width=width))
    if charts.marks(spec) > MOST_MARKS:
        return Still("image/png", workers.png(dressed, scale=SCALE))
    return Still("image/svg+xml", workers.svg(dressed))
