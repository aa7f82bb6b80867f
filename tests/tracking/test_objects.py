"""Charts, images, tables, texts: each call keeps its kind, shown from what was kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import altair
import matplotlib.figure
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import polars as pl
import pyarrow as pa
import pytest
from bokeh.plotting import figure as bokeh_figure
from PIL import Image

from vitrina import tracking
from vitrina.store import kinds
from vitrina.store.errors import NotFoundError
from vitrina.store.kinds.kind import KindError
from vitrina.store.opening import Store
from vitrina.store.records import LoggedObject
from vitrina.store.views import BokehView, HtmlView, MediaView, PlotlyView, TableView, TextView, VegaView, View


@pytest.fixture
def run(store: Store):
    with tracking.run(project="acme/churn", track_env=False) as begun:
        yield begun


def shown(store: Store, run: tracking.Run) -> tuple[LoggedObject, View]:
    """The one object of a run, and how it is shown from what the store has."""
    (item,) = store.objects.list([run.record.id])[run.record.id]
    return item, kinds.view(item.kind, item.summary, store.blobs.read(item.blob))


def plotly() -> go.Figure:
    return go.Figure(go.Scatter(x=[1, 2], y=[3, 4]))


def vega() -> altair.Chart:
    return altair.Chart(pd.DataFrame({"x": [1, 2], "y": [3, 4]})).mark_line().encode(x="x", y="y")


def bokeh() -> Any:
    plot = bokeh_figure()
    plot.line([1, 2], [3, 4])
    return plot


def pyplot() -> matplotlib.figure.Figure:
    made, axes = plt.subplots()
    axes.plot([1, 2], [3, 4])
    return made


@pytest.mark.parametrize(
    ("make", "library", "view"),
    [
        (plotly, "plotly", PlotlyView),
        (vega, "vega-lite", VegaView),
        (bokeh, "bokeh", BokehView),
        (pyplot, "matplotlib", MediaView),
    ],
)
def test_a_chart_of_any_library_is_found_and_shown(
    store: Store, run: tracking.Run, make: Callable[[], Any], library: str, view: type[View]
) -> None:
    tracking.log_chart("loss", make(), step=3)
    item, how = shown(store, run)
    assert (item.kind, item.section, item.name, item.step) == ("chart", "charts", "loss", 3)
    assert item.summary["library"] == library
    assert isinstance(how, view)
    plt.close("all")


@pytest.mark.parametrize(
    ("call", "make"),
    [
        ("log_plotly_chart", plotly),
        ("log_altair_chart", vega),
        ("log_bokeh_chart", bokeh),
        ("log_mpl_plotly_chart", pyplot),
        ("log_figure", plotly),
        ("log_vega_lite", lambda: vega().to_dict()),
    ],
)
def test_the_calls_named_after_libraries_keep_the_same_chart(
    store: Store, run: tracking.Run, call: str, make: Callable[[], Any]
) -> None:
    getattr(tracking, call)("loss", make())
    item, _ = shown(store, run)
    assert (item.kind, item.section) == ("chart", "charts")
    assert plt.get_fignums() == []


@pytest.mark.parametrize(("close", "left"), [(True, 0), (False, 1)])
def test_a_matplotlib_figure_is_an_image_too_and_closed_if_asked(
    store: Store, run: tracking.Run, close: bool, left: int
) -> None:
    tracking.log_mpl_image(pyplot(), "loss", close=close)
    item, how = shown(store, run)
    assert (item.section, item.name) == ("images", "loss")
    assert isinstance(how, MediaView)
    assert len(plt.get_fignums()) == left
    plt.close("all")


def png(tmp_path: Path) -> Path:
    path = tmp_path / "digit.png"
    Image.new("L", (8, 6)).save(path)
    return path


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (png, "digit"),
        (lambda folder: str(png(folder)), "digit"),
        (lambda folder: png(folder).read_bytes(), "image"),
        (lambda folder: Image.open(io.BytesIO(png(folder).read_bytes())), "image"),
        (lambda _: np.zeros((6, 8), dtype=np.uint8), "image"),
        (lambda _: np.zeros((6, 8, 3), dtype=np.uint8), "image"),
        (lambda _: np.zeros((3, 6, 8)), "image"),
    ],
)
def test_an_image_of_any_form_is_kept_with_its_size(
    store: Store, run: tracking.Run, tmp_path: Path, make: Callable[[Path], Any], name: str
) -> None:
    tracking.log_image(make(tmp_path), alt="A digit.")
    item, how = shown(store, run)
    assert (item.kind, item.name) == ("image", name)
    assert how == MediaView("image/png", "image", 8, 6, "A digit.")


def test_polyaxons_default_factor_leaves_fractions_as_they_are(store: Store, run: tracking.Run) -> None:
    tracking.log_image(np.full((2, 2, 3), 1.0), "white", rescale=1, dataformats="HWC")
    (item,) = store.objects.list([run.record.id])[run.record.id]
    with Image.open(io.BytesIO(store.blobs.read(item.blob))) as picture:
        assert picture.convert("L").getpixel((0, 0)) == 255


def test_boxes_are_drawn_onto_an_image(store: Store, run: tracking.Run) -> None:
    tracking.log_image_with_boxes(np.zeros((40, 40, 3), dtype=np.uint8), np.array([[5, 5, 30, 30]]), "boxed")
    (item,) = store.objects.list([run.record.id])[run.record.id]
    with Image.open(io.BytesIO(store.blobs.read(item.blob))) as picture:
        assert picture.convert("L").getextrema()[1] > 0


def test_several_images_are_named_by_place_or_by_key(store: Store, run: tracking.Run) -> None:
    blank = np.zeros((2, 2), dtype=np.uint8)
    tracking.log_images([blank, blank], "digits", step=1)
    tracking.log_images({"seven": blank}, step=1)
    assert [item.name for item in run.get_objects()] == ["digits/0", "digits/1", "seven"]


FRAME = pd.DataFrame({"age": [30, 40], "name": ["Ada", "Max"]})


@pytest.mark.parametrize(
    "table",
    [FRAME, pl.from_pandas(FRAME), pa.Table.from_pandas(FRAME), FRAME.to_dict("records"), FRAME.to_dict("list")],
)
def test_a_table_of_any_library_is_kept_with_its_profile(store: Store, run: tracking.Run, table: Any) -> None:
    tracking.log_table("people", table, units={"age": "years"})
    item, how = shown(store, run)
    assert (item.kind, item.section, item.summary["rows"]) == ("table", "tables", 2)
    assert isinstance(how, TableView)
    assert how.rows == ((30, "Ada"), (40, "Max"))
    assert [column.unit for column in how.columns] == ["years", None]


def test_log_dataframe_takes_polyaxons_arguments(store: Store, run: tracking.Run) -> None:
    tracking.log_dataframe(FRAME, "people", "csv", 2)
    item, _ = shown(store, run)
    assert (item.name, item.step, item.media_type) == ("people", 2, "application/vnd.apache.parquet")


@pytest.mark.parametrize(
    ("call", "text", "view"),
    [
        ("log_text", "plain", TextView("plain", "plain")),
        ("log_markdown", "# Title", TextView("# Title", "markdown")),
        ("log_html", "<p>hello</p>", HtmlView("<p>hello</p>")),
    ],
)
def test_texts_are_kept_as_written(store: Store, run: tracking.Run, call: str, text: str, view: View) -> None:
    getattr(tracking, call)("note", text)
    assert shown(store, run)[1] == view


def test_code_knows_its_language(store: Store, run: tracking.Run, tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text("print(1)\n")
    tracking.log_text("train.py", script, language="python")
    assert shown(store, run)[1] == TextView("print(1)\n", "code", "python")


def test_sound_and_film_are_kept(store: Store, run: tracking.Run) -> None:
    tracking.log_audio(np.zeros(800), "beep", sample_rate=8_000)
    tracking.log_video(np.zeros((3, 8, 8, 3), dtype=np.uint8), "clip", fps=2)
    assert [(item.section, item.name) for item in run.get_objects()] == [("audio", "beep"), ("video", "clip")]


def test_an_object_has_the_time_that_is_given(store: Store, run: tracking.Run) -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    tracking.log_text("note", "first", step=1, timestamp=at)
    assert shown(store, run)[0].at == at


def test_what_cannot_be_taken_is_refused_by_the_argument_and_stores_nothing(run: tracking.Run) -> None:
    for call, argument in [("log_chart", "figure"), ("log_table", "table"), ("log_text", "text")]:
        with pytest.raises(KindError, match=rf"`{argument}` \(object\) cannot be taken as"):
            getattr(tracking, call)("x", object())
    with pytest.raises(KindError, match="`data`"):
        tracking.log_image("https://example.org/cat.png")
    assert run.get_objects() == []


def test_log_takes_a_mapping_of_anything(store: Store, run: tracking.Run) -> None:
    tracking.log(
        {
            "loss": np.float64(0.5),
            "val": {"auc": 0.9, "people": FRAME},
            "chart": plotly(),
            "note": "all went well",
            "digit": Image.new("L", (2, 2)),
        },
        step=4,
    )
    found = {(item.section, item.name, item.step) for item in run.get_objects()}
    assert found == {
        ("tables", "val/people", 4),
        ("charts", "chart", 4),
        ("texts", "note", 4),
        ("images", "digit", 4),
    }
    metrics = {name: [(point.step, point.value) for point in points] for name, points in run.get_metrics().items()}
    assert metrics == {"loss": [(4, 0.5)], "val/auc": [(4, 0.9)]}
    with pytest.raises(KindError, match="`thing` is of type object, which no kind takes by itself"):
        tracking.log({"thing": object()})


def test_the_bytes_of_an_object_can_be_read_back(run: tracking.Run) -> None:
    tracking.log_text("note", "one", step=1)
    tracking.log_text("note", "two", step=2)
    assert run.get_artifact("texts/note") == b"two"
    assert run.get_artifact("texts/note", step=1) == b"one"
    with pytest.raises(NotFoundError, match=r"There is no object 'texts/no'.*texts/note"):
        run.get_artifact("texts/no")
