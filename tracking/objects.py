"""Calls that log things to look at: charts, images, tables, texts, sound, film.

Names and order of arguments are those that scripts already write; an object of the same name at another step is the
same object later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from vitrina.store import libraries
from vitrina.tracking.moments import Step, Timestamp
from vitrina.tracking.recorder import Recorder


def log_chart(run: Recorder, name: str, figure: Any, step: Step = None, timestamp: Timestamp = None) -> None:
    """Keeps a figure of Plotly, Altair, Bokeh or Matplotlib, or a Vega-Lite spec as a dict: it is found which."""
    run.keep(figure, name, kind="chart", argument="figure", step=step, timestamp=timestamp)


def log_vega_lite(
    run: Recorder, name: str, spec: Mapping[str, Any], step: Step = None, timestamp: Timestamp = None
) -> None:
    """Keeps a Vega-Lite spec with its data inside."""
    run.keep(dict(spec), name, kind="chart", argument="spec", step=step, timestamp=timestamp)


def log_mpl_plotly_chart(
    run: Recorder, name: str, figure: Any, step: Step = None, timestamp: Timestamp = None, *, close: bool = True
) -> None:
    """Keeps a Matplotlib figure as the chart it is; `close` closes it, so that a loop does not collect figures."""
    log_chart(run, name, figure, step, timestamp)
    if close:
        _close(figure)


def log_image(
    run: Recorder,
    data: Any,
    name: str | None = None,
    step: Step = None,
    timestamp: Timestamp = None,
    rescale: float | None = None,
    dataformats: str | None = None,
    *,
    alt: str = "",
) -> None:
    """Keeps an image: a path, bytes, a Pillow image, an array (HWC, CHW or HW), or a figure; never an address.

    `name` None takes the file's. `dataformats` None finds how an array lies; `rescale` multiplies its values; `alt`
    says what is seen, for those who do not see it.
    """
    options = {"rescale": _factor(rescale), "dataformats": dataformats, "alt": alt}
    run.keep(
        data,
        name or _stem(data, "image"),
        kind="image",
        argument="data",
        step=step,
        timestamp=timestamp,
        options=options,
    )


def log_images(
    run: Recorder,
    images: Mapping[str, Any] | Iterable[Any],
    name: str = "image",
    step: Step = None,
    timestamp: Timestamp = None,
    *,
    dataformats: str | None = None,
) -> None:
    """Keeps several images: by their names in a mapping, else `name/0`, `name/1`, …"""
    if isinstance(images, Mapping):
        named = list(cast("Mapping[str, Any]", images).items())
    else:
        named = [(f"{name}/{place}", image) for place, image in enumerate(images)]
    for one, image in named:
        log_image(run, image, one, step, timestamp, dataformats=dataformats)


def log_image_with_boxes(
    run: Recorder,
    tensor_image: Any,
    tensor_boxes: Any,
    name: str | None = None,
    step: Step = None,
    timestamp: Timestamp = None,
    rescale: float | None = None,
    dataformats: str | None = None,
) -> None:
    """Keeps an image with boxes drawn onto it, each as left, top, right and bottom in pixels."""
    options = {"boxes": tensor_boxes, "rescale": _factor(rescale), "dataformats": dataformats}
    found = name or _stem(tensor_image, "image")
    run.keep(
        tensor_image, found, kind="image", argument="tensor_image", step=step, timestamp=timestamp, options=options
    )


def log_mpl_image(
    run: Recorder,
    data: Any,
    name: str | None = None,
    close: bool = True,
    step: Step = None,
    timestamp: Timestamp = None,
) -> None:
    """Keeps a Matplotlib figure as an image; `close` closes it, so that a loop does not collect figures."""
    run.keep(data, name or "figure", kind="image", argument="data", step=step, timestamp=timestamp)
    if close:
        _close(data)


def log_dataframe(
    run: Recorder,
    df: Any,
    name: str | None = None,
    content_type: str | None = None,
    step: Step = None,
    timestamp: Timestamp = None,
    *,
    units: Mapping[str, str] | None = None,
) -> None:
    """Keeps a table of pandas, Polars or Arrow as Parquet, with a profile of its columns.

    `content_type` is taken for the sake of scripts that name one: the table is Parquet in any case. `units` gives
    columns a unit.
    """
    del content_type
    run.keep(df, name or "table", kind="table", argument="df", step=step, timestamp=timestamp, options={"units": units})


def log_table(
    run: Recorder,
    name: str,
    table: Any,
    step: Step = None,
    timestamp: Timestamp = None,
    *,
    columns: Iterable[str] | None = None,
    units: Mapping[str, str] | None = None,
) -> None:
    """Keeps a table: also a list of dicts, a dict of columns, or an array whose `columns` are named here."""
    options = {"columns": list(columns) if columns is not None else None, "units": units}
    run.keep(table, name, kind="table", argument="table", step=step, timestamp=timestamp, options=options)


def log_text(
    run: Recorder,
    name: str,
    text: str | Path,
    step: Step = None,
    timestamp: Timestamp = None,
    *,
    language: str | None = None,
) -> None:
    """Keeps a text, or that of a file (a Path). `language` names the programming language of code ("python")."""
    options = {"language": language}
    run.keep(text, name, kind="text", argument="text", step=step, timestamp=timestamp, options=options)


def log_markdown(run: Recorder, name: str, text: str | Path, step: Step = None, timestamp: Timestamp = None) -> None:
    """Keeps a text in Markdown, or that of a file (a Path)."""
    run.keep(text, name, kind="markdown", argument="text", step=step, timestamp=timestamp)


def log_html(run: Recorder, name: str, html: str | Path, step: Step = None, timestamp: Timestamp = None) -> None:
    """Keeps a page, or that of a file (a Path); it is shown in a frame that can reach nothing."""
    run.keep(html, name, kind="html", argument="html", step=step, timestamp=timestamp)


def log_audio(
    run: Recorder,
    data: Any,
    name: str | None = None,
    sample_rate: int = 44_100,
    step: Step = None,
    timestamp: Timestamp = None,
    content_type: str | None = None,
    *,
    alt: str = "",
) -> None:
    """Keeps a sound: a path, bytes, or an array of samples (`sample_rate` a second). `content_type` is found."""
    del content_type
    options = {"sample_rate": sample_rate, "alt": alt}
    found = name or _stem(data, "audio")
    run.keep(data, found, kind="audio", argument="data", step=step, timestamp=timestamp, options=options)


def log_video(
    run: Recorder,
    data: Any,
    name: str | None = None,
    fps: float = 4,
    step: Step = None,
    timestamp: Timestamp = None,
    content_type: str | None = None,
    *,
    alt: str = "",
) -> None:
    """Keeps a film: a path, bytes, or an array of frames (`fps` a second). `content_type` is found."""
    del content_type
    options = {"fps": fps, "alt": alt}
    found = name or _stem(data, "video")
    run.keep(data, found, kind="video", argument="data", step=step, timestamp=timestamp, options=options)


def _factor(rescale: float | None) -> float | None:
    """Polyaxon's default of 1 means "as it is", also for fractions of 0 to 1."""
    return None if rescale == 1 else rescale


def _stem(data: object, otherwise: str) -> str:
    return Path(data).stem if isinstance(data, str | Path) else otherwise


def _close(figure: Any) -> None:
    """Frees a figure of pyplot, which lives until it is told otherwise; anything else is left alone."""
    if libraries.comes_from(figure, "matplotlib"):
        libraries.load("matplotlib.pyplot", extra="charts", purpose="A Matplotlib figure").close(figure)
