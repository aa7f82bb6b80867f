"""Plotly figures as Vega-Lite, for print where neither a picture of them nor a browser is at hand.

What is not translated faithfully is not translated: `from_plotly` then gives None. Translated are lines, markers, bars,
histograms, heat maps and boxes on one pair of axes, with their colours, dashes, legend, titles, scales and ranges, and
straight lines drawn over them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitrina.store.charts.plotly import bars, boxes, heatmaps, histograms, points, rules
from vitrina.store.charts.plotly.figure import Figure, read
from vitrina.store.charts.theme import Spec
from vitrina.store.charts.translated import UntranslatableError

DRAWERS = {
    "scatter": points.draw,
    "scattergl": points.draw,
    "bar": bars.draw,
    "histogram": histograms.draw,
    "box": boxes.draw,
    "heatmap": heatmaps.draw,
}
"""Who draws the traces of a type; a figure that mixes types is not translated."""


def from_plotly(figure: Mapping[str, Any]) -> Spec | None:
    """The figure (`{"data", "layout"}`) as Vega-Lite, None where it has no faithful form there."""
    try:
        return _translated(read(figure))
    except UntranslatableError:
        return None


def _translated(figure: Figure) -> Spec:
    types = {str(trace.get("type", "scatter")) for trace in figure.traces}
    draw = DRAWERS.get(types.pop())
    if types or draw is None:
        raise UntranslatableError
    spec = draw(figure)
    return {**spec, "layer": [*spec["layer"], *rules.over(figure.layout)]}
