"""One door to the three back ends."""

from __future__ import annotations

from enum import StrEnum

from vitrina.reports.backends.frozen import frozen
from vitrina.reports.backends.live import live
from vitrina.reports.backends.pdf import Paper, pdf
from vitrina.reports.document import Document, Finding
from vitrina.reports.edition import Edition, edition_of
from vitrina.reports.means import Means
from vitrina.reports.parsing import parse
from vitrina.reports.publishing import NoReportError, thawed
from vitrina.reports.resolving import resolve
from vitrina.reports.shelf import Reader
from vitrina.reports.worker import Workers
from vitrina.store.opening import Store
from vitrina.store.records import MayRead, everything
from vitrina.store.refs import Ref, parse_ref


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


def print_stored(
    store: Store,
    ref: Ref,
    to: Target,
    workers: Workers,
    *,
    may_read: MayRead = everything,
    hub_url: str | None = None,
    paper: Paper = Paper.A4,
) -> bytes:
    """A stored report or README as it is now, or, by `@NUMBER`, a snapshot of it: its HTML as it was kept, other forms
    only if they would show the same (see `publishing.thawed`)."""
    report = store.find(ref, may_read=may_read).report
    if report is None:
        raise NoReportError(ref)
    number = ref.readme_snapshot if ref.readme else int(ref.selector) if ref.selector else None
    means = Means(store.blobs.read, workers)
    if number is not None:
        if to is Target.FROZEN:
            return store.blobs.read(store.reports.snapshot(report, number).blob)
        document, edition = thawed(store, report, number, workers, hub_url=hub_url)
    else:
        reader = Reader(store, may_read, home=parse_ref(report.subject_ref))
        document = resolve(parse(report.text, hub_url=hub_url), reader)
        edition = edition_of(report, document, hub_url=hub_url)
    return render(document, to, edition=edition, means=means, paper=paper)


def check(text: str, reader: Reader, *, hub_url: str | None = None) -> list[Finding]:
    """What is wrong in a text, in the order of its lines: nothing is printed, everything is looked up."""
    return list(resolve(parse(text, hub_url=hub_url), reader).findings)
