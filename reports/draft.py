"""The draft that the steps of parsing work on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from vitrina.reports.document import EMBED, Finding, Heading, Matter, Place


@dataclass
class Draft:
    """A text on its way to a document: each step changes it."""

    text: str
    hub_url: str | None
    tokens: list[Token]
    matter: Matter = field(default_factory=Matter)
    title: str = ""
    headings: list[Heading] = field(default_factory=list[Heading])
    places: list[Place] = field(default_factory=list[Place])
    findings: list[Finding] = field(default_factory=list[Finding])


def embed(place: Place, words: str = "") -> Token:
    """The token of a place. `words` stand there in the end, if the place is not sure and names nothing."""
    return Token(EMBED, "", 0, content=words, meta={"place": place}, block=not place.form.is_inline)


def line_of(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def with_lines(children: Sequence[Token], line: int) -> Iterator[tuple[int, Token]]:
    """Pieces of a paragraph with the lines they stand in."""
    for child in children:
        yield line, child
        line += child.type in {"softbreak", "hardbreak"}


def end_of_link(children: Sequence[Token], start: int) -> int:
    return next(place for place in range(start, len(children)) if children[place].type == "link_close")
