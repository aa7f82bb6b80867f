"""Bokeh figures and layouts: kept as an embeddable item, drawn live by BokehJS of the same version."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from vitrina.store.charts.theme import SANS, palette
from vitrina.store.kinds.figures.figure import Kept, read_json
from vitrina.store.kinds.kind import KindError
from vitrina.store.libraries import comes_from, load
from vitrina.store.views import BokehView

LIBRARY = "bokeh"
MEDIA_TYPE = "application/vnd.bokeh.v3+json"

DEFAULT_COLOUR = "#1f77b4"
"""The colour that Bokeh gives a glyph whose author named none."""


def claims(value: object) -> bool:
    return comes_from(value, "bokeh", named="LayoutDOM")


def keep(value: Any) -> Kept:
    """The item has ids of its own, counted from one, so that the same figure gives the same bytes in every process."""
    is_free = value.document is None
    embedded = _load("bokeh.embed").json_item(value, theme=_look())
    if is_free:  # embedding puts the figure into a document of its own, and then no layout could take it any more
        value.document.clear()
    item = cast("dict[str, Any]", json.loads(_load("bokeh.core.json_encoder").serialize_json(embedded)))
    _renumber(item)
    _colour(item)
    roots = cast("list[dict[str, Any]]", item["doc"]["roots"])
    summary = {"library_version": _load("bokeh").__version__, "title": _title(roots[0])}
    payload = json.dumps(item, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
    return Kept(payload, MEDIA_TYPE, summary=summary)


def view(summary: Mapping[str, Any], payload: bytes) -> BokehView:
    item = read_json(payload)
    if not isinstance(item.get("doc"), dict):
        raise KindError("The stored figure is no Bokeh item.")
    return BokehView(item, str(summary.get("library_version", "")))


def _look() -> Any:
    """Our lines and letters where the figure has Bokeh's own look; a theme that the script chose stays."""
    themes = _load("bokeh.themes")
    if _load("bokeh.io").curdoc().theme is not themes.default:
        return _load("bokeh.embed.util").FromCurdoc
    light = palette("light")
    words = {"text_font": SANS, "text_font_style": "normal"}
    axis = {
        "axis_line_color": light.c_axis,
        "major_tick_line_color": light.c_axis,
        "minor_tick_line_color": None,
        "major_label_text_color": light.ink_3,
        "major_label_text_font": SANS,
        "axis_label_text_color": light.ink_2,
        "axis_label_text_font": SANS,
        "axis_label_text_font_style": "normal",
    }
    attributes = {
        "Axis": axis,
        "Grid": {"grid_line_color": light.c_grid},
        "Title": {**words, "text_color": light.ink},
        "Legend": {"label_text_font": SANS, "label_text_color": light.ink_2, "border_line_color": None},
        "Plot": {"outline_line_color": None},
    }
    return themes.Theme(json={"attrs": attributes})


def _load(module: str) -> Any:
    return load(module, extra="charts", purpose="A Bokeh figure")


def _objects(node: object) -> Iterator[dict[str, Any]]:
    """Every JSON object of an item, in the order written."""
    if isinstance(node, dict):
        found = cast("dict[str, Any]", node)
        yield found
        for value in found.values():
            yield from _objects(value)
    elif isinstance(node, list):
        for value in cast("list[object]", node):
            yield from _objects(value)


def _renumber(item: dict[str, Any]) -> None:
    numbers: dict[str, str] = {}
    for node in _objects(item):
        for key in ("id", "root_id"):
            if isinstance(old := node.get(key), str):
                node[key] = numbers.setdefault(old, f"p{len(numbers) + 1}")


def _colour(item: dict[str, Any]) -> None:
    ours = palette("light").category[0]
    for node in _objects(item):
        for key in ("line_color", "fill_color", "hatch_color"):
            value = node.get(key)
            if value == DEFAULT_COLOUR:
                node[key] = ours
            elif isinstance(value, dict) and cast("dict[str, Any]", value).get("value") == DEFAULT_COLOUR:
                value["value"] = ours


def _title(root: Mapping[str, Any]) -> str:
    title = cast("dict[str, Any]", root.get("attributes") or {}).get("title")
    attributes = cast("dict[str, Any]", title).get("attributes") if isinstance(title, dict) else None
    return str(cast("dict[str, Any]", attributes or {}).get("text", ""))
