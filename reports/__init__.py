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
    from vitrina.reports.document import Document, Finding, Heading, Severity
    from vitrina.reports.embeds.embed import Asked, Embed, EmbedError
    from vitrina.reports.parsing import parse
    from vitrina.reports.resolving import resolve
    from vitrina.reports.shelf import Reader

__all__ = [
    "Asked",
    "Document",
    "Embed",
    "EmbedError",
    "Finding",
    "Heading",
    "Live",
    "Reader",
    "Severity",
    "Site",
    "live",
    "parse",
    "resolve",
]

_HOME = {
    "Asked": "embeds.embed",
    "Document": "document",
    "Embed": "embeds.embed",
    "EmbedError": "embeds.embed",
    "Finding": "document",
    "Heading": "document",
    "Live": "backends.live",
    "Reader": "shelf",
    "Severity": "document",
    "Site": "backends.live",
    "live": "backends.live",
    "parse": "parsing",
    "resolve": "resolving",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
