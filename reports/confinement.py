"""What a render worker takes from itself before it touches anything that a user made. Linux; elsewhere only the
memory."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

CLONE_NEWNET = 0x40000000
CLONE_NEWUSER = 0x10000000


def confine(*, memory_bytes: int) -> bool:
    """No core files, no more writable memory than this, and no network where the system lets a process give it up.

    Says whether the network is gone. The limit is on data (RLIMIT_DATA), not on addresses: V8 reserves 64 GB of these
    and uses none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end is our end of input
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    return _leave_network()


def end_at(seconds: float) -> None:
    """Ends this process by the kernel's hand when so much time has passed, also when its parent is gone and a library
    holds the interpreter; 0 takes it back."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _leave_network() -> bool:
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    flags = (CLONE_NEWNET,) if os.geteuid() == 0 else ()
    return any(libc.unshare(each) == 0 for each in (*flags, CLONE_NEWUSER | CLONE_NEWNET))
