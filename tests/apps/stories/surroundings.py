"""Tells in what it runs. GET /?PORT also tells whether it reaches that port of 127.0.0.1, and a port of its own."""

from __future__ import annotations

import json
import os
import resource
import socket
from pathlib import Path

NAMES = {"files": resource.RLIMIT_NOFILE, "file_bytes": resource.RLIMIT_FSIZE, "core": resource.RLIMIT_CORE}


def reaches(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except OSError:
        return False
    return True


def reaches_itself() -> bool:
    try:
        with socket.create_server(("127.0.0.1", 0)) as own:
            return reaches(own.getsockname()[1])
    except OSError:
        return False


def answer(path: str) -> bytes:
    port = int(path.partition("?")[2])
    facts = {
        **{name: resource.getrlimit(what)[0] for name, what in NAMES.items()},
        "processes": resource.getrlimit(resource.RLIMIT_NPROC)[0],
        "niceness": os.nice(0),
        "uid": os.getuid(),
        "oom_score": int(Path("/proc/self/oom_score_adj").read_text()),
        "reaches_itself": reaches_itself(),
        "reaches_the_machine": reaches(port),
        "tmp_is_writable": os.access("/tmp", os.W_OK),
    }
    return json.dumps(facts).encode()
