"""Matplotlib figures and axes: kept as an SVG picture with a PNG beside it, both made at log time."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from vitrina.store.kinds.figures.figure import Kept
from vitrina.store.kinds.pictures import sniff
from vitrina.store.libraries import comes_from, load
from vitrina.store.views import MediaView

LIBRARY = "matplotlib"
SCREEN_DPI = 96
STILL_DPI = 2 * SCREEN_DPI

LARGEST_SVG = 1_000_000
"""Bytes beyond which the drawing is kept as pixels: it then has more strokes than a page should hold."""


def claims(value: object) -> bool:
    return comes_from(value, "matplotlib", named="Figure") or comes_from(value, "matplotlib", named="Axes")


def keep(value: Any) -> Kept:
    matplotlib = load("matplotlib", extra="charts", purpose="A Matplotlib figure")
    figure = value if comes_from(value, "matplotlib", named="Figure") else value.figure
    # Without these two, ids in the file and its date would differ each time the same figure is drawn.
    with matplotlib.rc_context({"svg.hashsalt": "vitrina"}):
        svg = _drawn(figure, "svg", SCREEN_DPI, {"Date": None})
    png = _drawn(figure, "png", STILL_DPI, {"Software": None})
    picture = sniff(png)
    assert picture is not None
    width, height = (round((size or 0) * SCREEN_DPI / STILL_DPI) for size in (picture.width, picture.height))
    summary = {
        "library_version": matplotlib.__version__,
        "title": _title(figure),
        "width": width,
        "height": height,
    }
    if len(svg) > LARGEST_SVG:
        return Kept(png, "image/png", ".png", summary | {"media_type": "image/png"}, png)
    return Kept(svg, "image/svg+xml", ".svg", summary | {"media_type": "image/svg+xml"}, png)


def view(summary: Mapping[str, Any], payload: bytes) -> MediaView:
    media_type = "image/png" if summary.get("media_type") == "image/png" else "image/svg+xml"
    return MediaView(media_type, "image", summary.get("width"), summary.get("height"), str(summary.get("title", "")))


def png_of(figure: Any) -> bytes:
    """A figure or axes as PNG, twice as fine as a screen."""
    return _drawn(getattr(figure, "figure", figure), "png", STILL_DPI, {"Software": None})


def _drawn(figure: Any, form: str, dpi: int, metadata: Mapping[str, None]) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=form, dpi=dpi, metadata=metadata, bbox_inches="tight", pad_inches=0.05)
    return buffer.getvalue()


def _title(figure: Any) -> str:
    """The figure's own title, else that of its only or first axes."""
    own = figure.get_suptitle()
    return str(own or next((axes.get_title() for axes in figure.axes if axes.get_title()), ""))
