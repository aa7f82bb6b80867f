"""A chart: a figure of Plotly, Altair, Vega-Lite, Bokeh or Matplotlib, kept as its library understands it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitrina.store.kinds.figures import bokeh, matplotlib, plotly, vega_lite
from vitrina.store.kinds.figures.figure import Figure
from vitrina.store.kinds.kind import KindError, Section, Taken
from vitrina.store.views import View

NAME = "chart"
SECTION = Section.CHARTS
TAKES = "a figure of Plotly, Altair, Bokeh or Matplotlib, or a Vega-Lite spec as a dict"

LIBRARIES: tuple[Figure, ...] = (vega_lite, plotly, bokeh, matplotlib)


def claims(value: object) -> bool:
    return any(library.claims(value) for library in LIBRARIES)


def take(value: object) -> Taken:
    """The summary says the `library`, its version, the figure's `title`, and how much there is to draw."""
    library = next((library for library in LIBRARIES if library.claims(value)), None)
    if library is None and isinstance(value, dict):
        library = vega_lite
    if library is None:
        raise KindError("it is no figure of a known library")
    kept = library.keep(value)
    summary = {"library": library.LIBRARY, **kept.summary}
    return Taken(
        NAME,
        kept.payload,
        kept.media_type,
        kept.extension,
        summary,
        still=kept.still,
        still_media_type="image/png" if kept.still else None,
    )


def view(summary: Mapping[str, Any], payload: bytes) -> View:
    for library in LIBRARIES:
        if summary.get("library") == library.LIBRARY:
            return library.view(summary, payload)
    raise KindError(f"No library called {summary.get('library')!r} is known for charts.")
