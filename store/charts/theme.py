"""How charts look: the one table of colours, as a Vega-Lite `config`, and how a spec puts it on.

The values are those of the pages' style sheet (`tokens.css`), for light pages, dark pages and paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, cast

Spec: TypeAlias = dict[str, Any]
Theme: TypeAlias = Literal["light", "dark", "print"]

SANS = (
    'ui-sans-serif, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", '
    '"Liberation Sans", Arial, sans-serif'
)
DASHES = ([1, 0], [7, 3], [2, 3], [9, 3, 2, 3])
"""Patterns of the first four lines; from the fifth on they begin again, and a marker is added."""

DESCENT = 4
"""Pixels below a chart, where the letters of its last line reach below what Vega measures."""

HEIGHT = 240
"""Pixels of a chart's plot on a page."""

PRINT_WIDTH, PRINT_HEIGHT = 605, 204
"""Pixels (96 to the inch) of a whole chart on paper: the text width of A4, and 54 mm."""


@dataclass(frozen=True)
class Palette:
    """The colours that a chart needs, by the names that the style sheet gives them."""

    paper: str
    well: str
    ink: str
    ink_2: str
    ink_3: str
    worse: str
    better: str
    c_rest: str
    c_grid: str
    c_axis: str
    category: tuple[str, ...]
    ramp: tuple[str, ...]
    font_size: int = 12


_LIGHT = Palette(
    paper="#ffffff",
    well="#f5f7f6",
    ink="#15191a",
    ink_2="#465052",
    ink_3="#626c6e",
    worse="#a33c10",
    better="#0b6a5e",
    c_rest="#8a9491",
    c_grid="#e6eae8",
    c_axis="#7b8683",
    category=("#0b736b", "#c9831e", "#8f81f7", "#55194b", "#836512", "#3a2393", "#7a2b1a", "#4e87b3"),
    ramp=("#eef5f3", "#c5ded8", "#8dbdb3", "#4a9488", "#0b6a5e", "#06443d"),
)
_DARK = Palette(
    paper="#111516",
    well="#191e1f",
    ink="#e9eeec",
    ink_2="#b6c0bd",
    ink_3="#929d9a",
    worse="#f29a70",
    better="#76d0bd",
    c_rest="#66716f",
    c_grid="#242b2c",
    c_axis="#717d7a",
    category=("#5fdcc0", "#f0a340", "#7598f8", "#c5528a", "#f0de74", "#8a63c8", "#df6a4a", "#bccbf7"),
    ramp=("#17211f", "#1c3d38", "#235f56", "#358a7d", "#5cb8a7", "#a3e3d5"),
)
# Ten pixels are 7.5 pt on paper, where seven is the least.
_PRINT = replace(_LIGHT, ink="#000000", ink_2="#333b3c", ink_3="#535c5e", font_size=10)


def palette(theme: Theme) -> Palette:
    """The colours of a theme."""
    match theme:
        case "light":
            return _LIGHT
        case "dark":
            return _DARK
        case "print":
            return _PRINT


def config(theme: Theme) -> Spec:
    """The Vega-Lite `config` of a theme, a fresh dict at each call."""
    colours = palette(theme)
    return {
        # Paper is white: a picture of pixels with pale colours on no ground would come out grey.
        "background": colours.paper if theme == "print" else None,
        "font": SANS,
        "padding": {"left": 0, "top": 0, "right": 0, "bottom": DESCENT},
        # On paper the figure's own alternative text speaks; one on each mark would make up most of the picture's bytes.
        "aria": theme != "print",
        "view": {"stroke": None, "continuousHeight": HEIGHT},
        "locale": {"number": {"decimal": ".", "thousands": "\u202f", "grouping": [3], "currency": ["", ""]}},
        **_axes(colours),
        **_marks(colours),
        "style": _styles(colours),
        "range": {
            "category": list(colours.category),
            "heatmap": list(colours.ramp),
            "ramp": list(colours.ramp),
            "ordinal": list(colours.ramp),
            "diverging": [colours.worse, colours.well, colours.better],
        },
        **_words(colours),
    }


def apply(spec: Spec, theme: Theme, *, width: int | None = None) -> Spec:
    """The spec as it is drawn in a theme: the theme's config under its own, and a size where its author gave none.

    `width` is the whole chart's in pixels; None means as wide as its place on a page, or as the text on paper. A narrow
    one (under 480) is 200 high. What answers the pointer is left out on paper. The given spec is not changed.
    """
    dressed = {**spec, "config": _merged(config(theme), spec.get("config", {}))}
    if theme == "print":
        dressed = _without_hover(dressed)
    return _sized(dressed, theme, width) if "mark" in spec or "layer" in spec else dressed


def plotly_template(theme: Theme) -> Spec:
    """The same look as a Plotly template, for a figure whose author left Plotly's own."""
    colours = palette(theme)
    axis: Spec = {
        "automargin": True,
        "gridcolor": colours.c_grid,
        "linecolor": colours.c_axis,
        "zerolinecolor": colours.c_axis,
        "tickfont": {"color": colours.ink_3, "size": colours.font_size},
        "title": {"font": {"color": colours.ink_2, "size": colours.font_size}},
    }
    ramp = [[place / (len(colours.ramp) - 1), colour] for place, colour in enumerate(colours.ramp)]
    return {
        "layout": {
            "colorway": list(colours.category),
            "colorscale": {"sequential": ramp},
            "font": {"family": SANS, "size": colours.font_size, "color": colours.ink_2},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "separators": ".\u202f",
            "margin": {"l": 48, "r": 16, "t": 32, "b": 40},
            "title": {"font": {"color": colours.ink, "size": 15}, "x": 0, "xanchor": "left"},
            "xaxis": {**axis, "showgrid": False, "showline": True, "ticks": "outside", "tickcolor": colours.c_axis},
            "yaxis": {**axis, "zeroline": False},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": {"text": ""}},
        },
        "data": {"heatmap": [{"type": "heatmap", "colorscale": ramp}]},
    }


