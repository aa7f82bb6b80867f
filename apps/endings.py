"""Why an app ended, in one line that says the likely cause and what to do. Pure: facts in, words out."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vitrina.apps.launchers.launcher import Exit

SEE_LOG = "Its last log lines say more."

NO_ANSWER_YET = "It ran before the hub began anew, and has not answered yet."

WITH_NURSERY = (
    "The process in which its framework was loaded (its nursery) ended, and the app with it. "
    "The app itself did nothing wrong, and starts again when it is opened."
)

DEAF = f"The app closed the socket that it was to serve on, so nobody could reach it, and was ended. {SEE_LOG}"

FAILED_FOR_A_VISITOR = "The app is served, but its code fails when it runs for a person who comes."


def how(end: Exit) -> str:
    """The bare fact, such as "exit 1" or "signal 9, SIGKILL"."""
    if end.signal is not None:
        return f"signal {end.signal}, {_signal_name(end.signal)}"
    return "how is not known" if end.code is None else f"exit {end.code}"


def ended(end: Exit) -> str:
    """An app that was ready and ended without being asked to."""
    if end.is_with_nursery:
        return WITH_NURSERY
    match end.signal:
        case signal.SIGKILL:
            return f"The app was killed ({how(end)}). Perhaps out of memory? {SEE_LOG}"
        case signal.SIGXFSZ:
            return f"The app was ended, since it filled its private folder. {SEE_LOG}"
        case signal.SIGSEGV | signal.SIGBUS | signal.SIGABRT | signal.SIGILL | signal.SIGFPE:
            return f"The app broke down in native code ({how(end)}): a library's fault. {SEE_LOG}"
        case None:
            return f"The app ended by itself ({how(end)}). {SEE_LOG}"
        case _:
            return f"The app was ended from outside ({how(end)}). {SEE_LOG}"


def ended_before_listening(end: Exit) -> str:
    """An app whose process ended while it was starting, without saying why."""
    if end.is_with_nursery:
        return WITH_NURSERY
    cause = " Perhaps out of memory?" if end.signal == signal.SIGKILL else ""
    return f"The app ended before it was listening ({how(end)}).{cause} {SEE_LOG}"


def not_ready(timeout_s: float, step: str) -> str:
    """An app that was given up; `step` is the line of the last step it reached."""
    return (
        f"The app did not get ready within {timeout_s:g} s; it came as far as: {step.rstrip('.')}. "
        "Look in its log for what it waits for."
    )


def not_rehearsed(timeout_s: float) -> str:
    """An app that is served, and whose code did not come to its end for a person who comes."""
    return f"The app's page is served, but its code did not run to the end within {timeout_s:g} s."


def duration(seconds: float) -> str:
    """A length of time as people say it: "45 seconds", "15 minutes", "2 hours"."""
    for unit_s, unit in ((3600, "hour"), (60, "minute")):
        if seconds >= unit_s:
            return _counted(round(seconds / unit_s), unit)
    return _counted(round(seconds), "second")


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
