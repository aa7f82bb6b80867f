"""What made a start fail, as one line that says where and what to do. Pure: an exception in, words out."""

from __future__ import annotations

import errno
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps.job import Step
from vitrina.store.errors import VitrinaError

if TYPE_CHECKING:
    from types import TracebackType

DISK_FULL = "The disk is full: the app could not be started. Free some space where the hub keeps its files."
SEE_LOG = "Its last log lines show the whole way there."


def explain(error: BaseException, *, step: Step, folder: Path) -> str:
    """The one line for an exception that a start raised in `step`; `folder` is the app's, whose lines are named."""
    match error:
        case VitrinaError():
            return str(error)
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return DISK_FULL
        case ImportError() | SyntaxError() if step is Step.RUNNING:
            return f"The app file does not import: {_named(error, folder)}. {_remedy(error)}"
        case _ if step is Step.RUNNING:
            return f"The app file failed: {_named(error, folder)}. {SEE_LOG}"
        case _:
            return (
                f"The app could not be started ({step.value.rstrip('.').lower()}): {_named(error, folder)}. {SEE_LOG}"
            )


def _remedy(error: BaseException) -> str:
    match error:
        case ModuleNotFoundError(name=str(name)):
            return f"Install {name.partition('.')[0]} where the hub runs, or log the folder that holds it."
        case SyntaxError():
            return "Correct it and log the app again."
        case _:
            return SEE_LOG


def _named(error: BaseException, folder: Path) -> str:
    """Such as "ModuleNotFoundError: No module named 'xyz' (what_if.py line 3)"."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    first_line = text.strip().partition("\n")[0].rstrip(".").replace(f"{folder}/", "")  # visitors read it too
    name = f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__
    place = _place(error, folder)
    return f"{name} ({place})" if place else name


def _place(error: BaseException, folder: Path) -> str:
    """The innermost line of the app's own files that led to the error; empty if none did."""
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_relative_to(folder):
        return f"{Path(error.filename).relative_to(folder)} line {error.lineno}"
    return _innermost(error.__traceback__, folder)


def _innermost(trace: TracebackType | None, folder: Path) -> str:
    lines = [(Path(frame.f_code.co_filename), line) for frame, line in traceback.walk_tb(trace)]
    own = [f"{path.relative_to(folder)} line {line}" for path, line in lines if path.is_relative_to(folder)]
    return own[-1] if own else ""
