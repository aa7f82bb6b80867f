"""What differs in the code of two sides, from what their runs kept of it.

The hub has no repositories and runs no git: where only commits are known, the answer is which, and what to type.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from vitrina.store.compare.sides import Code

MOST_LINES = 2000
"""Of one diff. Nobody reads more, and pages and terminals have to carry them."""

SHORT = 10
"""Digits of a commit."""


@dataclass(frozen=True, slots=True)
class CodeChange:
    """The code of one side beside that of the first."""

    before: Code
    after: Code
    is_same: bool | None
    """None: what was kept does not tell."""

    said: str
    """The answer in a sentence."""

    command: str = ""
    """What shows the difference where the repository is; empty: there is no such command."""

    lines: tuple[str, ...] = ()
    """A unified diff of the scripts, then of the uncommitted changes, as far as they were kept."""


def code_changes(codes: Sequence[Code]) -> list[CodeChange]:
    """The first side beside each of the others."""
    return [code_change(codes[0], after) for after in codes[1:]]


def code_change(before: Code, after: Code) -> CodeChange:
    lines = _lines(before, after)
    if not before.commit or not after.commit:
        return CodeChange(before, after, _same_scripts(before, after), _of_scripts(before, after), lines=lines)
    if before.commit != after.commit:
        command = f"git diff {before.commit[:SHORT]}..{after.commit[:SHORT]}"
        said = f"Commit {_commit(before)}, then {_commit(after)}."
        return CodeChange(before, after, False, said, command, lines)
    is_same, said = _on_one_commit(before, after)
    return CodeChange(before, after, is_same, said, lines=lines)


def _on_one_commit(before: Code, after: Code) -> tuple[bool | None, str]:
    commit = f"The same commit {before.commit[:SHORT]}"
    if not before.is_dirty and not after.is_dirty:
        return True, f"{commit}, nothing uncommitted."
    if _changes(before) is None or _changes(after) is None:
        return None, f"{commit}, with uncommitted changes that were not kept."
    if _changes(before) == _changes(after):
        return True, f"{commit}, with the same uncommitted changes."
    return False, f"{commit}, with other uncommitted changes."


def _changes(code: Code) -> str | None:
    """The patch against the commit; a clean one is known to be empty."""
    return code.changes if code.is_dirty else ""


def _commit(code: Code) -> str:
    return code.commit[:SHORT] + (" with uncommitted changes" if code.is_dirty else "")


def _same_scripts(before: Code, after: Code) -> bool | None:
    if before.script is None or after.script is None:
        return None
    return before.script == after.script


def _of_scripts(before: Code, after: Code) -> str:
    match _same_scripts(before, after):
        case None:
            return "Not known: not both runs said which commit they ran, or kept their script."
        case True:
            return "The same script; not both runs said which commit they ran."
        case False:
            return "Another script; not both runs said which commit they ran."


def _lines(before: Code, after: Code) -> tuple[str, ...]:
    found: list[str] = []
    if before.script is not None and after.script is not None:
        found += _diff(before.script, after.script, before.entry or "script", after.entry or "script")
    one, other = _changes(before), _changes(after)
    if one is not None and other is not None:
        found += _diff(one, other, "uncommitted changes", "uncommitted changes")
    if len(found) > MOST_LINES:
        found = [*found[:MOST_LINES], f"… {len(found) - MOST_LINES} more lines"]
    return tuple(found)


def _diff(before: str, after: str, name_before: str, name_after: str) -> list[str]:
    return list(difflib.unified_diff(before.splitlines(), after.splitlines(), name_before, name_after, lineterm=""))
