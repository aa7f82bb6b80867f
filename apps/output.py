"""What an app prints, held to a rate: a flood must not cost disk and processor, nor push out what matters."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from vitrina.apps.logs import AppLog

BURST_S = 8.0
"""So many seconds' worth may come at once, such as a long traceback or the tables that an app prints at its start."""


class SteadyLog:
    """Appends output to a log as `AppLog` does; what is beyond `bytes_per_s` it drops, and says in the log how much.

    What is dropped ends with a line, and goes on until a second's worth may come again: a flood that never ends would
    otherwise fill the log with scraps and what is said about them.
    """

    def __init__(self, log: AppLog, *, bytes_per_s: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._rate, self._clock = bytes_per_s, clock
        self._credit, self._at = BURST_S * bytes_per_s, clock()
        self._dropped = 0
        self._drops_line = False
        self._keeps_line = False

    def write(self, output: bytes) -> None:
        """Append some output, or what of it there is room for."""
        now = self._clock()
        self._credit = min(self._credit + (now - self._at) * self._rate, BURST_S * self._rate)
        self._at = now
        if self._credit < (self._rate if self._dropped else min(len(output), self._rate)):
            self._drop(output)
            return
        if self._drops_line:
            rest, end, output = output.partition(b"\n")
            self._drop(rest + end)
        if output:
            self._credit -= len(output)
            self._say_dropped()
            self._log.write(output)
            self._keeps_line = not output.endswith(b"\n")

    def close(self) -> None:
        """Close the log."""
        self._say_dropped()
        self._log.close()

    def _drop(self, output: bytes) -> None:
        self._dropped += len(output)
        self._drops_line = not output.endswith(b"\n")

    def _say_dropped(self) -> None:
        if self._dropped:
            start = "\n" if self._keeps_line else ""
            words = (
                f"--- {self._dropped:,} bytes are left out here: the app printed more than {self._rate:,} a second\n"
            )
            self._log.write((start + words).encode())
            self._dropped = 0
            self._drops_line = self._keeps_line = False
