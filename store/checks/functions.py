"""Checks that are functions: asked in the process that has the data, never by a hub."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vitrina.store.checks.check import Check, Outcome, Result
from vitrina.store.libraries import load

LETTERS = 300
"""Of what a function says."""


def ask_function(check: Check, pieces: Sequence[Any]) -> Result:
    """How a function's check goes over each piece of the data: the first that does not pass is told. What it raises is
    said, and counts as failed."""
    assert check.function is not None, "a check of a table is asked in SQL"
    for piece in pieces:
        try:
            said, rows = _said(check.function(piece))
        except Exception as error:  # whatever somebody's function raises is his to read, and no reason to lose the data
            raised = f"{type(error).__name__}: {error}"[:LETTERS]
            return Result(check.title, check.kind, Outcome.BROKEN, f"It raised {raised}")
        if said:
            return Result(check.title, check.kind, Outcome.FAILED, said[:LETTERS], rows)
    return Result(check.title, check.kind, Outcome.PASSED, "It holds.")


def _said(answer: Any) -> tuple[str, int | None]:
    """What is wrong, empty where nothing is, and of how many rows."""
    if answer is None or isinstance(answer, str):
        return answer or "", None
    numpy = load("numpy", extra="frames", purpose="A check that answers for each row")
    answers = numpy.asarray(answer)
    if answers.dtype != bool:
        return f"It answered {answer!r}, which is neither true nor false.", None
    if answers.ndim == 0:
        return ("" if answers else "It does not hold."), None
    wrong = int((~answers).sum())
    one = "does" if wrong == 1 else "do"
    return (
        f"{wrong:,} row{'s' if wrong != 1 else ''} of {answers.size:,} {one} not keep to it." if wrong else ""
    ), wrong
