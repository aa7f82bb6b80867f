"""The style sheets of reports. `PROSE` is for pages of the hub, too: what authors write looks the same there."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "static"
PROSE = FOLDER / "prose.css"


def static(name: str) -> str:
    """The text of one of our files: a sheet or a script."""
    return (FOLDER / name).read_text(encoding="utf-8")
