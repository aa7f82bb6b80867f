"""A document as PDF: cover, contents, text with stills of its charts, and the list of sources. Laid out by WeasyPrint
in a render worker that gets all pictures with the page, and fetches nothing. The same revision over the same data gives
the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from markupsafe import Markup

from vitrina.reports import dates
from vitrina.reports.addresses import object_path, page_path
from vitrina.reports.backends.html import body, environment, text_body
from vitrina.reports.backends.live import contents
from vitrina.reports.backends.screen import values_in
from vitrina.reports.code import coloured
from vitrina.reports.document import Document, Place
from vitrina.reports.edition import Edition
from vitrina.reports.means import Means
from vitrina.reports.press import SCHEME
from vitrina.reports.sheets import static
from vitrina.reports.shown import (
    Body,
    Broken,
    Card,
    Chart,
    Chip,
    Figure,
    Foreign,
    Grid,
    Passage,
    Picture,
    Recording,
    Shown,
    Value,
)
from vitrina.reports.still import still
from vitrina.store import charts, kinds
from vitrina.store.charts.theme import Spec
from vitrina.store.errors import VitrinaError
from vitrina.store.records import LoggedObject
from vitrina.store.views import BokehView, PlotlyView

MOST_ROWS = 100
"""Rows of a table on paper; a table of 2 000 took 18.8 s to lay out, and nobody reads it."""

LONG_TABLE = 14
"""A table of more rows may break over pages; a shorter one stays together."""

WIDE_TABLE = 9
"""A table of more columns gets a page of its own, turned."""


class Paper(Enum):
    """Size and margins (top, right, bottom, left), as CSS has them."""

    A4 = "A4", "24mm 22mm 26mm 28mm", 582
    LETTER = "Letter", "0.95in 0.85in 1in 1.1in", 600

    def __init__(self, size: str, margin: str, chart_px: int) -> None:
        self.size = size
        self.margin = margin
        self.chart_px = chart_px
        """Pixels (96 to the inch) across the inside of a figure's frame."""


