"""Which files of a framework a browser may keep for good: those whose address says what is in them. Pure.

Only where the app itself says nothing of caching, and never what may be somebody's data: each pattern is the place
where a framework keeps its own build, and a digest, or a library and its release, is part of the name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

FOR_GOOD = "private, max-age=31536000, immutable"
"""A year, without asking again; private, since a pass is needed to see it."""

_KINDS = r"\.(?:js|mjs|css|wasm|woff2?|ttf|otf|svg|png|jpg|gif|webp|ico)"

_OF_SHINY = (
    "bootstrap|bootstrap-datepicker|bslib-components|htmltools-fill|ionrangeslider|jquery|jquery-ui|requirejs"
    "|selectize|shiny|shiny-busy-indicators|shiny-data-frame-output|strftime"
)

NAMED_BY_CONTENT: Mapping[str, str] = {
    # Vite's and Rolldown's names, such as Index-Akn07EZk2.js; Gradio says nothing of them.
    "gradio": rf"/assets/[\w.-]+-[\w-]{{8,10}}{_KINDS}|/theme\.css\?v=[0-9a-f]{{64}}",
    # Streamlit and Dash say so themselves for what is named by content; these are for releases that do not.
    "streamlit": rf"/static/(?:js|css|media)/[\w.-]+\.[\w-]{{8}}(?:\.chunk)?{_KINDS}",
    "dash": r"/_dash-component-suites/[\w./@-]+\.v[\w]+m\d{9,}\.[\w.-]*js",
    "panel": rf"/static/[\w./@%^-]+{_KINDS}\?v=[0-9a-f]{{64,128}}",
    # All that marimo has there is named so by Vite; an app's own files lie below /public/ and /@file/.
    "marimo": rf"/assets/[\w.-]+-[\w-]{{8}}{_KINDS}",
    # Shiny's own: name and release. Not those of authors, nor themes, which are compiled when the app starts.
    "shiny": rf"/lib/(?:{_OF_SHINY})-\d[\d.]*\d/[\w./-]+{_KINDS}",
}
"""By framework: address below the app's root, with its query, as a regular expression for all of it."""

_COMPILED = {framework: re.compile(pattern, re.ASCII) for framework, pattern in NAMED_BY_CONTENT.items()}

SAID_ALREADY = ("Cache-Control", "Expires", "Pragma", "Set-Cookie")
"""An answer with one of these is kept as long as the app says."""


def is_for_good(framework: str, address: str, *, status: int, told: Mapping[str, str]) -> bool:
    """Whether an answer may be kept; `address` is path and query below the app's root, `told` its headers.

    A page is never kept: Streamlit and Dash answer a file that is gone with one.
    """
    pattern = _COMPILED.get(framework)
    return (
        pattern is not None
        and status == 200  # a part, a redirect or an error is not the file
        and not told.get("Content-Type", "").startswith("text/html")
        and not any(name in told for name in SAID_ALREADY)
        and pattern.fullmatch(address) is not None
    )
