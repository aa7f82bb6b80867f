"""Code that gives the same as a page, in several languages, coloured on the server."""

# pyright: reportUnknownVariableType=false
# Pygments types the options of its lexers as anything.

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Operator, String

_CLASSES = ((Keyword, "k"), (Operator.Word, "k"), (String, "s"), (Comment, "c"))
"""The three classes of `.code` that `look.css` knows, by the token they colour."""


@dataclass(frozen=True)
class Snippet:
    language: str
    text: Markup


def snippet(language: str, text: str) -> Snippet:
    """`language` is the word on its tab: Python, Shell, HTTP, JSON."""
    return Snippet(language, coloured(text, {"Shell": "bash", "HTTP": "bash"}.get(language, language.lower())))


def coloured(text: str, lexer: str) -> Markup:
    """Keywords, strings and comments in elements; everything else as it is, escaped."""
    out = Markup()
    for token, value in get_lexer_by_name(lexer, stripnl=False, ensurenl=False).get_tokens(text):
        css = next((css for kind, css in _CLASSES if token in kind), None)
        out += Markup('<span class="{}">{}</span>').format(css, value) if css else value
    return out


def load_model(ref: str, columns: Sequence[str], *, hub_url: str) -> list[Snippet]:
    """Load a model version and ask it. `columns` are the names it wants, empty where it takes a plain matrix."""
    wants = f"  # rows with {', '.join(columns[:3])}{', …' if len(columns) > 3 else ''}" if columns else ""
    python = f'from vitrina import tracking\n\nmodel = tracking.get("{ref}")\nmodel.predict(X){wants}'
    shell = f'vitrina model pull "{ref}" -o model\nvitrina model predict "{ref}" --input rows.csv'
    return [snippet("Python", python), snippet("Shell", shell), http(ref, hub_url=hub_url)]


def load_data(ref: str, *, hub_url: str) -> list[Snippet]:
    python = f'from vitrina import tracking\n\ntable = tracking.get("{ref}").load()'
    shell = f'vitrina dataset pull "{ref}" -o data'
    return [snippet("Python", python), snippet("Shell", shell), http(ref, hub_url=hub_url)]


def load_files(ref: str, *, hub_url: str) -> list[Snippet]:
    python = f'from vitrina import tracking\n\nfolder = tracking.get("{ref}").pull("files")'
    shell = f'vitrina artifact pull "{ref}" -o files'
    return [snippet("Python", python), snippet("Shell", shell), http(ref, hub_url=hub_url)]


def read_run(ref: str, *, hub_url: str) -> list[Snippet]:
    python = f'from vitrina import tracking\n\nrun = tracking.get_run("{ref}")\nrun.get_metrics()'
    shell = f'vitrina run show "{ref}" --json'
    return [snippet("Python", python), snippet("Shell", shell), http(ref, hub_url=hub_url)]


def first_run(project: str) -> Snippet:
    """The lines that put something on show in an empty project."""
    return snippet(
        "Python",
        "from vitrina import tracking\n\n"
        f'with tracking.run(project="{project}", name="first") as run:\n'
        "    run.log_inputs(lr=0.01)\n"
        "    for step in range(100):\n"
        "        run.log_metrics(step=step, loss=1 / (step + 1))",
    )


def http(ref: str, *, hub_url: str) -> Snippet:
    return snippet("HTTP", f"curl {json.dumps(f'{hub_url}/{ref}.json')}")
