"""Plotly and Bokeh figures as Vega-Lite: the same values, names and colours, or nothing."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest
from bokeh.layouts import row
from bokeh.models import BoxAnnotation, ColumnDataSource, LinearColorMapper, Span
from bokeh.plotting import figure
from bokeh.transform import dodge, factor_cmap, transform
from hypothesis import given, settings
from hypothesis import strategies as st
from plotly.subplots import make_subplots

from vitrina.store import charts, kinds
from vitrina.store.charts.plotly.histograms import counted, edges
from vitrina.store.charts.translated import UntranslatableError, decoded
from vitrina.store.views import BokehView, PlotlyView

FRAME = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [2.0, float("nan"), 1.0, 5.0], "g": ["x", "y", "x", "y"]})
COLUMNS = FRAME.to_dict("list")
DAYS = pd.date_range("2026-03-01", periods=4)


def translated(value: Any) -> dict[str, Any] | None:
    """What print makes of a figure, by the way that a logged one takes."""
    taken = kinds.take(value)
    assert isinstance(taken.payload, bytes)
    view = kinds.view(taken.kind, taken.summary, taken.payload)
    match view:
        case PlotlyView():
            return charts.from_plotly(view.figure)
        case BokehView():
            return charts.from_bokeh(view.item)
        case _:
            raise AssertionError


def bokeh(draw: Callable[[Any], Any], **options: Any) -> Any:
    plot = figure(**options)
    draw(plot)
    return plot


PLOTLY: dict[str, Callable[[], Any]] = {
    "markers": lambda: px.scatter(FRAME, x="a", y="b", color="g"),
    "lines": lambda: go.Figure(go.Scatter(x=DAYS, y=[1, 2, 3, 4], line={"dash": "dot", "shape": "hv"})),
    "area": lambda: go.Figure(go.Scatter(y=[1, 3, 2], fill="tozeroy")),
    "webgl": lambda: go.Figure(go.Scattergl(x=[1, 2], y=[1, 2], mode="markers")),
    "numbers-as-colours": lambda: px.scatter(FRAME, x="a", y="a", color="a"),
    "rules": lambda: px.scatter(FRAME, x="a", y="b").add_hline(y=2).add_vline(x=1.5, line_dash="dash"),
    "bars": lambda: px.bar(FRAME, x="g", y="a", color="g"),
    "bars-grouped": lambda: px.bar(FRAME, x="a", y="b", color="g", barmode="group"),
    "bars-lying": lambda: go.Figure(go.Bar(x=[1, 2], y=["a", "b"], orientation="h", marker_color=["red", "blue"])),
    "histogram": lambda: px.histogram(FRAME, x="a", color="g", barmode="overlay"),
    "boxes": lambda: px.box(FRAME, x="g", y="b"),
    "heatmap": lambda: go.Figure(go.Heatmap(z=np.eye(3), x=list("abc"), y=list("xyz"), texttemplate="%{z}")),
    "log": lambda: px.line(x=[1, 2], y=[1, 1000], log_y=True, range_y=[1, 1000]),
}
BOKEH: dict[str, Callable[[], Any]] = {
    "line": lambda: bokeh(lambda plot: plot.line(np.arange(4), [1, float("nan"), 3, 4], legend_label="a")),
    "points": lambda: bokeh(lambda plot: plot.scatter([1, 2], [3, 4], marker="square", size=9, color="crimson")),
    "step": lambda: bokeh(lambda plot: plot.step([1, 2, 3], [3, 4, 5], mode="center")),
    "area": lambda: bokeh(lambda plot: plot.varea(x=[1, 2], y1=[0, 0], y2=[3, 4], alpha=0.5)),
    "bars": lambda: bokeh(lambda plot: plot.vbar(x=["a", "b"], top=[3, 5], width=0.5), x_range=["a", "b"]),
    "bars-of-numbers": lambda: bokeh(lambda plot: plot.vbar(x=[1, 2], top=[3, 5], width=0.5), x_range=(0, 3)),
    "bars-lying": lambda: bokeh(lambda plot: plot.hbar(y=["a", "b"], right=[3, 5], height=0.5), y_range=["a", "b"]),
    "quads": lambda: bokeh(lambda plot: plot.quad(left=[0, 1], right=[1, 2], bottom=0, top=[3, 5])),
    "days": lambda: bokeh(lambda plot: plot.line(DAYS, [1, 2, 3, 4]), x_axis_type="datetime"),
    "log": lambda: bokeh(lambda plot: plot.line([1, 2], [1, 1000]), y_axis_type="log"),
    "categories": lambda: bokeh(
        lambda plot: plot.scatter(
            "a",
            "a",
            source=ColumnDataSource(COLUMNS),
            color=factor_cmap("g", ["red", "blue"], ["x", "y"]),
            legend_field="g",
        )
    ),
    "span": lambda: bokeh(lambda plot: (plot.line([1, 2], [1, 2]), plot.add_layout(Span(location=1)))),
}
FIGURES = {f"plotly-{name}": make for name, make in PLOTLY.items()} | {
    f"bokeh-{name}": make for name, make in BOKEH.items()
}


@pytest.mark.parametrize("name", FIGURES)
def test_it_is_drawn_without_a_warning(name: str, draw: Any) -> None:
    spec = translated(FIGURES[name]())
    assert spec is not None
    json.dumps(spec, allow_nan=False)
    charts.check(spec)
    draw(spec)


def faceted() -> Any:
    return px.scatter(FRAME, x="a", y="b", facet_col="g")


LOST: dict[str, Callable[[], Any]] = {
    "pie": lambda: px.pie(FRAME, names="g", values="a"),
    "two axes": faceted,
    "subplots": lambda: make_subplots(rows=2).add_scatter(y=[1], row=2, col=1),
    "annotation": lambda: px.scatter(FRAME, x="a", y="b").add_annotation(x=1, y=1, text="here"),
    "shape": lambda: px.scatter(FRAME, x="a", y="b").add_vrect(x0=1, x1=2),
    "words on bars": lambda: px.bar(FRAME, x="g", y="a", text_auto=True),
    "error bars": lambda: px.scatter(FRAME, x="a", y="b", error_y="a"),
    "bubbles": lambda: px.scatter(FRAME, x="a", y="a", size="a"),
    "mixed types": lambda: go.Figure([go.Bar(x=["a"], y=[1]), go.Scatter(x=["a"], y=[1])]),
    "three dimensions": lambda: px.scatter_3d(FRAME, x="a", y="b", z="a"),
    "band between lines": lambda: go.Figure([go.Scatter(y=[1, 2]), go.Scatter(y=[2, 3], fill="tonexty")]),
    "density": lambda: px.histogram(FRAME, x="a", histnorm="probability"),
    "animation": lambda: px.scatter(FRAME, x="a", y="b", animation_frame="g"),
    "wedge": lambda: bokeh(lambda plot: plot.wedge(0, 0, 1, 0, 1)),
    "layout of two": lambda: row(bokeh(lambda plot: plot.line([1], [1])), figure()),
    "box over it": lambda: bokeh(lambda plot: (plot.line([1, 2], [1, 2]), plot.add_layout(BoxAnnotation(left=1)))),
    "dodged bars": lambda: bokeh(
        lambda plot: plot.vbar(
            x=dodge("g", 0.2, range=plot.x_range), top="a", source=ColumnDataSource(COLUMNS), width=0.2
        ),
        x_range=["x", "y"],
    ),
    "numbers as colours": lambda: bokeh(
        lambda plot: plot.scatter(
            "a", "a", source=ColumnDataSource(COLUMNS), color=transform("a", LinearColorMapper(["red", "blue"]))
        )
    ),
}


@pytest.mark.parametrize("name", LOST)
def test_what_would_lose_something_is_not_translated(name: str) -> None:
    assert translated(LOST[name]()) is None


@pytest.mark.parametrize("broken", [{}, {"data": []}, {"data": [{"y": {"bdata": "!", "dtype": "f8"}}]}, {"doc": {}}])
def test_what_is_no_figure_is_not_translated(broken: dict[str, Any]) -> None:
    assert charts.from_plotly(broken) is None
    assert charts.from_bokeh(broken) is None


def rows_of(spec: dict[str, Any] | None, layer: int = 0) -> list[dict[str, Any]]:
    assert spec is not None
    return spec["layer"][layer]["data"]["values"]


def test_points_have_the_values_of_the_figure() -> None:
    for make in (lambda x, y: go.Figure(go.Scatter(x=x, y=y)), lambda x, y: bokeh(lambda plot: plot.line(x, y))):
        spec = translated(make(np.array([3.0, 1.0, 2.0]), np.array([1.5, np.nan, -2.5])))
        assert [(point["x"], point["y"]) for point in rows_of(spec)] == [(3.0, 1.5), (1.0, None), (2.0, -2.5)]


def test_lines_join_their_points_in_the_order_given() -> None:
    for name in ("plotly-lines", "bokeh-line"):
        spec = translated(FIGURES[name]())
        assert spec is not None
        assert spec["layer"][0]["encoding"]["order"] == {"field": "n", "type": "quantitative"}


def test_days_are_the_same_days_everywhere() -> None:
    for name in ("plotly-lines", "bokeh-days"):
        assert rows_of(translated(FIGURES[name]()))[0]["x"].startswith("2026-03-01T00:00:00")


def test_an_authors_colours_stay_and_others_are_ours(draw: Any, colours: Any) -> None:
    ours = charts.palette("print").category
    both = go.Figure([go.Bar(x=["a"], y=[1], name="one"), go.Bar(x=["a"], y=[2], name="two", marker_color="#dc143c")])
    assert {ours[0], "#dc143c"} <= colours(draw(translated(both)))
    plain = bokeh(lambda plot: (plot.line([1, 2], [1, 2]), plot.line([1, 2], [2, 3], color="#dc143c")))
    assert {ours[0], "#dc143c"} <= colours(draw(translated(plain)))


def test_names_and_titles_are_shown(draw: Any, words: Any) -> None:
    made = px.scatter(FRAME, x="a", y="b", color="g", labels={"a": "age, years"})
    assert {"x", "y", "age, years", "b"} <= set(words(draw(translated(made))))
    plot = bokeh(lambda plot: [plot.line([1, 2], [1, 2], legend_label=name) for name in ("loss", "error")])
    plot.xaxis.axis_label = "step"
    assert {"loss", "error", "step"} <= set(words(draw(translated(plot))))


def test_names_of_lying_bars_stand_as_in_the_figure(draw: Any, words: Any) -> None:
    for name in ("plotly-bars-lying", "bokeh-bars-lying"):
        texts = words(draw(translated(FIGURES[name]())))
        assert texts.index("b") < texts.index("a")


def test_a_heat_map_stands_as_in_the_figure(draw: Any, words: Any) -> None:
    texts = words(draw(translated(PLOTLY["heatmap"]())))
    assert texts.index("z") < texts.index("x")


@given(st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_every_value_lies_in_one_bin(values: list[float]) -> None:
    limits = edges({}, values)
    assert sum(bin_["y"] for bin_ in counted(values, limits)) == len(values)
    assert limits == sorted(limits)


def test_bins_that_the_author_named_are_kept() -> None:
    named = go.Figure(go.Histogram(x=[0, 1, 2, 3, 9], xbins={"start": 0, "end": 4, "size": 2}))
    assert [(row["x"], row["x2"], row["y"]) for row in rows_of(translated(named))] == [(0, 2, 2), (2, 4, 2)]


@given(st.lists(st.integers(-1000, 1000), max_size=30))
def test_packed_numbers_are_unpacked(values: list[int]) -> None:
    raw = np.array(values, "<f8").tobytes()
    assert decoded(base64.b64encode(raw).decode(), "f8") == values
    packed = base64.b64encode(gzip.compress(raw)).decode()
    assert decoded(packed, "f8", count=len(values)) == values


def test_no_more_is_unpacked_than_there_should_be() -> None:
    bomb = base64.b64encode(gzip.compress(bytes(50_000_000))).decode()
    assert len(decoded(bomb, "f8", count=4)) == 4
    with pytest.raises(UntranslatableError):
        decoded("AAA=", "f8")
    with pytest.raises(UntranslatableError):
        decoded("AAAA", "c16")