@dataclass
class _Printer:
    """A Printer for paper."""

    means: Means
    paper: Paper
    hub_url: str | None
    resources: dict[str, tuple[str, bytes]] = field(default_factory=dict[str, tuple[str, bytes]])

    def page(self, ref: str) -> str:
        return "" if self.hub_url is None else self.hub_url + page_path(ref)

    def page_of_object(self, item: LoggedObject) -> str:
        return "" if self.hub_url is None else self.hub_url + object_path(item.id)

    def block(self, place: Place, shown: Shown) -> Markup:
        match shown:
            case Figure():
                return self._figure(shown)
            case Card():
                return _macro("card", self, shown, self._shot(shown))
            case Broken():
                return _macro("broken", shown)
            case Chip() | Value():
                return Markup("<p>{}</p>").format(self.inline(place, shown))

    def inline(self, place: Place, shown: Shown) -> Markup:
        match shown:
            case Chip():
                return _macro("chip", self, shown)
            case Value():
                return _macro("value", shown)
            case Broken():
                return _macro("gone", shown if shown.text else replace(shown, text=place.text))
            case Figure() | Card():
                return _macro("gone", Broken("thing", "it takes lines of its own.", place.text))

    def code(self, text: str, language: str) -> Markup:
        return _macro("code", coloured(text, language))

    def margin(self, values: Sequence[Value]) -> Markup:
        del values  # paper has the list of sources at its end
        return Markup()

    def _shot(self, card: Card) -> str:
        """The address of a card's picture; empty where it has none, or it cannot be read: the card stands without."""
        try:
            return self._kept("image/png", self.means.read(card.shot.blob)) if card.shot is not None else ""
        except VitrinaError:
            return ""

    def _figure(self, figure: Figure) -> Markup:
        """One that cannot be drawn becomes a placeholder; the pages around it are unharmed."""
        try:
            printed = [(label, self._body(one, figure)) for label, one in figure.bodies]
        except VitrinaError as error:
            return _macro("broken", Broken("figure", error.message, figure.title, hint=error.hint or ""))
        grids = [one for _, one in figure.bodies if isinstance(one, Grid)]
        is_long = any(len(grid.rows) > LONG_TABLE for grid in grids) or any(
            isinstance(one, Passage) for _, one in figure.bodies
        )
        is_wide = any(len(grid.heads) > WIDE_TABLE for grid in grids)
        return _macro("figure", self, figure, printed, is_long or len(printed) > 1, is_wide)

    def _body(self, one: Body, figure: Figure) -> Markup:
        match one:
            case Chart():
                return self._chart(one.spec, figure)
            case Foreign():
                return self._foreign(one, figure)
            case Grid():
                return _macro("grid", self, one, one.rows[:MOST_ROWS])
            case Picture():
                source = self._kept(one.media_type, self.means.read(one.item.blob))
                return _macro("picture", source, figure.alt)
            case Recording():
                what = "Sound cannot be printed." if one.medium == "audio" else "Film cannot be printed."
                return _macro("elsewhere", what, self._where(figure))
            case Passage(is_markdown=True):
                return text_body(one.text, self)
            case Passage():
                return _macro("words" if one.language is None else "code", coloured(one.text, one.language or ""))

    def _chart(self, spec: Spec, figure: Figure, note: str = "") -> Markup:
        drawn = still(spec, self.means.workers, width=self.paper.chart_px)
        return _macro("still", self._kept(drawn.media_type, drawn.content), figure.alt, note)

    def _foreign(self, one: Foreign, figure: Figure) -> Markup:
        """The picture that was kept when it was logged, else the figure redrawn, else a word where it is to be seen."""
        item = one.item
        if item.still is not None and item.still_media_type is not None:
            return _macro("picture", self._kept(item.still_media_type, self.means.read(item.still)), figure.alt)
        match kinds.view(item.kind, item.summary, self.means.read(item.blob)):
            case PlotlyView(figure=drawn):
                spec, library = charts.from_plotly(drawn), "Plotly"
            case BokehView(item=drawn):
                spec, library = charts.from_bokeh(drawn), "Bokeh"
            case _:
                return _macro("elsewhere", "A page of HTML cannot be printed.", self._where(figure))
        if spec is not None:
            return self._chart(spec, figure, f"Drawn anew from the data of a {library} figure.")
        return _macro(
            "elsewhere", f"{library} draws this figure by a script, and paper runs none.", self._where(figure)
        )

    def _where(self, figure: Figure) -> str:
        return self.page(figure.sources[0].ref) if figure.sources else ""

    def _kept(self, media_type: str, content: bytes) -> str:
        """The address of a picture that goes to the worker with the page."""
        name = f"{len(self.resources) + 1}-{hashlib.sha256(content).hexdigest()[:16]}"
        self.resources[name] = (media_type.partition(";")[0], content)
        return SCHEME + name


def pdf(document: Document, edition: Edition, means: Means, *, paper: Paper = Paper.A4) -> bytes:
    """The file of a resolved document. Raises RenderError where it cannot be laid out."""
    printer = _Printer(means, paper, edition.hub_url)
    text = body(document, printer)
    values = values_in(document)
    if values:
        text += _macro("sources", printer, values)
    html = (
        environment()
        .get_template("pdf.html")
        .render(
            edition=edition,
            at=printer,
            summary=document.matter.summary,
            headings=contents(document),
            text=text,
            foot=" · ".join(part for part in (edition.number, edition.hash_groups, dates.day(edition.dated)) if part),
            style=Markup(f"{static('print.css')}@page {{ size: {paper.size}; margin: {paper.margin}; }}"),  # noqa: S704 - ours
        )
    )
    return means.workers.pdf(html, printer.resources, identifier=_identifier(html, printer.resources), base_url=None)


def _identifier(html: str, resources: Mapping[str, tuple[str, bytes]]) -> str:
    """Names the content: the same content has the same one."""
    digest = hashlib.sha256(html.encode(errors="replace"))
    for name in sorted(resources):
        digest.update(name.encode())
    return digest.hexdigest()[:32]


def _macro(name: str, *given: Any) -> Markup:
    return Markup(getattr(environment().get_template("print.html").module, name)(*given))  # noqa: S704 - our template escapes
