"""The adapters of frameworks, by name.

A new one is one file, one line here and its signs in `vitrina.store.frameworks`,
or an entry point of a package.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from vitrina.apps.frameworks import releases
from vitrina.store.frameworks import ENTRY_POINTS, UnknownFrameworkError

if TYPE_CHECKING:
    from vitrina.apps.frameworks.framework import Framework

BUILT_IN = {
    "streamlit": "vitrina.apps.frameworks.streamlit:Streamlit",
    "gradio": "vitrina.apps.frameworks.gradio:Gradio",
    "dash": "vitrina.apps.frameworks.dash:Dash",
    "panel": "vitrina.apps.frameworks.panel:Panel",
    "shiny": "vitrina.apps.frameworks.shiny:Shiny",
    "marimo": "vitrina.apps.frameworks.marimo:Marimo",
    "asgi": "vitrina.apps.frameworks.asgi_app:Asgi",
    "wsgi": "vitrina.apps.frameworks.wsgi:Wsgi",
    "static": "vitrina.apps.frameworks.static:Static",
    "command": "vitrina.apps.frameworks.command:Command",
}


def load(name: str) -> Framework:
    """The framework of this name, as the installed release of its library is served; nothing of that is imported yet.

    Raises UnknownFrameworkError.
    """
    if releases.is_older(name):
        from vitrina.apps.frameworks.fallback import Fallback

        return Fallback(name)
    if name in BUILT_IN:
        module, _, attribute = BUILT_IN[name].partition(":")
        made: Framework = getattr(import_module(module), attribute)()
        return made
    for point in entry_points(group=ENTRY_POINTS, name=name):
        return point.load()()
    raise UnknownFrameworkError(name)
