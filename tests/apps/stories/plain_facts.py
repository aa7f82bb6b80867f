"""Tells in which surroundings it runs."""

import json
import os
import sys
from pathlib import Path

import helper_beside

print("ready to tell")  # noqa: T201 - to be found in the log
old_umask = os.umask(0o077)


def answer(path: str) -> bytes:
    Path("written-beside-the-script.txt").write_text("apps do write there")
    facts = {
        "environment": dict(os.environ),
        "cwd": str(Path.cwd()),
        "argv": sys.argv,
        "first_on_path": sys.path[0],
        "main_file": sys.modules["__main__"].__file__,
        "umask": old_umask,
        "stdin": str(Path("/proc/self/fd/0").readlink()),
        "session": os.getsid(0),
        "pid": os.getpid(),
        "from_helper": helper_beside.VALUE,
        "no_new_privileges": "NoNewPrivs:\t1" in Path("/proc/self/status").read_text(),
    }
    return json.dumps(facts).encode()
