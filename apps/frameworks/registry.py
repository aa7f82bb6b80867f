"""The frameworks that are known, by name. A new one is one file and one line here, or an entry point of a package."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from vitrina.apps.errors import AppError

if TYPE_CHECKING:
    from vitrina.apps.frameworks.framework import Framework

ENTRY_POINTS = "vitrina.frameworks"
"""The group in which other packages name their `Framework` classes (made without arguments)."""

BUILT_IN = {
    "streamlit": "vitrina.apps.frameworks.streamlit:Streamlit",
    "gradio": "vitrina.apps.frameworks.gradio:Gradio",
    "dash": "vitrina.apps.frameworks.dash:Dash",
    "panel": "vitrina.apps.frameworks.panel:Panel",
}


class UnknownFrameworkError(AppError):
    """There is no app framework of this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is no app framework {name!r}.", hint=f"Known are: {', '.join(names())}.")


def names() -> list[str]:
    """The names of all frameworks, built-in ones first."""
    others = {point.name for point in entry_points(group=ENTRY_POINTS)} - set(BUILT_IN)
    return [*BUILT_IN, *sorted(others)]


def load(name: str) -> Framework:
    """The framework of this name; its library is not imported yet. Raises UnknownFrameworkError."""
    if name in BUILT_IN:
        module, _, attribute = BUILT_IN[name].partition(":")
        made: Framework = getattr(import_module(module), attribute)()
        return made
    for point in entry_points(group=ENTRY_POINTS, name=name):
        return point.load()()
    raise UnknownFrameworkError(name)
