"""Starts what tries to outlive it: a child, a child in a session of its own, and an orphan."""

import json
import subprocess

pids = [
    subprocess.Popen(["sleep", "1000"]).pid,
    subprocess.Popen(["sleep", "1000"], start_new_session=True).pid,
    int(subprocess.check_output(["sh", "-c", "setsid sleep 1000 >/dev/null & echo $!"])),
]


def answer(path: str) -> bytes:
    return json.dumps(pids).encode()
