"""One door to the three back ends."""

from __future__ import annotations

from enum import StrEnum

from vitrina.reports.backends.frozen import frozen
from vitrina.reports.backends.live import live
from vitrina.reports.backends.pdf import Paper, pdf
from vitrina.reports.document import Document, Finding
from vitrina.reports.edition import Edition
from vitrina.reports.means import Means
from vitrina.reports.parsing import parse
from vitrina.reports.resolving import resolve
from vitrina.reports.shelf import Reader


class Target(StrEnum):
    """What to print; the value is the word of the command line."""

    LIVE = "live"
    """The fragment that stands in a page of the hub."""

    FROZEN = "html"
    """One file that needs nothing else."""

    PDF = "pdf"

    @property
    def media_type(self) -> str:
        return "application/pdf" if self is Target.PDF else "text/html; charset=utf-8"


def render(document: Document, to: Target, *, edition: Edition, means: Means, paper: Paper = Paper.A4) -> bytes:
    """A resolved document as bytes; the same document and edition give the same bytes. `paper` is for PDF only."""
    match to:
        case Target.LIVE:
            return live(document).html.encode(errors="replace")
        case Target.FROZEN:
            return frozen(document, edition, means)
        case Target.PDF:
            return pdf(document, edition, means, paper=paper)


def check(text: str, reader: Reader, *, hub_url: str | None = None) -> list[Finding]:
    """What is wrong in a text, in the order of its lines: nothing is printed, everything is looked up."""
    return list(resolve(parse(text, hub_url=hub_url), reader).findings)