def _axes(colours: Palette) -> Spec:
    size = colours.font_size
    axis = {
        "labelFontSize": size,
        "labelColor": colours.ink_3,
        "titleFontSize": size,
        "titleColor": colours.ink_2,
        "titleFontWeight": "normal",
        "labelPadding": 8 * size // 12,
        "tickSize": 4,
        "tickColor": colours.c_axis,
        "domainColor": colours.c_axis,
        "gridColor": colours.c_grid,
        "gridWidth": 1,
    }
    # Vega-Lite asks for the config of an axis by type before the one by place: the grid must be named in both.
    across = {"grid": False, "titleAnchor": "end", "tickCount": {"expr": "ceil(width / 90)"}}
    upright = {"domain": False, "ticks": False, "tickCount": 5, "titleAngle": 0, "titleAlign": "left"}
    upright |= {"titleAnchor": "end", "titleBaseline": "bottom", "titleY": -size, "grid": True}
    return {
        "axis": axis,
        "axisX": across,
        "axisY": upright,
        "axisXQuantitative": {"grid": False},
        "axisXTemporal": {"grid": False},
        "axisYDiscrete": {"grid": False},
        "axisXDiscrete": {"grid": False, "labelAngle": 0, "ticks": False},
    }


def _marks(colours: Palette) -> Spec:
    first = colours.category[0]
    return {
        "mark": {"color": first},
        "line": {"strokeWidth": 2, "strokeJoin": "round", "strokeCap": "butt"},
        "errorband": {"band": {"opacity": 0.15}},
        "point": {"size": 40, "filled": True},
        "circle": {"size": 40},
        "bar": {"cornerRadius": 0, "binSpacing": 1},
        "rule": {"color": colours.ink_3, "strokeDash": [2, 3]},
        "text": {"color": colours.ink, "fontSize": colours.font_size},
        "boxplot": {
            "median": {"color": colours.paper},
            "rule": {"color": colours.c_axis, "strokeDash": [1, 0]},
            "outliers": {"size": 16},
        },
    }


def _styles(colours: Palette) -> Spec:
    """Styles that our own specs name, so that they hold no colour themselves."""
    return {
        "label": {"color": colours.ink, "fontSize": colours.font_size},
        "reference": {"color": colours.ink_3, "strokeDash": [2, 3], "strokeWidth": 1},
        "hover": {"color": colours.c_axis, "strokeDash": [1, 0], "strokeWidth": 1},
        "zero": {"color": colours.c_axis, "strokeDash": [1, 0], "strokeWidth": 1},
        "tile": {"stroke": colours.paper},
        "rest": {"color": colours.c_rest},
        "band": {"opacity": 0.15},
        "raw": {"opacity": 0.3},
        "on-low": {"color": colours.ramp[5], "fontSize": colours.font_size},
        "on-high": {"color": colours.ramp[0], "fontSize": colours.font_size},
    }


def _words(colours: Palette) -> Spec:
    size = colours.font_size
    legend = {
        "orient": "top",
        "direction": "horizontal",
        "offset": size + 14,
        "symbolSize": 60,
        "symbolStrokeWidth": 2,
        "labelFontSize": size,
        "labelColor": colours.ink_2,
        "titleFontSize": size,
        "titleColor": colours.ink_2,
        "titleFontWeight": "normal",
        "gradientLength": 160,
        "gradientThickness": 8,
        "labelLimit": 240,
    }
    header = {"labelFontSize": size, "labelColor": colours.ink_2, "titleFontSize": size, "titleColor": colours.ink_2}
    title = {"anchor": "start", "color": colours.ink, "fontSize": size + 1, "fontWeight": "normal", "offset": 12}
    return {"legend": legend, "header": {**header, "titleFontWeight": "normal"}, "title": title}


def _sized(spec: Spec, theme: Theme, width: int | None) -> Spec:
    """A single chart with a size; one that is drawn by the step keeps its own."""
    own = spec.get("width")
    if isinstance(own, Mapping):
        return spec
    on_paper = theme == "print"
    fallback: int | str = PRINT_WIDTH if on_paper else "container"
    wide = (width or fallback) if own in (None, "container") else min(width or own, own)
    plot = 200 if width is not None and width < 480 else HEIGHT
    sized = {**spec, "width": wide, "height": spec.get("height", PRINT_HEIGHT if on_paper else plot)}
    fit = "fit" if on_paper and "height" not in spec else "fit-x"
    return {**sized, "autosize": spec.get("autosize", {"type": fit, "contains": "padding"})}


def _without_hover(spec: Spec) -> Spec:
    """The spec without the layers that only answer the pointer (ours are named so)."""
    layers = cast("list[Spec] | None", spec.get("layer"))
    if layers is None:
        return spec
    return {**spec, "layer": [layer for layer in layers if not str(layer.get("name", "")).startswith("hover")]}


def _merged(under: Spec, over: Mapping[str, Any]) -> Spec:
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(below, dict) and isinstance(value, Mapping)
        merged[key] = _merged(cast("Spec", below), cast("Mapping[str, Any]", value)) if both else value
    return merged
