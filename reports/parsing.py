"""From a text to a document. The way is a list of named steps over one draft; to insert a step is to name its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

from markdown_it.token import Token

from vitrina.reports import fences, keys
from vitrina.reports.document import (
    EMBED,
    Document,
    Finding,
    Form,
    Heading,
    Matter,
    Place,
    Severity,
    TextTooLongError,
)
from vitrina.reports.draft import Draft, embed, end_of_link, line_of, with_lines
from vitrina.reports.links import lone_target, target_of
from vitrina.reports.markdown import DEEPEST_HEADING, address, grammar, words
from vitrina.reports.sanitise import ID_PREFIX
from vitrina.reports.sentences import links
from vitrina.reports.shown import Broken

LONGEST_TEXT = 1_000_000
"""Characters of a report."""

MOST_PLACES = 300
"""Things of the store in one report; what is asked for after them is not looked up."""

CONTENTS_LEVEL = 3
"""Headings down to this level are in the table of contents."""

_MATTER_DEPTH = 12


def parse(text: str, *, hub_url: str | None = None) -> Document:
    """Reads a text. Nothing in it is refused but its length: what is wrong becomes a finding and a placeholder.

    `hub_url` is the address of the hub: links to its pages are references; None: only those to this machine are.
    """
    if len(text) > LONGEST_TEXT:
        raise TextTooLongError(
            f"The text has {len(text)} characters; {LONGEST_TEXT} is the most.", hint="Make two reports of it."
        )
    draft = Draft(text, hub_url, grammar().parse(text))
    for _, step in STEPS:
        step(draft)
    return Document(
        text=text,
        tokens=tuple(draft.tokens),
        matter=draft.matter,
        title=draft.matter.title or draft.title,
        headings=tuple(draft.headings),
        places=tuple(draft.places),
        findings=tuple(sorted(draft.findings, key=lambda found: found.line)),
    )


def _matter(draft: Draft) -> None:
    """Takes out the front matter. Keys that are not ours are other programs' (a model card has many)."""
    if not draft.tokens or draft.tokens[0].type != "front_matter":
        return
    block = draft.tokens.pop(0)
    try:
        given = keys.entries(block.content, line=2, deepest=_MATTER_DEPTH)
    except keys.FenceError as error:
        draft.findings.append(Finding(error.line, f"The front matter is left out: {error.message}", Severity.NOTE))
        return
    texts = {name: str(entry.value) for name, entry in given.items() if isinstance(entry.value, str | int | float)}
    listed: Any = given["authors"].value if "authors" in given else []
    authors = tuple(str(each) for each in cast("list[Any]", listed)) if isinstance(listed, list) else (str(listed),)
    draft.matter = Matter(texts.get("title", ""), texts.get("summary", ""), authors)


def _title(draft: Draft) -> None:
    """A heading of level 1 at the very beginning is the title, unless the front matter has one."""
    if draft.matter.title or not draft.tokens or draft.tokens[0].tag != "h1":
        return
    draft.title = words(draft.tokens[1].children or [])
    del draft.tokens[:3]


def _headings(draft: Draft) -> None:
    """Level 1 belongs to the title: where the text still has such headings, all go down by one."""
    opened = [place for place, token in enumerate(draft.tokens) if token.type == "heading_open"]
    shift = 1 if any(draft.tokens[place].tag == "h1" for place in opened) else 0
    for place in opened:
        head, inline, end = draft.tokens[place : place + 3]
        level = min(int(head.tag[1:]) + shift, DEEPEST_HEADING)
        head.tag = end.tag = f"h{level}"
        if level <= CONTENTS_LEVEL:
            anchor = ID_PREFIX + address(head, "id")
            draft.headings.append(Heading(level, words(inline.children or []), anchor))


def _fences(draft: Draft) -> None:
    """Our three fences are queries; a fence of any other name stays code."""
    for place, token in enumerate(draft.tokens):
        name = token.info.strip().split(maxsplit=1)[0] if token.type == "fence" and token.info.strip() else ""
        if name not in set(fences.Fence):
            continue
        fence, line = fences.Fence(name), line_of(token)
        try:
            target = fences.query(fence, token.content, line=line + 1)
            draft.tokens[place] = embed(Place(0, Form.QUERY, line, target, "", target.head.caption))
        except keys.FenceError as error:
            draft.findings.append(Finding(error.line, error.message))
            broken = Broken(fence.noun, error.message, line=error.line)
            draft.tokens[place] = embed(Place(0, Form.QUERY, line, broken, ""))


