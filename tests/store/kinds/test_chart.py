"""Figures: what is kept of a library's figure, and what a chart from outside may not hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest
from bokeh.layouts import row
from bokeh.plotting import figure
from matplotlib.figure import Figure

from vitrina.store import charts, kinds
from vitrina.store.kinds import KindError, Part, Taken
from vitrina.store.views import BokehView, PlotlyView, VegaView

ROWS = [{"a": 1, "b": 2}]
UNIT = {"mark": "bar", "encoding": {}, "data": {"values": ROWS}}


def view_of(taken: Taken) -> Any:
    assert isinstance(taken.payload, bytes)
    return kinds.view(taken.kind, taken.summary, taken.payload)


@pytest.mark.parametrize(
    "spec",
    [
        {**UNIT, "data": {"url": "https://example.org/rows.csv"}},
        {"hconcat": [UNIT, {**UNIT, "data": {"url": "rows.csv"}}]},
        {**UNIT, "transform": [{"lookup": "a", "from": {"data": {"url": "/etc/passwd"}, "key": "a"}}]},
        {**UNIT, "mark": {"type": "image", "url": "https://example.org/pixel.png"}},
        {**UNIT, "mark": "image", "encoding": {"url": {"field": "b"}}},
        {**UNIT, "data": {"sequence": {"start": 0, "stop": 30_000_000}}},
        {**UNIT, "data": {"sequence": {"start": 0, "stop": 10, "step": 0}}},
        {**UNIT, "params": [{"name": "p", "bind": {"element": "#logout"}}]},
        {"$schema": "https://vega.github.io/schema/vega/v6.json", "marks": [], "mark": "bar", "encoding": {}},
    ],
    ids=["url", "nested", "lookup", "image", "image field", "sequence", "endless", "element", "vega"],
)
def test_a_spec_that_would_fetch_or_flood_is_refused_when_it_is_taken_and_when_it_is_shown(
    spec: dict[str, Any],
) -> None:
    with pytest.raises(KindError):
        kinds.take(spec, kind="chart")
    with pytest.raises(KindError):
        kinds.view("chart", {"library": "vega-lite"}, json.dumps(spec).encode())


def test_rows_may_have_fields_called_url() -> None:
    spec = {**UNIT, "data": {"values": [{"url": "https://example.org"}]}}
    view = view_of(kinds.take(spec))
    assert view.spec["data"]["values"] == [{"url": "https://example.org"}]


def test_a_spec_cannot_choose_how_it_is_embedded() -> None:
    spec = {**UNIT, "usermeta": {"embedOptions": {"ast": False, "loader": {}}, "note": "kept"}}
    assert view_of(kinds.take(spec)).spec["usermeta"] == {"note": "kept"}
    stored = kinds.view("chart", {"library": "vega-lite"}, json.dumps(spec).encode())
    assert isinstance(stored, VegaView)
    assert "embedOptions" not in stored.spec["usermeta"]


def test_an_altair_chart_brings_all_of_its_rows() -> None:
    many = pd.DataFrame({"x": range(6_000), "y": range(6_000)})
    taken = kinds.take(alt.Chart(many).mark_point().encode(x="x", y="y"))
    assert taken.summary["marks"] == 6_000


def test_altairs_own_size_is_left_out_and_an_authors_is_kept() -> None:
    plain = alt.Chart(pd.DataFrame(ROWS)).mark_bar().encode(x="a:N", y="b")
    assert "config" not in view_of(kinds.take(plain)).spec
    sized = view_of(kinds.take(plain.configure_view(continuousWidth=500))).spec
    assert sized["config"]["view"]["continuousWidth"] == 500


def test_a_plotly_figure_in_its_own_look_gets_ours() -> None:
    taken = kinds.take(px.scatter(x=[1, 2], y=[1, 2], color=["a", "b"], template="plotly"))
    view = view_of(taken)
    assert isinstance(view, PlotlyView)
    assert view.is_default_look
    assert view.figure["layout"]["template"] == charts.plotly_template("light")
    assert all("color" not in trace["marker"] for trace in view.figure["data"])


def test_a_plotly_figure_is_the_same_after_streamlit_was_imported() -> None:
    """Streamlit makes its own template Plotly's default, with colours that only its own pages can show."""
    script = """
import plotly.express as px
from vitrina.store import kinds

def kept():
    figures = px.scatter(x=[1, 2], y=[1, 2], color=["a", "b"]), px.imshow([[1, 2], [3, 4]]), px.bar(x=[1], y=[1])
    return [(taken.payload, taken.summary) for taken in map(kinds.take, figures)]

before = kept()
import streamlit.elements.plotly_chart
import plotly.io
assert plotly.io.templates.default == "streamlit"
assert kept() == before, (kept(), before)
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_plotly_figure_whose_author_chose_keeps_that() -> None:
    dark = go.Figure(go.Scatter(x=[1], y=[1], marker_color="crimson"), layout_template="plotly_dark")
    view = view_of(kinds.take(dark))
    assert not view.is_default_look
    assert view.figure["layout"]["template"]["layout"]["paper_bgcolor"] == "rgb(17,17,17)"
    chosen = view_of(kinds.take(go.Figure(go.Scatter(x=[1], y=[1], marker_color="crimson"))))
    assert chosen.figure["data"][0]["marker"]["color"] == "crimson"


def test_a_bokeh_figure_is_not_changed_by_being_taken() -> None:
    first, second = figure(), figure()
    first.line([1, 2], [1, 2])
    alone = kinds.take(first)
    together = kinds.take(row(first, second))
    assert kinds.take(first) == alone
    assert isinstance(view_of(together), BokehView)


def test_a_bokeh_item_can_be_embedded_by_its_root() -> None:
    plot = figure(title="Loss")
    plot.line([1, 2], [1, 2])
    taken = kinds.take(plot)
    view = view_of(taken)
    assert view.item["root_id"] == view.item["doc"]["roots"][0]["id"]
    assert view.version == taken.summary["library_version"]
    assert taken.summary["title"] == "Loss"


def test_a_matplotlib_figure_has_a_picture_of_lines_and_one_of_pixels() -> None:
    drawing = Figure(figsize=(4, 3))
    drawing.subplots().plot([1, 2])
    taken = kinds.take(drawing)
    assert taken.media_type == "image/svg+xml"
    assert taken.still is not None
    assert taken.still.startswith(b"\x89PNG")
    assert taken.still_media_type == "image/png"
    assert 300 < taken.summary["width"] < 420


def test_a_drawing_of_very_many_strokes_is_kept_as_pixels() -> None:
    drawing = Figure()
    drawing.subplots().scatter(*np.random.default_rng(0).random((2, 20_000)), s=1)
    taken = kinds.take(drawing)
    assert (taken.media_type, taken.payload) == ("image/png", taken.still)
    assert view_of(taken).media_type == "image/png"


def test_the_same_figure_gives_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    code = tmp_path / "draw.py"
    code.write_text(
        "import hashlib, sys\n"
        "from bokeh.plotting import figure\n"
        "from matplotlib.figure import Figure\n"
        "from vitrina.store import kinds\n"
        "[figure() for _ in range(int(sys.argv[1]))]\n"
        "plot = figure(); plot.line([1, 2], [3, 4]); drawing = Figure(); drawing.subplots().plot([1, 2])\n"
        "print([hashlib.sha256(kinds.take(one).payload).hexdigest() for one in (plot, drawing)])\n"
    )
    found = {
        subprocess.run([sys.executable, str(code), number], capture_output=True, text=True, check=True).stdout
        for number in ("0", "3")
    }
    assert len(found) == 1


def test_charts_of_several_versions_are_laid_over_each_other() -> None:
    frame = pd.DataFrame({"step": [1, 2], "loss": [0.5, 0.3]})
    line = kinds.take(alt.Chart(frame).mark_line().encode(x="step", y="loss"))
    assert isinstance(line.payload, bytes)
    parts = [Part(label, line.summary, line.payload) for label in ("1.0.0", "2.0.0")]
    view = kinds.overlay("chart", parts)
    assert isinstance(view, VegaView)
    assert len(view.spec["data"]["values"]) == 4
    plotly = kinds.take(px.line(frame, x="step", y="loss"))
    assert isinstance(plotly.payload, bytes)
    assert kinds.overlay("chart", [*parts, Part("3.0.0", plotly.summary, plotly.payload)]) is None


def test_a_chart_of_an_unknown_library_is_an_error_of_ours() -> None:
    with pytest.raises(KindError, match="No library called 'gnuplot'"):
        kinds.view("chart", {"library": "gnuplot"}, b"{}")
