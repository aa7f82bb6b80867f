"""Prints without end, and serves."""

import threading


def _flood() -> None:
    while True:
        print("flood " * 200)  # noqa: T201 - what it is for


threading.Thread(target=_flood, daemon=True).start()


def answer(path: str) -> bytes:
    return b"still here"
