"""Chart specs: from data to one Vega-Lite dict, and how it is dressed for a light page, a dark page or paper.

A spec holds no colour of its own; `apply(spec, theme)` puts one on. The same data gives the same spec, byte for byte.
"""

from __future__ import annotations

from vitrina.store.charts.bar import bar
from vitrina.store.charts.box import box
from vitrina.store.charts.confusion import confusion_matrix, heatmap
from vitrina.store.charts.curve import Form, curve
from vitrina.store.charts.from_bokeh import from_bokeh
from vitrina.store.charts.from_plotly import from_plotly
from vitrina.store.charts.histogram import Bins, histogram
from vitrina.store.charts.line import line
from vitrina.store.charts.marks import marks
from vitrina.store.charts.overlay import overlay
from vitrina.store.charts.residuals import residuals
from vitrina.store.charts.safety import UnsafeChartError, check
from vitrina.store.charts.scatter import scatter
from vitrina.store.charts.series import Series
from vitrina.store.charts.theme import Spec, Theme, apply, config, palette, plotly_template

__all__ = [
    "Bins",
    "Form",
    "Series",
    "Spec",
    "Theme",
    "UnsafeChartError",
    "apply",
    "bar",
    "box",
    "check",
    "config",
    "confusion_matrix",
    "curve",
    "from_bokeh",
    "from_plotly",
    "heatmap",
    "histogram",
    "line",
    "marks",
    "overlay",
    "palette",
    "plotly_template",
    "residuals",
    "scatter",
]
