"""Bokeh figures as Vega-Lite, for print where neither a picture of them nor a browser is at hand.

What is not translated faithfully is not translated: `from_bokeh` then gives None. Translated is one figure with lines,
steps, points, areas and bars over plain data, with its colours (by value, or by category), legend, titles, scales,
ranges and lines across it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitrina.store.charts.bokeh import plot
from vitrina.store.charts.bokeh.layers import drawn
from vitrina.store.charts.theme import Spec
from vitrina.store.charts.translated import UntranslatableError, chart


def from_bokeh(item: Mapping[str, Any]) -> Spec | None:
    """The item (as `BokehView` has it) as Vega-Lite, None where it has no faithful form there."""
    try:
        figure = plot.read(item)
        found = drawn(figure)
        spec = chart(found.layers, found.keys, symbol=found.symbol)
        return {**spec, "layer": [*spec["layer"], *plot.spans(figure)]}
    except UntranslatableError:
        return None
