"""What a report is between its text and its print: tokens, the places where something of the store is to stand, and
what was found for them. Everything is frozen: each step of the way gives a new document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from markdown_it.token import Token

from vitrina.reports.queries import Query
from vitrina.reports.shown import Broken, Shown
from vitrina.store.errors import InvalidError
from vitrina.store.records import Node
from vitrina.store.refs import Part, Ref


class TextTooLongError(InvalidError):
    """A report's text is longer than can be printed."""


class Severity(Enum):
    """How bad a finding is."""

    ERROR = "error"
    """Something that the author asked for cannot be shown."""

    NOTE = "note"
    """The page is whole, but the author may want to know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the text that an author should see."""

    line: int
    """In the text, from 1."""

    message: str
    severity: Severity = Severity.ERROR


class Form(Enum):
    """In which of the plain forms something was asked for."""

    FIGURE = "figure"
    """`![alt](REF#charts/x)`"""

    CARD = "card"
    """A reference that is a paragraph of its own."""

    CHIP = "chip"
    """A link in a sentence."""

    VALUE = "value"
    """A link in a sentence to a value: `[0.913](REF#metrics.auc)`."""

    QUERY = "query"
    """A fence: `chart`, `table` or `runs`."""

    @property
    def is_inline(self) -> bool:
        return self in {Form.CHIP, Form.VALUE}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something of the store is to stand."""

    number: int
    """In the order of the text, from 0."""

    form: Form
    line: int
    target: Ref | Part | Query | Broken
    """What is asked for. A Part is one of the thing that the text is about (`#charts/roc` in a version's README).
    Broken: what was asked cannot even be read."""

    text: str
    """The author's words for it: a picture's alternative text, a link's text; empty where there are none."""

    caption: str = ""
    is_sure: bool = True
    """False: the text may be no reference at all (`either/or` alone in its paragraph), and stands as it is when nothing
    of that name is found."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the table of contents."""

    level: int
    """2 and more; 1 is the title's."""

    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Matter:
    """What the author wrote about the text itself, in its front matter."""

    title: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A text that was read, and, after `resolve`, what was found for it."""

    text: str
    tokens: Sequence[Token]
    """As markdown-it gives them, with a token of type EMBED (its `meta` holds the place's number) for each place. Not
    to be changed."""

    matter: Matter
    title: str
    """From the front matter, else the heading of level 1 that the text begins with; empty where there is neither."""

    headings: Sequence[Heading]
    places: Sequence[Place]
    findings: Sequence[Finding]
    shown: Mapping[int, Shown] = field(default_factory=dict[int, Shown])
    """What stands at each place, by its number. A place that is not sure and names nothing is left out."""

    cited: Sequence[Node] = ()
    """The versions, runs and apps that the text names, each once."""

    is_resolved: bool = False


EMBED = "vitrina_embed"
"""The type of tokens that stand for a place."""
