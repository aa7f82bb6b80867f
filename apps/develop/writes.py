"""Whose write it was: a running app may write beside its own code, and what it writes is to start nothing. Pure.

data that appears while it runs                     the app's own
data that alone caused more than IN_A_ROW starts    the app's own: an author would have saved code between them
all else, and every file that people write          the author's
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

IN_A_ROW = 3

WRITTEN_BY_PEOPLE = frozenset(
    {
        *(".py", ".pyi", ".ipynb", ".r", ".rmd", ".qmd", ".jl", ".sh", ".sql"),
        *(".html", ".htm", ".css", ".scss", ".js", ".mjs", ".ts", ".svg", ".jinja", ".j2"),
        *(".md", ".rst", ".toml", ".yaml", ".yml", ".ini", ".cfg"),
    }
)
"""The endings of files that no app is believed to write. All others are data."""


@dataclass(frozen=True)
class Sorted:
    """Some changed files by who changed them."""

    by_author: tuple[Path, ...] = ()
    appeared: tuple[Path, ...] = ()
    """Data that the app made, seen for the first time."""

    repeated: tuple[Path, ...] = ()
    """Data that the app writes again and again, as was found out just now."""


class Writes:
    """Remembers what an app writes itself, for one session. `there` are its files when the session began."""

    def __init__(self, there: Iterable[Path]) -> None:
        self._there = frozenset(there)
        self._own = set[Path]()
        self._in_a_row = dict[Path, int]()

    def sort(self, changed: Sequence[Path]) -> Sorted:
        """Who changed these, which changed together."""
        appeared = tuple(path for path in changed if self._is_new(path))
        self._own.update(appeared)
        left = [path for path in changed if path not in self._own]
        if not left:
            return Sorted(appeared=appeared)
        if not all(map(_is_data, left)):
            self._in_a_row = {}
            return Sorted(tuple(left), appeared)
        self._in_a_row = {path: self._in_a_row.get(path, 0) + 1 for path in left}
        repeated = tuple(path for path, times in self._in_a_row.items() if times > IN_A_ROW)
        self._own.update(repeated)
        return Sorted(tuple(path for path in left if path not in repeated), appeared, repeated)

    def _is_new(self, path: Path) -> bool:
        return _is_data(path) and path not in self._there and path not in self._own


def _is_data(path: Path) -> bool:
    return path.suffix.lower() not in WRITTEN_BY_PEOPLE
