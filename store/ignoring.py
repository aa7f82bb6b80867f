"""What of a folder stays out of a bundle: rules as git has them, and names that nobody wants.

Each folder may hold a `.gitignore` and a `.vitrinaignore` (same syntax, read after it). The rules of an inner folder
win over those of an outer one, the last rule that fits over those before it, and what lies in a folder that is left out
can not be brought back. Below a git repository the rules of the folders above count too, up to the repository's own.
Rules that only one clone or one person has (`.git/info/exclude`, `core.excludesFile`) do not: equal files have to make
equal bundles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

FILES = (".gitignore", ".vitrinaignore")
"""The files that hold rules, the later winning."""

NEVER = (".git", ".hg", ".svn", "__pycache__", "*.py[co]", "node_modules")
"""Names that are in no bundle, whatever a rule says."""

USUALLY = (
    *(".DS_Store", "*.egg-info", ".ipynb_checkpoints", ".*_cache", ".tox", ".nox", ".hypothesis"),
    *(".venv", "venv", ".gradio", ".vitrina"),
)
"""Rules that stand before all others, so that a rule of somebody's can bring such a thing back (`!.gradio`)."""

MARKS_OF_ENVIRONMENTS = ("pyvenv.cfg", "conda-meta")
"""A folder that holds one of these is a Python environment, whatever it is called."""

FOLDER_GROUP = "ps_d"
"""pathspec's name for the part of a match that ends a folder's name."""


def is_never(path: Path) -> bool:
    """Whether nothing brings this file or folder into a bundle: its name, or a Python environment."""
    if any(fnmatchcase(path.name, pattern) for pattern in NEVER):
        return True
    return any((path / mark).exists() for mark in MARKS_OF_ENVIRONMENTS)


@dataclass(frozen=True)
class Rules:
    """The rules that count in one folder, the outermost first, each with the folder that it is relative to."""

    layers: tuple[tuple[Path, tuple[Rule, ...]], ...]

    @classmethod
    def of(cls, folder: Path) -> Rules:
        """The rules for a folder that somebody chose to log: those above it do not leave it out as a whole."""
        own = cls.only(folder)
        above = cls(())
        for outer in _above(folder):
            above = above.within(outer)
        if not above.layers or above.leave_out(folder, is_folder=True):
            return own
        return replace(own, layers=(own.layers[0], *above.layers, *own.layers[1:]))

    @classmethod
    def only(cls, folder: Path) -> Rules:
        """The rules for a folder that comes along whatever the folders above say."""
        return cls(((folder, _rules(USUALLY)),)).within(folder)

    def within(self, folder: Path) -> Rules:
        """The rules inside of a folder: these, and its own."""
        files = [folder / name for name in FILES if (folder / name).is_file()]
        lines = [line for file in files for line in file.read_text(encoding="utf-8", errors="replace").splitlines()]
        return Rules((*self.layers, (folder, _rules(lines)))) if lines else self

    def leave_out(self, path: Path, *, is_folder: bool) -> bool:
        """Whether these rules leave out a file or folder; that the folders above it are in is known."""
        for folder, rules in reversed(self.layers):
            if path == folder or not path.is_relative_to(folder):
                continue
            name = path.relative_to(folder).as_posix()
            for rule in reversed(rules):
                if rule.fits(name, is_folder=is_folder):
                    return rule.leaves_out
        return False


@dataclass(frozen=True)
class Rule:
    """One line of a file of rules."""

    pattern: re.Pattern[str]
    leaves_out: bool
    """False: it brings back (`!…`)."""

    is_anchored: bool
    """Whether it speaks of a path from the file's folder on, and not of a name at any depth."""

    is_for_folders: bool

    def fits(self, name: str, *, is_folder: bool) -> bool:
        """Whether it speaks of this very path, and not only of a folder above it."""
        if self.is_for_folders and not is_folder:
            return False
        told = name if self.is_anchored else name.rpartition("/")[2]
        told += "/" if self.is_for_folders else ""
        found = self.pattern.search(told)
        if found is None:
            return False
        end_of_folder = found.groupdict().get(FOLDER_GROUP)
        return end_of_folder is None or found.end(FOLDER_GROUP) == len(told)


def _rules(lines: Iterable[str]) -> tuple[Rule, ...]:
    return tuple(rule for line in lines if (rule := _rule(line)) is not None)


def _rule(line: str) -> Rule | None:
    """None: an empty line, a comment, or what git makes no sense of either."""
    from pathspec import GitIgnoreSpec  # not above: an app's process imports this module where pathspec may not be

    try:
        patterns: Any = GitIgnoreSpec.from_lines([line]).patterns
    except ValueError:
        return None
    pattern = patterns[0] if patterns else None
    if pattern is None or pattern.include is None:
        return None
    path = line.rstrip()
    return Rule(
        pattern=pattern.regex,
        leaves_out=pattern.include,
        is_anchored="/" in path.rstrip("/"),
        is_for_folders=path.endswith("/"),
    )


def _above(folder: Path) -> list[Path]:
    """The folders above this one, outermost first, as far as the git repository goes in which it lies."""
    if (folder / ".git").exists():
        return []
    parents = list(folder.absolute().parents)
    for number, parent in enumerate(parents):
        if (parent / ".git").exists():
            return parents[number::-1]
    return []
