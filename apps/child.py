"""A plain start: `python -m vitrina.apps.child FD LEVEL` is one app, in a process of its own, with its guard.

Started by a launcher with a socket pair's end as descriptor FD. It forks and is two processes from then on: the guard
(`guard`), and the app (`performer`), which gets its job there and tells how far it came. Before the fork nothing is
imported but the standard library, this room and light parts of the store.
"""

from __future__ import annotations

import select
import signal
import socket
import sys

from vitrina.apps import guard, performer
from vitrina.apps.levels import Level


def main() -> int:
    """Be the guard in one process, to its end, and the app in the other; the answer is the app's exit code."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    guard.heed()
    guard.prctl(guard.PR_SET_PDEATHSIG, signal.SIGQUIT)
    if _is_alone(channel):  # the launcher ended before the kernel was told to say so
        return 0
    return performer.perform(channel, guard.fork_app(channel, Level(sys.argv[2])), warmth=None)


def _is_alone(channel: socket.socket) -> bool:
    poll = select.poll()
    poll.register(channel, 0)
    return bool(poll.poll(0))


if __name__ == "__main__":
    sys.exit(main())
