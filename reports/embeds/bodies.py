"""Logged objects as what a figure holds. Back ends print these; which kind of object was behind it they never see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from vitrina.reports import dates
from vitrina.reports.embeds.embed import Asked, EmbedError, Thing, UnknownNameError
from vitrina.reports.keys import suggestion
from vitrina.reports.shelf import Shelf, names_in, newest_object
from vitrina.reports.shown import Body, Cell, Chart, Figure, Foreign, Grid, Head, Passage, Picture, Recording
from vitrina.reports.things import source
from vitrina.store import charts, kinds
from vitrina.store.charts import numbers
from vitrina.store.records import LoggedObject
from vitrina.store.views import (
    BokehView,
    Column,
    HtmlView,
    MediaView,
    PlotlyView,
    TableView,
    TextView,
    VegaView,
)
from vitrina.store.views import (
    Cell as RawCell,
)

MEDIA_SECTIONS = frozenset({"images", "audio", "video"})
"""Shown from what the list says of them: their bytes are not read here."""

LARGEST_SPEC = 5_000_000
"""Bytes of a chart's data that a page carries."""


def part_objects(asked: Asked, shelf: Shelf) -> list[tuple[Thing, LoggedObject]]:
    """The object that the part names, of each of the things; raises UnknownNameError that says what there is."""
    part = asked.part
    assert part is not None
    found: list[tuple[Thing, LoggedObject]] = []
    for thing in asked.things:
        if thing.found.run_id is None:
            raise EmbedError(f"{thing.ref} was logged without a run, and has no {part.section}.")
        objects = shelf.objects(thing.found.run_id)
        item = newest_object(objects, part.section, part.name)
        if item is None:
            known = names_in(objects, part.section)
            what = part.section.removesuffix("s")
            raise UnknownNameError(f"{thing.ref} has no {what} `{part.name}`.{suggestion(part.name, known)}")
        found.append((thing, item))
    return found


def figure_of(asked: Asked, bodies: Sequence[tuple[str, Body]], *, title: str, alt: str = "") -> Figure:
    """The figure of what a reference names. The author's words are its title and its alternative text."""
    said = asked.place.text.strip()
    alt = alt or next((body.alt for _, body in bodies if isinstance(body, Picture)), "")
    return Figure(
        title=said or title,
        alt=said or alt or title,
        bodies=tuple(bodies),
        sources=tuple(source(thing) for thing in asked.things),
        caption=asked.place.caption,
    )


def body_of(item: LoggedObject, shelf: Shelf) -> Body:
    """Raises KindError and other errors of the store for an object that cannot be shown."""
    view = kinds.view(item.kind, item.summary, b"") if item.section in MEDIA_SECTIONS else shelf.view(item)
    match view:
        case VegaView():
            return chart_of(view, item.blob.size)
        case PlotlyView() | BokehView() | HtmlView():
            return Foreign(item)
        case TableView():
            return grid_of(view, item)
        case MediaView(kind="image"):
            return Picture(item, view.media_type, view.alt, view.width, view.height)
        case MediaView():
            return Recording(item, view.kind)
        case TextView():
            return Passage(view.text, view.language, is_markdown=view.markup == "markdown")


def chart_of(view: VegaView, size: int) -> Chart:
    """A chart that fetches nothing, brings all of its data, and is small enough for a page."""
    if size > LARGEST_SPEC:
        raise EmbedError(f"The chart brings {size / 1e6:.0f} MB of data; {LARGEST_SPEC // 1_000_000} MB is the most.")
    charts.check(view.spec)
    return Chart(view.spec)


def grid_of(view: TableView, item: LoggedObject) -> Grid:
    """A logged table with one precision a column."""
    columns = [_cells(column, [row[place] for row in view.rows]) for place, column in enumerate(view.columns)]
    heads = [Head(f"{one.name}, {one.unit}" if one.unit else one.name, one.kind == "number") for one in view.columns]
    return Grid(tuple(heads), tuple(zip(*columns, strict=True)), view.total_rows, source=item)


def number_cells(values: Sequence[float | None], *, best: float | None = None) -> list[Cell]:
    """Cells of a column of numbers; those that equal `best` are marked."""
    return [
        Cell(
            text,
            is_number=True,
            is_missing=value is None,
            is_best=best is not None and value == best,
            full="" if value is None or text == repr(value) else repr(value),
        )
        for value, text in zip(values, numbers.column(values), strict=True)
    ]


def word_cell(value: RawCell) -> Cell:
    match value:
        case None:
            return Cell(numbers.MISSING, is_missing=True)
        case bool():
            return Cell("true" if value else "false")
        case datetime():
            return Cell(dates.minute(value))
        case date():
            return Cell(value.isoformat())
        case _:
            return Cell(str(value))


def _cells(column: Column, values: Sequence[RawCell]) -> list[Cell]:
    if column.kind != "number":
        return [word_cell(value) for value in values]
    return number_cells([value if isinstance(value, int | float) else None for value in values])
