"""One value of everything that a kind claims to take, made with the real libraries."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import altair
import matplotlib as mpl
import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import polars as pl
import pyarrow as pa
import pytest
from bokeh.plotting import figure
from matplotlib.figure import Figure
from PIL import Image

from vitrina.store import kinds
from vitrina.store.views import (
    BokehView,
    HtmlView,
    MediaView,
    PlotlyView,
    TableView,
    TextView,
    VegaView,
    View,
)

mpl.use("agg")


@dataclass(frozen=True)
class Sample:
    """A value (made from a folder for files), the kind that takes it, and the view that it has.

    `is_found` says whether the kind is found from the value alone.
    """

    id: str
    kind: str
    view: type[View]
    make: Callable[[Path], Any]
    options: dict[str, Any] = field(default_factory=dict)
    is_found: bool = True


FRAME = pd.DataFrame(
    {
        "name": ["a", "b", None],
        "size": [1.5, float("nan"), float("inf")],
        "when": pd.to_datetime(["2026-03-01", "2026-03-02", None]),
        "kind": pd.Categorical(["x", "y", "x"]),
        "is_new": [True, False, True],
    }
)
PIXELS = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
CLASSES, SCORES = [0, 1, 1, 0, 1], [0.1, 0.9, 0.4, 0.35, 0.8]
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"


def written(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


def a_png() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, format="PNG")
    return buffer.getvalue()


def a_parquet(folder: Path) -> Path:
    FRAME.to_parquet(folder / "frame.parquet")
    return folder / "frame.parquet"


def a_bokeh_figure(_: Path) -> Any:
    plot = figure(title="Loss")
    plot.line(np.arange(3), [1.0, float("nan"), 3.0], legend_label="a")
    return plot


def a_matplotlib_figure(_: Path) -> Figure:
    drawing = Figure()
    axes = drawing.subplots()
    axes.plot([1, 2, 3], [1, 4, 9])
    axes.set_title("Squares")
    return drawing


def an_altair_chart(_: Path) -> Any:
    return altair.Chart(FRAME).mark_point().encode(x="size", y="name")


SAMPLES = [
    Sample("plotly", "chart", PlotlyView, lambda _: px.scatter(FRAME, x="size", y="name", color="kind", title="T")),
    Sample("plotly-arrays", "chart", PlotlyView, lambda _: go.Figure(go.Scatter(x=np.arange(2), y=[np.nan, np.inf]))),
    Sample("plotly-dict", "chart", PlotlyView, lambda _: {"data": [{"type": "bar", "y": [1]}], "layout": {}}),
    Sample("altair", "chart", VegaView, an_altair_chart),
    Sample("altair-layers", "chart", VegaView, lambda folder: an_altair_chart(folder) + an_altair_chart(folder)),
    Sample(
        "vega-lite",
        "chart",
        VegaView,
        lambda _: {"mark": "bar", "data": {"values": [{"a": float("nan"), "b": np.int64(2)}]}, "encoding": {}},
    ),
    Sample("bokeh", "chart", BokehView, a_bokeh_figure),
    Sample("matplotlib", "chart", MediaView, a_matplotlib_figure),
    Sample("matplotlib-axes", "chart", MediaView, lambda folder: a_matplotlib_figure(folder).axes[0]),
    Sample("image-path", "image", MediaView, written("cat.png", a_png())),
    Sample("image-bytes", "image", MediaView, lambda _: a_png()),
    Sample("image-svg", "image", MediaView, written("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="9"/>')),
    Sample("image-pillow", "image", MediaView, lambda _: Image.fromarray(PIXELS)),
    Sample("image-pillow-cmyk", "image", MediaView, lambda _: Image.new("CMYK", (3, 2))),
    Sample("image-array", "image", MediaView, lambda _: PIXELS, is_found=False),
    Sample("image-boxes", "image", MediaView, lambda _: PIXELS, {"boxes": [(1, 1, 4, 3)]}, is_found=False),
    Sample("image-figure", "image", MediaView, a_matplotlib_figure, is_found=False),
    Sample("table-pandas", "table", TableView, lambda _: FRAME),
    Sample("table-series", "table", TableView, lambda _: FRAME["name"]),
    Sample("table-polars", "table", TableView, lambda _: pl.DataFrame({"a": [1, 2], "b": ["x", None]})),
    Sample("table-polars-lazy", "table", TableView, lambda _: pl.LazyFrame({"a": [1, 2]})),
    Sample("table-arrow", "table", TableView, lambda _: pa.table({"a": [1, 2], "b": [[1], [2, 3]]})),
    Sample("table-rows", "table", TableView, lambda _: FRAME.to_dict("records")),
    Sample("table-columns", "table", TableView, lambda _: {"a": [1, 2], "b": np.array([0.5, 1])}, is_found=False),
    Sample("table-array", "table", TableView, lambda _: np.eye(3), {"columns": ["a", "b", "c"]}, is_found=False),
    Sample("table-parquet", "table", TableView, a_parquet),
    Sample("text", "text", TextView, lambda _: "One line\nand another \udcff"),
    Sample("text-code", "text", TextView, lambda _: "print('hello')", {"language": "python"}),
    Sample("markdown", "markdown", TextView, written("notes.md", b"# Notes")),
    Sample("markdown-text", "markdown", TextView, lambda _: "# Notes", is_found=False),
    Sample("html", "html", HtmlView, written("page.html", b"<script>alert(1)</script>")),
    Sample("audio-bytes", "audio", MediaView, lambda _: b"fLaC" + bytes(30)),
    Sample("audio-array", "audio", MediaView, lambda _: np.sin(np.arange(80)), {"sample_rate": 8000}, is_found=False),
    Sample("video-path", "video", MediaView, written("film.mp4", MP4)),
    Sample("video-frames", "video", MediaView, lambda _: np.stack([PIXELS, PIXELS[::-1]]), {"fps": 5}, is_found=False),
    Sample("curve", "curve", VegaView, lambda _: kinds.Curve([1, 2, 3], [0.5, float("nan"), 1], annotation="first")),
    Sample("roc", "curve", VegaView, lambda _: kinds.roc_from(CLASSES, SCORES)),
    Sample("pr", "curve", VegaView, lambda _: kinds.pr_from(CLASSES, SCORES)),
    Sample("confusion-matrix", "confusion-matrix", VegaView, lambda _: kinds.confusion_from(CLASSES, [0, 1, 0, 0, 1])),
    Sample("histogram", "histogram", VegaView, lambda _: kinds.Histogram([1, 2], [0, 1, 2])),
    Sample("histogram-values", "histogram", VegaView, lambda _: [1, 2, 2.5, float("nan")], {"bins": 3}, is_found=False),
    Sample("file", "file", TableView, written("model.bin", bytes(range(256)))),
    Sample("file-code", "file", TextView, written("train.py", b"print(1)\n")),
    Sample("file-bytes", "file", TableView, lambda _: b"\0\1\2", {"name": "data.bin"}),
]


@pytest.fixture(params=SAMPLES, ids=lambda sample: sample.id)
def sample(request: pytest.FixtureRequest) -> Sample:
    """Each value in turn."""
    return request.param


@pytest.fixture
def samples() -> list[Sample]:
    return SAMPLES


@pytest.fixture
def frame() -> pd.DataFrame:
    """Text, numbers, times, categories and truth values, each with something missing or strange."""
    return FRAME.copy()
