"""Code in colour, with the three classes that our style sheets know."""

from __future__ import annotations

from markupsafe import Markup

LONGEST_COLOURED = 100_000
"""Characters; a longer text is set without colour."""


def coloured(text: str, language: str) -> Markup:
    """Keywords, strings and comments in elements; everything else as it is, escaped. An unknown language has no
    colour."""
    from pygments.lexers import get_lexer_by_name  # pyright: ignore[reportUnknownVariableType]  its options are untyped
    from pygments.token import Comment, Keyword, Operator, String
    from pygments.util import ClassNotFound

    if not language or len(text) > LONGEST_COLOURED:
        return Markup() + text
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return Markup() + text
    classes = ((Keyword, "k"), (Operator.Word, "k"), (String, "s"), (Comment, "c"))
    pieces: list[Markup] = []
    for token, value in lexer.get_tokens(text):
        css = next((css for kind, css in classes if token in kind), None)
        pieces.append(Markup('<span class="{}">{}</span>').format(css, value) if css else Markup() + value)
    return Markup().join(pieces)
