"""Reports: Markdown to live HTML, one frozen file, and PDF.

    document = resolve(parse(text), Reader(store, home=parse_ref("acme/churn")))
    page = live(document)

`parse` reads a text, `resolve` looks up what it names with a reader's rights, the back ends print, `check` says what is
wrong in a text. Everything loads at first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vitrina.reports.backends.live import Live, Site, live
    from vitrina.reports.backends.pdf import Paper
    from vitrina.reports.document import Document, Finding, Heading, Severity
    from vitrina.reports.edition import Edition, edition_of, edition_of_text
    from vitrina.reports.embeds.embed import Asked, Embed, EmbedError
    from vitrina.reports.means import Means
    from vitrina.reports.parsing import parse
    from vitrina.reports.printing import Target, check, print_stored, render
    from vitrina.reports.publishing import freeze, publish, thawed
    from vitrina.reports.resolving import resolve
    from vitrina.reports.shelf import Reader
    from vitrina.reports.worker import Limits, RenderError, Workers

__all__ = [
    "Asked",
    "Document",
    "Edition",
    "Embed",
    "EmbedError",
    "Finding",
    "Heading",
    "Limits",
    "Live",
    "Means",
    "Paper",
    "Reader",
    "RenderError",
    "Severity",
    "Site",
    "Target",
    "Workers",
    "check",
    "edition_of",
    "edition_of_text",
    "freeze",
    "live",
    "parse",
    "print_stored",
    "publish",
    "render",
    "resolve",
    "thawed",
]

_HOME = {
    "Asked": "embeds.embed",
    "Document": "document",
    "Edition": "edition",
    "Embed": "embeds.embed",
    "EmbedError": "embeds.embed",
    "Finding": "document",
    "Heading": "document",
    "Limits": "worker",
    "Live": "backends.live",
    "Means": "means",
    "Paper": "backends.pdf",
    "Reader": "shelf",
    "RenderError": "worker",
    "Severity": "document",
    "Site": "backends.live",
    "Target": "printing",
    "Workers": "worker",
    "check": "printing",
    "edition_of": "edition",
    "edition_of_text": "edition",
    "freeze": "publishing",
    "live": "backends.live",
    "parse": "parsing",
    "print_stored": "printing",
    "publish": "publishing",
    "render": "printing",
    "resolve": "resolving",
    "thawed": "publishing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