def _paragraphs(draft: Draft) -> None:
    """A paragraph that is only a reference becomes a card, one that is only pictures of the store becomes figures."""
    tokens: list[Token] = []
    within: list[str] = []
    rest = iter(draft.tokens)
    for token in rest:
        if token.type.endswith("_open") and token.type != "paragraph_open":
            within.append(token.type)
        elif token.type.endswith("_close") and within and token.type != "paragraph_close":
            within.pop()
        if token.type != "paragraph_open":
            tokens.append(token)
            continue
        inline, end = next(rest), next(rest)
        alone = _alone(draft, inline) if _is_free(within) else None
        tokens += [embed(place, inline.content) for place in alone] if alone else [token, inline, end]
    draft.tokens = tokens


def _is_free(within: Sequence[str]) -> bool:
    """Whether a block may stand here: not in lists and footnotes, where a reference by itself is a chip."""
    return not {"list_item_open", "footnote_open"} & set(within)


def _alone(draft: Draft, inline: Token) -> list[Place] | None:
    children = [child for child in inline.children or [] if child.type != "text" or child.content.strip()]
    line = line_of(inline)
    if lone := lone_target(inline.content, hub_url=draft.hub_url):
        return [Place(0, Form.CARD, line, lone[0], "", is_sure=lone[1])]
    if len(children) > 2 and children[0].type == "link_open" and end_of_link(children, 0) == len(children) - 1:
        target = target_of(address(children[0], "href"), hub_url=draft.hub_url)
        if target is not None:
            said = words(children[1:-1]) if not children[0].markup else ""
            return [Place(0, Form.CARD, line, target, said, address(children[0], "title"))]
    if children and all(child.type in {"image", "softbreak"} for child in children):
        return _pictures(draft, children, line)
    return None


def _pictures(draft: Draft, children: Sequence[Token], line: int) -> list[Place] | None:
    """Figures for pictures of the store; None where one of them is not, and the paragraph stays a paragraph."""
    found: list[Place] = []
    for at, child in with_lines(children, line):
        if child.type == "image":
            target = target_of(address(child, "src"), hub_url=draft.hub_url)
            if target is None:
                return None
            found.append(Place(0, Form.FIGURE, at, target, words([child]), address(child, "title")))
    return found


def _tables(draft: Draft) -> None:
    """Tables that authors write look like ours, scroll by themselves, and have no style of their own."""
    tokens: list[Token] = []
    for token in draft.tokens:
        if token.type == "table_open":
            token.attrSet("class", "data")
            tokens.append(Token("scroll_open", "div", 1, attrs={"class": "scroll"}, block=True))
        style = token.attrs.pop("style", "") if token.type in {"th_open", "td_open"} else ""
        if "right" in str(style):
            token.attrSet("class", "n")
        tokens.append(token)
        if token.type == "table_close":
            tokens.append(Token("scroll_close", "div", -1, block=True))
    draft.tokens = tokens


def _numbers(draft: Draft) -> None:
    """Gives each place its number, in the order of the text."""
    for token in _every(draft.tokens):
        if token.type == EMBED:
            place: Place = replace(token.meta["place"], number=len(draft.places))
            if len(draft.places) >= MOST_PLACES and not isinstance(place.target, Broken):
                why = f"The text shows more than {MOST_PLACES} things; this one comes after them."
                place = replace(place, target=Broken("thing", why, place.text))
                draft.findings.append(Finding(place.line, why))
            token.meta = {"number": place.number}
            draft.places.append(place)


STEPS: tuple[tuple[str, Callable[[Draft], None]], ...] = (
    ("matter", _matter),
    ("title", _title),
    ("headings", _headings),
    ("fences", _fences),
    ("paragraphs", _paragraphs),
    ("links", links),
    ("tables", _tables),
    ("numbers", _numbers),
)


def _every(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or []
