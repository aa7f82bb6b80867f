"""Plotly figures: kept as their own JSON, drawn live by plotly.js."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from vitrina.store.charts.data import encode
from vitrina.store.charts.theme import plotly_template
from vitrina.store.kinds.figures.figure import Kept, read_json
from vitrina.store.kinds.kind import KindError
from vitrina.store.libraries import comes_from, load
from vitrina.store.views import PlotlyView

LIBRARY = "plotly"
USUAL = ("plotly", "streamlit")
"""Templates that nobody chose: Plotly's, and the one that takes its place once Streamlit is imported, whose colours
stand for those of Streamlit's pages and are all but black elsewhere."""

PARTS = ("data", "layout", "frames")
MEDIA_TYPE = "application/vnd.plotly.v1+json"


def claims(value: object) -> bool:
    if isinstance(value, dict):
        figure = cast("dict[str, Any]", value)
        return isinstance(figure.get("data"), list) and isinstance(figure.get("layout"), dict)
    return comes_from(value, "plotly", named="BaseFigure")


def keep(value: Any) -> Kept:
    """A figure that has Plotly's own look is kept without it, so that a page can give it its own."""
    figure = _load("plotly.graph_objects").Figure(value) if isinstance(value, dict) else value
    kept = _json(figure)
    template = cast("dict[str, Any]", kept["layout"]).get("template")
    default = any(template == usual for usual in _usual_templates())
    if default:
        look = kept["layout"].pop("template")["layout"]
        _drop_default_colours(kept["data"], look["colorway"])
        _drop_default_scale(kept["layout"], look["colorscale"]["sequential"])
    summary = {
        "library_version": _load("plotly").__version__,
        "title": _title(kept["layout"]),
        "traces": len(kept["data"]),
        "is_default_look": default,
    }
    parts = {part: kept[part] for part in PARTS if kept.get(part) is not None}
    return Kept(encode(parts), MEDIA_TYPE, summary=summary)


def view(summary: Mapping[str, Any], payload: bytes) -> PlotlyView:
    figure = read_json(payload)
    layout = figure.get("layout")
    if not isinstance(figure.get("data"), list) or not isinstance(layout, dict):
        raise KindError("The stored figure is no Plotly figure.")
    default = bool(summary.get("is_default_look"))
    if default:
        figure = {**figure, "layout": {**cast("dict[str, Any]", layout), "template": plotly_template("light")}}
    return PlotlyView(figure, default)


def _usual_templates() -> Iterator[dict[str, Any]]:
    figure, known = _load("plotly.graph_objects").Figure, _load("plotly.io").templates
    for name in USUAL:
        if name in known:
            yield _json(figure(layout={"template": name}))["layout"]["template"]


def _json(figure: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(_load("plotly.io").to_json(figure, engine="json")))


def _load(module: str) -> Any:
    return load(module, extra="charts", purpose="A Plotly figure")


def _drop_default_colours(traces: Sequence[dict[str, Any]], colorway: Sequence[str]) -> None:
    """Plotly Express writes into each trace the colour that it would get anyway; without it the trace follows the
    look."""
    for place, trace in enumerate(traces):
        usual = colorway[place % len(colorway)].lower()
        for part in (trace.get("line"), trace.get("marker")):
            drawn = cast("dict[str, Any]", part) if isinstance(part, dict) else {}
            if str(drawn.get("color")).lower() == usual:
                del drawn["color"]


def _drop_default_scale(layout: Mapping[str, Any], usual: object) -> None:
    axis = cast("dict[str, Any]", layout.get("coloraxis") or {})
    if axis.get("colorscale") == usual:
        del axis["colorscale"]


def _title(layout: Mapping[str, Any]) -> str:
    title = layout.get("title")
    return str(cast("dict[str, Any]", title).get("text") or "") if isinstance(title, dict) else str(title or "")
