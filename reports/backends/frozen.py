"""A document as one file that needs nothing else: opened from a disk, without network, it shows what was true when it
was made. The same revision over the same data gives the same bytes.

Charts are kept as data and drawn by Vega, which is in the file once. What Plotly and Bokeh drew is drawn by them in
frames without an origin, pages of HTML stand in such frames too. The file's own policy lets only its own scripts run,
by their digests, and nothing be fetched. One exception is forced: frames inherit the policy, so a file that holds
somebody's page of HTML lets inline scripts run in it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

from markupsafe import Markup

from vitrina.reports import libraries
from vitrina.reports.addresses import page_path
from vitrina.reports.backends.html import body, environment
from vitrina.reports.backends.live import contents, in_script
from vitrina.reports.backends.screen import ScreenPrinter, sources
from vitrina.reports.document import Document
from vitrina.reports.edition import Edition
from vitrina.reports.means import Means
from vitrina.reports.sheets import static
from vitrina.reports.shown import Chart, Foreign, Shot
from vitrina.reports.worker import RenderError
from vitrina.store import kinds
from vitrina.store.charts import theme
from vitrina.store.errors import InvalidError
from vitrina.store.records import Blob, LoggedObject
from vitrina.store.views import BokehView, HtmlView, PlotlyView

LARGEST_RECORDING = 10_000_000
"""Bytes of sound or film that a file carries."""


@dataclass
class _File:
    """The parts of the file as they come up: data by the id of its element, libraries by name."""

    means: Means
    hub_url: str | None
    data: dict[str, object] = field(default_factory=dict[str, object])
    libraries: dict[str, str] = field(default_factory=dict[str, str])
    has_charts: bool = False
    has_pages: bool = False

    def page(self, ref: str) -> str:
        return "" if self.hub_url is None else self.hub_url + page_path(ref)

    def opens(self, ref: str) -> str:
        del ref
        return ""  # an app is no part of what is frozen

    def bytes(self, item: LoggedObject) -> str:
        del item
        return ""

    def chart(self, chart: Chart, alt: str) -> Markup:
        self.has_charts = True
        name = self._kept(chart.spec)
        return Markup(
            '<div class="chart" role="img" aria-label="{alt}" data-spec="{name}"><noscript>This chart is drawn by the '
            "script in this file.</noscript></div>"
        ).format(alt=alt, name=name)

    def foreign(self, figure: Foreign, title: str) -> Markup:
        kind, content = self._figure(figure)
        return Markup(
            '<div class="framed" data-kind="{kind}" data-figure="{name}" data-title="{title}"><noscript>This figure is '
            "drawn by a script.</noscript></div>"
        ).format(kind=kind, name=self._kept(content), title=title)

    def picture_source(self, item: LoggedObject, media_type: str) -> str:
        return self._inline(item.blob, media_type)

    def recording_source(self, item: LoggedObject) -> str:
        if item.blob.size > LARGEST_RECORDING:
            raise InvalidError(f"{item.name} is too large to be carried by a file; it can be played on its page.")
        return self._inline(item.blob, item.media_type)

    def shot_source(self, shot: Shot) -> str:
        return self._inline(shot.blob, "image/png")

    def _inline(self, blob: Blob, media_type: str) -> str:
        content = base64.b64encode(self.means.read(blob)).decode()
        return f"data:{media_type.partition(';')[0]};base64,{content}"

    def _kept(self, value: object) -> str:
        name = f"data-{len(self.data) + 1}"
        self.data[name] = value
        return name

    def _figure(self, figure: Foreign) -> tuple[str, object]:
        """The kind of a foreign figure and what its library draws; the library is then a part of the file."""
        view = kinds.view(figure.item.kind, figure.item.summary, self.means.read(figure.item.blob))
        match view:
            case PlotlyView():
                self.libraries.setdefault("plotly", libraries.plotly())
                return "plotly", view.figure
            case BokehView():
                self.libraries.setdefault("bokeh", libraries.bokeh(view.version))
                return "bokeh", view.item
            case HtmlView():
                self.has_pages = True
                return "html", view.html
            case _:
                raise InvalidError(f"{figure.item.name} has no form for a frozen file.")


def frozen(document: Document, edition: Edition, means: Means) -> bytes:
    """The file of a resolved document. Raises RenderError where the drawing library cannot be had."""
    file = _File(means, edition.hub_url)
    text = body(document, ScreenPrinter(file, file, has_margin=True)) + sources(document, file)
    scripts = _scripts(file)
    page = environment().get_template("frozen.html")
    html = page.render(
        edition=edition,
        at=file,
        summary=document.matter.summary,
        headings=contents(document),
        text=text,
        policy=_policy(file, scripts),
        style=Markup(static("document.css") + static("prose.css")),  # noqa: S704 - ours
        scripts=_elements(file, scripts),
    )
    return html.encode(errors="replace")


def _scripts(file: _File) -> list[str]:
    """The scripts that run in the file itself, in their order."""
    vega = file.means.workers.vega().decode() if file.has_charts else ""
    scripts = [script for script in (vega, static("frozen.js")) if script]
    for script in scripts:
        if "</script" in script.lower() or "<!--" in script:
            raise RenderError("A drawing library cannot be put into a file as it is.")
    return scripts


def _elements(file: _File, scripts: list[str]) -> Markup:
    data: dict[str, object] = dict(file.data)
    if data:
        data["chart-themes"] = {"light": theme.config("light"), "dark": theme.config("dark")}
    data |= {f"library-{name}": text for name, text in file.libraries.items()}
    elements = [
        Markup('<script type="application/json" id="{}">{}</script>').format(name, in_script(value))
        for name, value in data.items()
    ]
    if file.libraries or file.has_pages:
        elements.append(_element("text/plain", static("frame.js"), name="frame-script"))
    elements += [_element("module", script) for script in scripts]
    return Markup("\n").join(elements)


def _element(kind: str, script: str, *, name: str = "") -> Markup:
    opening = (
        Markup('<script type="{}" id="{}">').format(kind, name) if name else Markup('<script type="{}">').format(kind)
    )
    return opening + Markup(script) + Markup("</script>")  # noqa: S704 - ours, and checked to hold no end of a script


def _policy(file: _File, scripts: list[str]) -> str:
    """What may happen in the file: its own scripts, inline pictures and styles, and no request at all."""
    if file.has_pages:
        allowed = "'unsafe-inline' 'unsafe-eval'"
    else:
        framed = [static("frame.js"), *file.libraries.values()] if file.libraries else []
        digests = " ".join(f"'{_digest(script)}'" for script in (*scripts, *framed))
        allowed = (digests or "'none'") + (" 'unsafe-eval'" if file.libraries else "")
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {allowed}",
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "media-src data:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
