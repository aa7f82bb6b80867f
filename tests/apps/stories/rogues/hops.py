"""Many that never stay in one process: each forks the next and ends. All hold one lock; they give up after a minute."""

import fcntl
import os
import time
from pathlib import Path

MANY = 12


def hop(give_up_s):
    while time.monotonic() < give_up_s:
        if os.fork() != 0:
            os._exit(0)
        if Path("hides").exists():
            os.setsid()
    os._exit(0)


if os.fork() == 0:
    held = os.open("lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(held, fcntl.LOCK_EX)
    for _ in range(MANY):
        if os.fork() == 0:
            hop(time.monotonic() + 60)
    Path("hopping").touch()
    os._exit(0)


def answer(path):
    if path == "/hide":
        Path("hides").touch()
    while not Path("hopping").exists():
        os.sched_yield()
    return str(Path.cwd()).encode()
