"""Logged objects as a page shows them. The kind decides which way; what is large or foreign comes by an address."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import ClassVar, TypeAlias

from markupsafe import Markup

from vitrina.hub import format as fmt
from vitrina.hub.pages import paths
from vitrina.hub.pages.snippets import coloured
from vitrina.store import kinds
from vitrina.store.errors import VitrinaError
from vitrina.store.records import Blob, LoggedObject
from vitrina.store.views import Cell, Column, MediaView, TableView, TextView

FRAMED = frozenset({"plotly", "bokeh"})
"""Libraries whose figures need scripts and styles of their own: shown in a sandboxed document."""

PICTURED = "matplotlib"
"""The library whose figures were drawn when they were logged."""

MEDIA_SECTIONS = frozenset({"images", "audio", "video"})
READ_LIMIT_BYTES = 5_000_000
"""A table or text larger than this is offered as a file: reading it would hold the page up."""

FRAME_HEIGHT_PX = 340
STEPS_SHOWN = 8
"""Pictures of one name at several steps that stand beside each other."""


@dataclass(frozen=True)
class Chart:
    way: ClassVar[str] = "chart"
    title: str
    spec_url: str
    still_url: str | None = None
    height: str = ""
    """A class of `page.css`; empty is the usual height."""


@dataclass(frozen=True)
class Framed:
    way: ClassVar[str] = "frame"
    title: str
    url: str
    height: int = FRAME_HEIGHT_PX


@dataclass(frozen=True)
class Head:
    head: str
    is_number: bool


@dataclass(frozen=True)
class CellShown:
    shown: str
    css: str = ""
    full: str = ""


@dataclass(frozen=True)
class Table:
    way: ClassVar[str] = "table"
    title: str
    columns: Sequence[Head]
    rows: Sequence[Sequence[CellShown]]
    note: str


@dataclass(frozen=True)
class Media:
    way: ClassVar[str] = "media"
    medium: str
    url: str
    alt: str
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Prose:
    way: ClassVar[str] = "prose"
    html: Markup


@dataclass(frozen=True)
class Text:
    way: ClassVar[str] = "text"
    text: Markup


@dataclass(frozen=True)
class Broken:
    way: ClassVar[str] = "broken"
    why: str


Shown: TypeAlias = Chart | Framed | Table | Media | Prose | Text | Broken


@dataclass(frozen=True)
class Exhibit:
    """A logged object in its case: one name, at its last step or at several."""

    title: str
    anchor: str
    """What stands after `#` in its reference."""

    caption: str
    download: str
    shown: Sequence[Shown]
    is_wide: bool


@dataclass(frozen=True)
class Showing:
    """What is needed to show objects, so that this module asks nothing itself."""

    read: Callable[[Blob], bytes]
    prose: Callable[[str], Markup]
    clock: fmt.Clock


def exhibits(objects: Sequence[LoggedObject], showing: Showing) -> dict[str, list[Exhibit]]:
    """By section, in the order in which the store lists them."""
    found: dict[str, list[Exhibit]] = {}
    for (section, _), same in groupby(objects, key=lambda item: (item.section, item.name)):
        found.setdefault(section, []).append(_exhibit(list(same), showing))
    return found


def show(item: LoggedObject, showing: Showing) -> Shown:
    """One object. What cannot be read is explained in its place; the page around it is unharmed."""
    try:
        return _show(item, showing)
    except (VitrinaError, ValueError, KeyError, OSError) as error:
        return Broken(f"{item.name} was kept, but cannot be shown: {error}")


def _exhibit(same: Sequence[LoggedObject], showing: Showing) -> Exhibit:
    last = same[-1]
    side_by_side = last.section == "images" and len(same) > 1
    chosen = same[-STEPS_SHOWN:] if side_by_side else [last]
    return Exhibit(
        title=last.name,
        anchor=f"{last.section}/{last.name}",
        caption=_caption(same, len(chosen), showing.clock),
        download=paths.object_bytes(last),
        shown=[show(item, showing) for item in chosen],
        is_wide=last.section in ("tables", "texts", "html") or side_by_side,
    )


def _caption(same: Sequence[LoggedObject], shown: int, clock: fmt.Clock) -> str:
    last = same[-1]
    at = f"step {fmt.given(last.step)}" if last.step is not None else f"logged {clock.ago(last.at)}"
    if len(same) == 1:
        return at
    return f"{at}, the last of {len(same)}" if shown == 1 else f"{shown} of {len(same)} steps, {at} last"


def _show(item: LoggedObject, showing: Showing) -> Shown:
    library = item.summary.get("library")
    if item.section == "html" or library in FRAMED:
        return Framed(item.name, paths.object_frame(item))
    if item.section in MEDIA_SECTIONS or library == PICTURED:
        return _media(item, kinds.view(item.kind, item.summary, b""))
    if item.section == "charts":
        return Chart(item.name, paths.object_spec(item), paths.object_bytes(item, still=True) if item.still else None)
    if item.blob.size > READ_LIMIT_BYTES:
        return Broken(f"It is {fmt.size(item.blob.size)} large; take it as a file.")
    match kinds.view(item.kind, item.summary, showing.read(item.blob)):
        case TableView() as table:
            return table_of(item.name, table)
        case TextView() as text:
            return _text(text, showing)
        case other:
            return Broken(f"Objects of kind {item.kind} are shown as files only ({type(other).__name__}).")


def _media(item: LoggedObject, view: object) -> Shown:
    if not isinstance(view, MediaView):
        return Broken(f"{item.kind} is no picture, sound or film.")
    alt = view.alt or f"{item.name}, logged as {view.kind}"
    return Media(view.kind, paths.object_bytes(item), alt, view.width, view.height)


def _text(view: TextView, showing: Showing) -> Shown:
    match view.markup:
        case "markdown":
            return Prose(showing.prose(view.text))
        case "code":
            return Text(coloured(view.text, view.language or "text"))
        case "plain":
            return Text(Markup() + view.text)


def table_of(title: str, view: TableView) -> Table:
    """A table with one precision a column, numbers to the right, and how much of it is shown."""
    by_column = [_cells(column, [row[place] for row in view.rows]) for place, column in enumerate(view.columns)]
    rows = [list(row) for row in zip(*by_column, strict=True)] if by_column else []
    heads = [Head(f"{one.name}, {one.unit}" if one.unit else one.name, one.kind == "number") for one in view.columns]
    whole = fmt.count(view.total_rows, "row")
    note = f"{fmt.number(len(view.rows))} of {whole}" if len(view.rows) < view.total_rows else whole
    return Table(title, heads, rows, note)


def _cells(column: Column, values: Sequence[Cell]) -> list[CellShown]:
    if column.kind != "number":
        return [_word(value) for value in values]
    numbers = [value if isinstance(value, int | float) else None for value in values]
    precision = fmt.precision_of(numbers)
    return [_number(value, precision) for value in numbers]


def _number(value: fmt.Number | None, precision: fmt.Precision) -> CellShown:
    shown = precision.show(value)
    if value is None or not math.isfinite(value):
        return CellShown(shown, "n none")
    whole = fmt.full(value)
    return CellShown(shown, "n", whole if whole != shown else "")


def _word(value: Cell) -> CellShown:
    match value:
        case None:
            return CellShown(fmt.MISSING, "none")
        case datetime():
            return CellShown(value.isoformat(sep=" ", timespec="seconds"))
        case date():
            return CellShown(value.isoformat())
        case _:
            return CellShown(fmt.given(value))


def sections(found: Mapping[str, Sequence[Exhibit]]) -> list[tuple[str, Sequence[Exhibit]]]:
    """Sections with their title, in the order in which a page shows them."""
    titles = {
        "charts": "Charts",
        "images": "Images",
        "tables": "Tables",
        "texts": "Texts",
        "html": "Pages",
        "audio": "Sound",
        "video": "Film",
        "files": "Files",
    }
    return [(title, found[section]) for section, title in titles.items() if found.get(section)]
