"""References inside sentences: links become chips and values, pictures become chips or links."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from vitrina.reports.document import Finding, Form, Place, Severity
from vitrina.reports.draft import Draft, embed, end_of_link, line_of, with_lines
from vitrina.reports.links import lone_target, target_of
from vitrina.reports.markdown import address, words
from vitrina.reports.sanitise import PICTURE_DATA
from vitrina.reports.shown import Broken
from vitrina.store.refs import Part, Ref


def links(draft: Draft) -> None:
    """Links and pictures inside sentences."""
    for token in draft.tokens:
        if token.type == "inline":
            token.children = _linked(draft, token)


def _linked(draft: Draft, inline: Token) -> list[Token]:
    lone = lone_target(inline.content, hub_url=draft.hub_url)
    if lone is not None and lone[1]:
        return [embed(Place(0, Form.CHIP, line_of(inline), lone[0], ""))]
    children, result = inline.children or [], list[Token]()
    lines = [line for line, _ in with_lines(children, line_of(inline))]
    place = 0
    while place < len(children):
        end = end_of_link(children, place) if children[place].type == "link_open" else place
        result += _link(draft, children[place : end + 1], lines[place])
        place = end + 1
    return result


def _link(draft: Draft, tokens: Sequence[Token], line: int) -> Sequence[Token]:
    """One link, picture or other piece of a sentence, as it is to stand there."""
    first = tokens[0]
    match first.type:
        case "link_open":
            href = address(first, "href")
            target = target_of(href, hub_url=draft.hub_url)
            if target is not None:
                said = words(tokens[1:-1]) if not first.markup else ""
                return [embed(Place(0, _inline_form(target), line, target, said))]
            if not href.startswith(("#", "http://", "https://", "mailto:")):
                message = f"{href} leads nowhere: what lies beside the text is not on the hub."
                draft.findings.append(Finding(line, message, Severity.NOTE))
            return tokens
        case "image":
            return [_picture(draft, first, line)]
        case _:
            return tokens


def _picture(draft: Draft, token: Token, line: int) -> Token:
    """A picture in a sentence: of the store a chip, from elsewhere a link, else its alternative text and a finding."""
    source, said = address(token, "src"), words([token])
    target = target_of(source, hub_url=draft.hub_url)
    if target is not None:
        return embed(Place(0, Form.CHIP, line, target, said))
    if source.startswith(PICTURE_DATA):
        return token
    if source.startswith(("http://", "https://")):
        message = f"The picture at {source} is not fetched; a link stands in its place."
        draft.findings.append(Finding(line, message, Severity.NOTE))
        token.type, token.meta = "outside_picture", {"href": source, "text": said or source}
        return token
    why = f"{source} lies beside the text, and not on the hub. Log it with a run, and name it by its reference."
    draft.findings.append(Finding(line, f"The picture cannot be shown: {why}"))
    return embed(Place(0, Form.CHIP, line, Broken("picture", why, said), said))


def _inline_form(target: Ref | Part) -> Form:
    part = target.part if isinstance(target, Ref) else target
    return Form.VALUE if part is not None and part.is_value and part.name else Form.CHIP
