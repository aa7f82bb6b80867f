"""The Markdown that reports are written in: GitHub's, as markdown-it's preset `gfm-like2` reads it, with footnotes,
front matter, headings that can be linked to, and `$…$`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

DEEPEST_HEADING = 6


def grammar() -> MarkdownIt:
    """A reader of its own for each text: the one that finds bare addresses keeps its place in itself, and threads would
    read each other's."""
    made = MarkdownIt("gfm-like2")
    made.use(front_matter_plugin).use(footnote_plugin, inline=False)
    made.use(anchors_plugin, max_level=DEEPEST_HEADING).use(dollarmath_plugin, allow_blank_lines=False)
    assert made.linkify is not None
    # Otherwise `classifier@1.3.0` would be an e-mail address, and `model.py` a site in Paraguay.
    made.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # pyright: ignore[reportUnknownMemberType]  untyped
    return made


def words(tokens: Sequence[Token]) -> str:
    """What inline tokens say, without marks."""
    said: list[str] = []
    for token in tokens:
        match token.type:
            case "text" | "code_inline" | "math_inline":
                said.append(token.content)
            case "softbreak" | "hardbreak":
                said.append(" ")
            case "image":
                said.append(words(token.children or []) or token.content)
            case _:
                pass
    return "".join(said).strip()


def address(token: Token, attribute: str) -> str:
    """An attribute of a link or picture as text."""
    return str(cast("str | float | None", token.attrGet(attribute)) or "")
