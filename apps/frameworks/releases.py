"""Which releases of a framework its adapter serves; older ones are served by their own command (`fallback`)."""

from __future__ import annotations

import re
import sys
import sysconfig
from importlib.metadata import Distribution
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Release = tuple[int, ...]

OLDEST: Mapping[str, Release] = {
    "gradio": (6, 0),
    "streamlit": (1, 57),
    "dash": (2, 18),
    "panel": (1, 4),
    "shiny": (1, 0),
    "marimo": (0, 14),
}
"""The oldest release that each adapter was tried with (docs/apps-kinds.md; tests/integrations)."""


def is_older(name: str) -> bool:
    """Whether the installed release of a framework is too old for its adapter; one that is not installed is not."""
    oldest = OLDEST.get(name)
    if oldest is None:
        return False
    installed = next(iter(Distribution.discover(name=name, path=_places())), None)
    return installed is not None and release(installed.version) < oldest  # where none is, its adapter says what to do


def _places() -> list[str]:
    """Where libraries are. Those of an environment are not found by themselves before the walls around an app stand
    (see `performer`), and their metadata is all that is read until then."""
    if not sys.flags.no_site:
        return sys.path
    environment = str(Path(sys.executable).parent.parent)
    return [*sys.path, sysconfig.get_path("purelib", "venv", {"base": environment})]


def release(text: str) -> Release:
    """The numbers at the beginning of a version: those of 6.0.0rc1 are 6, 0, 0."""
    found = re.match(r"\d+(?:\.\d+)*", text)
    return tuple(int(part) for part in found[0].split(".")) if found else ()
