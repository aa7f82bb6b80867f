"""What apps print: one file per app, bounded, with the newest lines easy to read."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 2**20
"""Above this a log starts anew; the one before is kept as `NAME.1`. An app that floods fills twice this, no more."""


def name(key: str, *, number: int) -> str:
    """The file's name of an instance: `KEY.log`, and `KEY.2.log` for the second of an app that has several."""
    return f"{key}.log" if number == 1 else f"{key}.{number}.log"


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
