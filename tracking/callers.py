"""Where the program is that called us, so that a warning points at its line."""

from __future__ import annotations

import sys

PACKAGE = "vitrina.tracking"


def caller() -> int:
    """How far up the first caller outside of this package is, as `stacklevel` counts for whoever calls this."""
    frame, level = sys._getframe(1), 1  # pyright: ignore[reportPrivateUsage] - what `warnings` itself uses
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(PACKAGE):
        frame, level = frame.f_back, level + 1
    return level
