"""A document inside a page of the hub: a fragment without script or style of its own. The page's modules draw the
charts from the data beside them, and what other libraries drew stands in frames with an address of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from markupsafe import Markup

from vitrina.reports.addresses import frame_path, object_path, page_path, picture_path
from vitrina.reports.backends.html import body
from vitrina.reports.backends.screen import ScreenPrinter, sources
from vitrina.reports.document import Document, Finding, Heading
from vitrina.reports.shown import Chart, Foreign, Shot
from vitrina.store.charts.data import encode
from vitrina.store.charts.marks import units
from vitrina.store.charts.theme import HEIGHT, Spec
from vitrina.store.records import LoggedObject

FRAME_HEIGHT = 440


@dataclass(frozen=True, slots=True)
class Site:
    """The hub's addresses, as its pages have them."""

    library: str = "/-/static/vega.js"
    themes: str = "/-/static/chart-themes.json"
    has_margin: bool = False
    """Whether the page leaves room beside the text for notes on its values."""

    shows_title: bool = False
    """Whether the text's own title stands over it, as a heading of level 2; False: the page says it."""

    def page(self, ref: str) -> str:
        return page_path(ref)

    def opens(self, ref: str) -> str:
        return f"{self.page(ref)}/open"

    def bytes(self, item: LoggedObject) -> str:
        return object_path(item.id)

    def frame(self, item: LoggedObject) -> str:
        return frame_path(item.id)


@dataclass(frozen=True, slots=True)
class Live:
    """A document as it stands in a page."""

    html: str
    """Sanitised; holds no script that runs, no inline style and no `h1`."""

    title: str
    headings: Sequence[Heading]
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class _Bodies:
    site: Site

    def chart(self, chart: Chart, alt: str) -> Markup:
        return Markup(
            '<div class="chart{height}" role="img" aria-label="{alt}" data-library="{library}" data-themes="{themes}">'
            '<script type="application/json">{spec}</script>'
            "<noscript>Charts are drawn by a script.</noscript></div>"
        ).format(
            height=height_class(chart.spec),
            alt=alt,
            library=self.site.library,
            themes=self.site.themes,
            spec=in_script(chart.spec),
        )

    def foreign(self, figure: Foreign, title: str) -> Markup:
        return Markup(
            '<iframe class="boxed" src="{src}" title="{title}" sandbox="allow-scripts" loading="lazy" '
            'referrerpolicy="no-referrer" height="{height}"></iframe>'
        ).format(src=self.site.frame(figure.item), title=title, height=FRAME_HEIGHT)

    def picture_source(self, item: LoggedObject, media_type: str) -> str:
        del media_type
        return self.site.bytes(item)

    def recording_source(self, item: LoggedObject) -> str:
        return self.site.bytes(item)

    def shot_source(self, shot: Shot) -> str:
        return picture_path(shot.revision_id, shot.blob.digest)


def live(document: Document, *, site: Site | None = None) -> Live:
    """The fragment of a resolved document."""
    place = site or Site()
    printer = ScreenPrinter(place, _Bodies(place), place.has_margin)
    title = (
        Markup('<h2 id="doc-title">{}</h2>\n').format(document.title) if place.shows_title and document.title else ""
    )
    summary = Markup('<p class="lede">{}</p>\n').format(document.matter.summary) if document.matter.summary else ""
    html = title + summary + body(document, printer) + sources(document, place)
    return Live(str(html), document.title, contents(document), document.findings)


def contents(document: Document) -> Sequence[Heading]:
    """The headings, with the list of sources where there is one."""
    has_sources = 'id="doc-sources"' in sources(document, Site())
    return (*document.headings, *([Heading(2, "Sources", "doc-sources")] if has_sources else []))


def in_script(value: object) -> Markup:
    """JSON that no script element ends in: `<` never stands as itself."""
    return Markup(encode(value).decode().replace("<", "\\u003c").replace("\u2028", "\\u2028"))  # noqa: S704 - that is the point


def height_class(spec: Spec) -> str:
    """The class of the height that a chart asks for, where it is far from the usual one; begins with a blank."""
    height: object = spec.get("height")
    if isinstance(height, dict):
        height = _stepped(cast("dict[str, Any]", height), spec)
    if not isinstance(height, int):
        return ""
    for most, name in ((HEIGHT - 60, " h-low"), (HEIGHT + 80, ""), (480, " h-tall")):
        if height <= most:
            return name
    return " h-tower"


def _stepped(height: dict[str, Any], spec: Spec) -> int:
    """The height of a chart whose rows have one each."""
    rows = [cast("dict[str, Any]", row) for _, rows in units(spec) for row in rows if isinstance(row, dict)]
    names = {str(row["y"]) for row in rows if "y" in row}
    return int(height.get("step", 0) * len(names))
