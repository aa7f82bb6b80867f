"""What apps print: one file per app, bounded, with the newest lines easy to read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO

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
    return _lines(_read(older(path)) + _read(path))[-lines:]


class Following:
    """Reads on in a log, wherever it goes: a new file takes its place when it is full, or when the app first writes.

    It begins at the end of what there is, or, with `lines`, that many lines before. Whoever uses it asks for `news` as
    often as they like to hear them, and closes it.
    """

    def __init__(self, path: Path, *, lines: int = 0) -> None:
        self._path = path
        self._file = _opened(path)
        self._rest = b""
        self._first: list[str] = []
        if self._file is not None:
            text, self._rest = _whole_lines(self._file.read())
            self._first = [*_lines(_read(older(path))), *_lines(text)][-lines:] if lines else []

    def news(self) -> list[str]:
        """The whole lines that were written since, oldest first, without line ends."""
        first, self._first = self._first, []
        found = self._read_on()
        while (after := self._after()) is not None:
            last = self._read_on()  # what was still written to the file that is full now
            found += last + ([self._rest.decode(errors="replace")] if self._rest else [])
            self.close()
            self._file, self._rest = after, b""
            found += self._read_on()
        return first + found

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read_on(self) -> list[str]:
        if self._file is None:
            return []
        text, self._rest = _whole_lines(self._rest + self._file.read())
        return _lines(text)

    def _after(self) -> BinaryIO | None:
        """The file that stands there now, if it is another one than that which is read."""
        there = _opened(self._path)
        if there is None or self._file is None:
            return there
        if os.path.sameopenfile(there.fileno(), self._file.fileno()):
            there.close()
            return None
        return there


def _whole_lines(written: bytes) -> tuple[bytes, bytes]:
    """What ends with a line's end, and the beginning of a line after that."""
    end = written.rfind(b"\n") + 1
    return written[:end], written[end:]


def _lines(written: bytes) -> list[str]:
    return written.decode(errors="replace").splitlines()


def _read(path: Path) -> bytes:
    file = _opened(path)
    if file is None:
        return b""
    with file:
        return file.read()


def _opened(path: Path) -> BinaryIO | None:
    """A log, or None where there is none. No link is followed: another user than the hub's may write there."""
    try:
        return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")
    except OSError:
        return None
