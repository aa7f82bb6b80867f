"""How a run ends, told from what ended it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from vitrina.store.records import Status

LONGEST_MESSAGE = 2000
"""Characters of an exception's text that a status keeps; libraries put whole arrays there."""


@dataclass(frozen=True, slots=True)
class Ending:
    status: Status
    reason: str = ""
    message: str = ""


def ending_of(error: BaseException | None) -> Ending:
    """The status that a block of code leaves its run with, by the exception that left it (None: none did)."""
    match error:
        case None:
            return Ending(Status.SUCCEEDED, "end")
        case KeyboardInterrupt():
            return Ending(Status.STOPPED, "interrupted", "Interrupted by Ctrl-C.")
        case SystemExit(code=None | 0):
            return Ending(Status.SUCCEEDED, "exit")
        case SystemExit(code=code):
            return Ending(Status.FAILED, "exit", f"Exit code {code}." if isinstance(code, int) else str(code))
        case _:
            last_line = traceback.format_exception_only(error)[-1].strip()
            return Ending(Status.FAILED, "exception", _cut(last_line))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else f"{text[: LONGEST_MESSAGE - 1]}…"
