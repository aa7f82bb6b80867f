"""The few neutral views of logged objects: live pages and print know these, never the kinds behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

ColumnKind: TypeAlias = Literal["number", "text", "bool", "time"]
Cell: TypeAlias = int | float | str | bool | datetime | date | None
"""One cell of a table. None is missing; NaN and the infinities are floats and stay what they are."""


@dataclass(frozen=True)
class VegaView:
    """A Vega-Lite chart: valid JSON, all of its data inside, no colour of ours yet (`charts.apply` puts the theme
    on)."""

    spec: dict[str, Any]


@dataclass(frozen=True)
class PlotlyView:
    """A Plotly figure as `{"data": […], "layout": {…}}`, drawn live by plotly.js in a sandboxed frame.

    `is_default_look` is true where the author left Plotly's own look: the figure's template is then ours for light
    pages, and may be exchanged for `charts.theme.plotly_template(theme)`.
    """

    figure: dict[str, Any]
    is_default_look: bool = False


@dataclass(frozen=True)
class BokehView:
    """A Bokeh item as `Bokeh.embed.embed_item` takes it, and the version of Bokeh that made it (BokehJS must match its
    minor)."""

    item: dict[str, Any]
    version: str


@dataclass(frozen=True)
class Column:
    """A column's head. Numbers are set to the right; `unit` (None: none) belongs in the head, not in the cells."""

    name: str
    kind: ColumnKind
    unit: str | None = None


@dataclass(frozen=True)
class TableView:
    """The first rows of a table, and how many it has in all."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total_rows: int


@dataclass(frozen=True)
class MediaView:
    """A picture, sound or film; its bytes are the object's blob, which the caller gives an address.

    `width` and `height` are pixels, None where unknown (always for sound). `alt` says what it shows, "" where nobody
    said it. An SVG picture may be shown by an `img` element only, never as a document.
    """

    media_type: str
    kind: Literal["image", "audio", "video"]
    width: int | None
    height: int | None
    alt: str


@dataclass(frozen=True)
class TextView:
    """Text to read. `language` names the language of code for highlighting, None where unknown."""

    text: str
    markup: Literal["plain", "markdown", "code"]
    language: str | None = None


@dataclass(frozen=True)
class HtmlView:
    """A page that a user logged: untrusted, to be shown in a sandboxed frame only."""

    html: str


View: TypeAlias = VegaView | PlotlyView | BokehView | TableView | MediaView | TextView | HtmlView
