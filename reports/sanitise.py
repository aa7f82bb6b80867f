"""HTML that an author may write: what is on the list stays, all else goes. What Vitrina itself puts in comes after
this."""

from __future__ import annotations

import re
from functools import cache

import nh3

ID_PREFIX = "doc-"
"""Before every id that comes from a text, so that none is an id of the page around it."""

PICTURE_DATA = ("data:image/png;", "data:image/jpeg;", "data:image/webp;", "data:image/gif;")
"""Pictures that a text may bring in itself. SVG is none of them: it can hold a page."""

# No h1: a page has one, its title.
_TAGS = """
    a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h2 h3 h4
    h5 h6 hr i img input ins kbd li mark ol p picture pre q s samp section small source span strike strong sub summary
    sup table tbody td tfoot th thead time tr tt u ul var wbr
"""
TAGS = frozenset(_TAGS.split())
ALERTS = ("note", "tip", "important", "warning", "caution")

ATTRIBUTES = {
    "*": {"id", "title", "lang", "dir"},
    "a": {"href"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height"},
    "input": {"type", "checked", "disabled"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope"},
    "time": {"datetime"},
}

CLASSES = {
    "div": {"markdown-alert", "scroll"} | {f"markdown-alert-{kind}" for kind in ALERTS},
    "p": {"markdown-alert-title"},
    "span": {"math", "inline"},
    "sup": {"footnote-ref"},
    "section": {"footnotes"},
    "ol": {"footnotes-list"},
    "li": {"footnote-item", "task-list-item"},
    "ul": {"contains-task-list"},
    "a": {"footnote-backref"},
    "table": {"data"},
    "th": {"n"},
    "td": {"n"},
}

SLOT = "data-slot"
"""The attribute of an empty element in whose place something of ours is put after the cleaning."""


def sanitised(html: str) -> str:
    """The HTML, harmless, in a form in which quotes and brackets in attributes are always escaped."""
    return _BOX.sub(_named, _cleaner().clean(html))


_BOX = re.compile(r"<input([^>]*)>")


def _named(box: re.Match[str]) -> str:
    """A task's box with a name for who does not see it."""
    return f'<input{box[1]} aria-label="{"done" if " checked" in box[1] else "to do"}">'


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        attributes={**ATTRIBUTES, "div": {SLOT}, "span": {SLOT}},
        allowed_classes={tag: set(classes) for tag, classes in CLASSES.items()},
        attribute_filter=_attribute,
        # One value only: of several that it sets, ammonia leaves the order to chance.
        set_tag_attribute_values={"input": {"type": "checkbox"}},
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
        id_prefix=ID_PREFIX,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Addresses that lead somewhere: to the text itself, or out. Pictures are brought by the text, never fetched."""
    match name:
        case "href" if value.startswith("#"):
            return f"#{ID_PREFIX}{value[1:]}"
        case "href":
            return value if value.startswith(("http://", "https://", "mailto:")) else None
        case "src":
            return value if value.lower().startswith(PICTURE_DATA) else None
        case _:
            return value
