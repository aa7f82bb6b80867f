"""What apps print: one file per app, bounded, with the newest lines easy to read."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

MAX_BYTES = 2**20
"""Above this a log starts anew; the one before is kept as `NAME.1`. An app that floods fills twice this, no more."""


def name(key: str, *, number: int) -> str:
    """The file's name of an instance: `KEY.log`, and `KEY.2.log` for the second of an app that has several."""
    return f"{key}.log" if number == 1 else f"{key}.{number}.log"


START = "--- Started at "
"""Begins the line that parts what an app prints from what earlier starts of it printed."""


def mark_start(path: Path, *, at: datetime) -> None:
    """Note in a log that the app is started now; a log that cannot be written goes without. No link is followed."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return
    with os.fdopen(descriptor, "ab") as file:
        file.write(f"{START}{at:%Y-%m-%d %H:%M:%S} UTC.\n".encode())


def of_last_start(lines: Sequence[str]) -> list[str]:
    """What the last start printed, of the newest lines of a log."""
    starts = [number for number, line in enumerate(lines) if line.startswith(START)]
    return list(lines[starts[-1] + 1 :]) if starts else list(lines)


class AppLog:
    """Appends an app's output to its file. Has one owner at a time, the process that keeps the app.

    When the disk is full, output is dropped: an app must not stand still because it cannot print.
    """

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._file = path.open("ab", buffering=0)

    def write(self, output: bytes) -> None:
        """Append some output."""
        try:
            if self._file.tell() + len(output) > self._max_bytes:
                self._turn()
            self._file.write(output)
        except OSError:
            return

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _turn(self) -> None:
        self._file.close()
        self._path.replace(older(self._path))
        self._file = self._path.open("ab", buffering=0)


def older(path: Path) -> Path:
    """Where the log before this one is kept."""
    return path.with_name(f"{path.name}.1")


def tail(path: Path, *, lines: int) -> list[str]:
    """The newest lines of an app's log, oldest first, without line ends; what is no UTF-8 is shown as �."""
    newest = deque[str](maxlen=lines)
    for file in (older(path), path):
        newest.extend(_read(file).decode(errors="replace").splitlines())
    return list(newest)


def _read(path: Path) -> bytes:
    """A log, or nothing where there is none. No link is followed: another user than the hub's may write there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        return file.read()
