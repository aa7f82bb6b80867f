"""A document's tokens as HTML. What the author wrote is sanitised as a whole; then what is ours is put in its place.

Ours stands behind empty elements that name a digest of the text: nobody can write a text that holds a digest of itself,
so no author can make such an element, and a quoted one inside an attribute is never taken for it (its quotes are
escaped)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it.token import Token
from markupsafe import Markup, escape

from vitrina.reports import dates
from vitrina.reports.document import EMBED, Document, Place
from vitrina.reports.markdown import grammar
from vitrina.reports.sanitise import SLOT, sanitised
from vitrina.reports.shown import Shown, Value

TEMPLATES = Path(__file__).parent.parent / "templates"

_RAW = "title|textarea|style|xmp|iframe|noembed|noframes|noscript|script|plaintext|select|template|svg|math|frameset"
_RAW_TAG = re.compile(rf"<(?=/?(?:{_RAW})(?:[\s/>]|$))", re.IGNORECASE)
"""Tags after which a browser reads all that follows in another way; GitHub shows them as text, and so do we."""


class Printer(Protocol):
    """How a back end prints what is ours. The answers are whole pieces of HTML, with all that was logged escaped."""

    def block(self, place: Place, shown: Shown) -> Markup:
        """A figure, card or placeholder on lines of its own."""
        ...

    def inline(self, place: Place, shown: Shown) -> Markup:
        """A chip, value or placeholder in a sentence."""
        ...

    def code(self, text: str, language: str) -> Markup:
        """A block of code; `language` is the author's word for it, empty where there is none."""
        ...

    def margin(self, values: Sequence[Value]) -> Markup:
        """A note beside a paragraph about the values in it; empty where the back end has no margin."""
        ...


@dataclass
class _Slots:
    """Pieces of ours, to be put in after the cleaning."""

    key: str
    pieces: list[Markup] = field(default_factory=list[Markup])

    def put(self, piece: Markup, *, is_block: bool) -> str:
        self.pieces.append(piece)
        tag = "div" if is_block else "span"
        return f'<{tag} {SLOT}="{self.key}-{len(self.pieces) - 1}"></{tag}>'

    def filled(self, html: str) -> Markup:
        pattern = re.compile(rf'<(div|span) {SLOT}="{self.key}-(\d+)"></\1>')
        return Markup(pattern.sub(lambda found: str(self.pieces[int(found[2])]), html))  # noqa: S704 - it is sanitised


def body(document: Document, printer: Printer) -> Markup:
    """The document's text as HTML, without its title."""
    if not document.is_resolved:
        raise ValueError("A document is printed after it was resolved.")
    slots = _Slots(hashlib.sha256(document.text.encode(errors="replace")).hexdigest()[:32])
    reader = grammar()
    for name, rule in {
        EMBED: _embed,
        "fence": _code,
        "code_block": _code,
        "html_block": _html,
        "html_inline": _html,
        "outside_picture": _outside_picture,
        "math_block": _math_block,
        "footnote_block_open": _footnotes,
        "paragraph_close": _paragraph_close,
    }.items():
        reader.add_render_rule(name, rule)
    env = {"document": document, "printer": printer, "slots": slots}
    return slots.filled(sanitised(reader.renderer.render(document.tokens, reader.options, env)))


def text_body(text: str, printer: Printer) -> Markup:
    """A text that was logged, as it is: what it links to is not looked up."""
    reader = grammar()
    slots = _Slots(hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32])
    for name, rule in {"fence": _code, "code_block": _code, "html_block": _html, "html_inline": _html}.items():
        reader.add_render_rule(name, rule)
    return slots.filled(sanitised(reader.render(text, {"printer": printer, "slots": slots})))


@cache
def environment() -> Environment:
    """Escapes everything that is not marked safe, and knows no undefined name."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "day": dates.day,
        "minute": dates.minute,
        "machine_time": dates.machine,
        "short_day": dates.short_day,
    }
    return made


# Rules of the renderer: each gets all tokens, the place of its own, options, and our three things in `env`.

_Env = MutableMapping[str, Any]


def _embed(_: Any, tokens: Sequence[Token], at: int, __: Any, env: _Env) -> str:
    document: Document = env["document"]
    printer: Printer = env["printer"]
    token = tokens[at]
    number: int = token.meta["number"]
    place = document.places[number]
    shown = document.shown.get(number)
    if shown is None:
        words = escape(token.content)
        return str(words if place.form.is_inline else Markup("<p>{}</p>\n").format(words))
    if place.form.is_inline:
        return env["slots"].put(printer.inline(place, shown), is_block=False)
    return env["slots"].put(printer.block(place, shown), is_block=True) + "\n"


def _paragraph_close(self: Any, tokens: Sequence[Token], at: int, options: Any, env: _Env) -> str:
    """The end of a paragraph, and, at the top level, a note in the margin about the values in it."""
    end = "" if tokens[at].hidden else "</p>\n"
    document: Document = env["document"]
    if tokens[at].level > 0:
        return end
    shown = [document.shown.get(child.meta["number"]) for child in tokens[at - 1].children or [] if child.type == EMBED]
    values = [one for one in shown if isinstance(one, Value)]
    note = env["printer"].margin(values) if values else Markup()
    return end + (env["slots"].put(note, is_block=True) + "\n" if note else "")


def _code(_: Any, tokens: Sequence[Token], at: int, __: Any, env: _Env) -> str:
    info = tokens[at].info.split()
    return env["slots"].put(env["printer"].code(tokens[at].content, info[0] if info else ""), is_block=True) + "\n"


def _html(_: Any, tokens: Sequence[Token], at: int, __: Any, ___: _Env) -> str:
    return _RAW_TAG.sub("&lt;", tokens[at].content)


def _outside_picture(_: Any, tokens: Sequence[Token], at: int, __: Any, ___: _Env) -> str:
    return str(Markup('<a href="{href}">{text}</a>').format(**tokens[at].meta))


def _footnotes(*_: Any) -> str:
    """Without the line that the plugin draws: the style sheet has one."""
    return '<section class="footnotes">\n<ol class="footnotes-list">\n'


def _math_block(_: Any, tokens: Sequence[Token], at: int, __: Any, ___: _Env) -> str:
    return str(Markup('<p><span class="math">{}</span></p>\n').format(tokens[at].content.strip()))
