"""An app that records feedback in every way that there is, honest and not; each path is one."""

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from vitrina.apps import recording, served

ONE = "from vitrina.apps import served\nprint(served().record('program', 1).name)"


def once(inputs: object = "once") -> str:
    return said(inputs, patience_s=60)


def said(inputs: object, *, patience_s: float) -> str:
    """As `served().record(…)` says it, with all the time that a slow machine takes."""
    became = recording.record(
        inputs, {"score": 0.7}, note="too high", flag="wrong", viewer=served().viewer(), patience_s=patience_s
    )
    return became.name


def threads() -> str:
    with ThreadPoolExecutor(8) as pool:
        return " ".join(pool.map(once, range(24)))


def forks() -> str:
    children = []
    for number in range(4):
        reading, writing = os.pipe()
        if (pid := os.fork()) == 0:
            os.write(writing, " ".join(once([number, each]) for each in range(4)).encode())
            os._exit(0)
        os.close(writing)
        children.append((pid, reading))
    all_said = []
    for pid, reading in children:
        all_said.append(os.read(reading, 4096).decode())
        os.waitpid(pid, 0)
    return " ".join(all_said)


def program(*, has_channel: bool) -> str:
    files = recording.kept_open(os.environ) if has_channel else ()
    return subprocess.run(
        [sys.executable, "-c", ONE], check=True, capture_output=True, text=True, pass_fds=files
    ).stdout.strip()


def flood() -> str:
    """As much as the channel takes, of what is nothing and of what might be something; answers are never read."""
    channel = recording.Channel.parse(os.environ["VITRINA_FEEDBACK"])
    end = socket.socket(fileno=channel.descriptor)
    sent = 0
    try:
        while sent < 5000:
            end.send(b"feedback " + b"[" * 900 if sent % 2 else b"\x00\xff" * 40, socket.MSG_DONTWAIT)
            sent += 1
    except BlockingIOError:
        pass
    finally:
        end.detach()
    return "sent"


def lies() -> str:
    """A start that failed, another pid, an empty packet's worth of words: nothing that a served app may say."""
    channel = recording.Channel.parse(os.environ["VITRINA_FEEDBACK"])
    end = socket.socket(fileno=channel.descriptor)
    for line in (b'{"failure": "I failed."}\n', b'{"pid": 1}\n', b'{"step": "LOADING"}\n', b"feedback {}"):
        end.send(line)
    end.detach()
    return once("after the lies")


PATHS = {
    "/once": once,
    "/threads": threads,
    "/forks": forks,
    "/program": lambda: program(has_channel=True),
    "/stranger": lambda: program(has_channel=False),
    "/large": lambda: once("x" * 70_000),
    "/deep": lambda: once(__import__("functools").reduce(lambda inner, _: [inner], range(100), 1)),
    "/flood": flood,
    "/impatient": lambda: said("impatient", patience_s=2),
    "/lies": lies,
}


def answer(path: str) -> bytes:
    return PATHS[path]().encode()
