"""All that an app started, however it hid and however fast it forks: what its guard, the subreaper of it, has below it.

Rule 1: all are stopped before any is killed. Who is killed makes room for the next one; who is stopped forks no more,
        and its children are all that it will ever have.
Rule 2: a group is stopped by one call: within the kernel, so that nothing that is just being forked slips through.
Rule 3: what left its group is looked for from the top, again and again, until nothing new is found.
Rule 4: what has ended is collected at once, or there would be more and more of it to be looked through.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

MOST_PASSES = 50
"""In one go; then what was found is killed, and it begins again."""

PROC = Path("/proc")


class Remains:
    """Of one app; to be used by its guard, which has no other child. `status` is the wait status of its own process."""

    def __init__(self, app_pid: int) -> None:
        self._app_pid = app_pid
        self.status = 0

    def collect(self) -> set[int] | None:
        """Collect what has ended by now; who that was, None: there is no child left."""
        return self._collected(os.WNOHANG)

    def end(self) -> None:
        """Kill everything, and return when nothing is left."""
        while True:
            for pid in self._stopped():
                _send(pid, signal.SIGKILL)
            if self._collected(0) is None:
                return

    def _stopped(self) -> set[int]:
        """Stop all, and who they are; in a hurry, some may have slipped through."""
        found = set[int]()
        for _ in range(MOST_PASSES):
            found -= self.collect() or set()  # a number may be another one's soon
            level, is_news = _children(os.getpid()), False
            while level:
                for pid in level:
                    is_news = is_news or pid not in found
                    if pid not in found:
                        _send(pid, signal.SIGSTOP)
                found.update(level)
                level = [child for pid in level for child in _children(pid)]
            if not is_news:
                break
        return found

    def _collected(self, how: int) -> set[int] | None:
        """As `how` says, wait for the first one; then only take who has ended already."""
        ended = set[int]()
        try:
            pid, status = os.waitpid(-1, how)
            while pid:
                ended.add(pid)
                if pid == self._app_pid:
                    self.status = status
                pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return None
        return ended


def _send(pid: int, number: signal.Signals) -> None:
    """To it, and to all of its group. A process that has not left its guard's own group yet is alone."""
    with suppress(ProcessLookupError, PermissionError):
        group = os.getpgid(pid)
        if group != os.getpgrp():
            os.killpg(group, number)
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _children(pid: int) -> list[int]:
    """Those that have ended and wait to be collected included."""
    found = list[int]()
    try:
        for thread in (PROC / str(pid) / "task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    except OSError:  # it ended meanwhile
        pass
    return found
