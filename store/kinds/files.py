"""What kinds need of files: their first bytes, without taking them into memory."""

from __future__ import annotations

import re
from pathlib import Path

from vitrina.store.kinds.kind import KindError

HEAD = 1 << 18
"""Bytes that are enough to know a picture's size, behind the largest usual preview inside a JPEG."""


def head_of(path: Path) -> bytes:
    """The first bytes of a file. Raises KindError when it is not there or is a folder."""
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except IsADirectoryError as error:
        raise KindError(f"{path} is a folder") from error
    except OSError as error:
        raise KindError(f"{path} cannot be read: {error.strerror}") from error


def local_path(value: str | Path) -> Path:
    """The path. Raises KindError for a URL: nothing is ever fetched because a user wrote its address."""
    if isinstance(value, str) and re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:", value):
        raise KindError("it is an address, and nothing is fetched", hint="Download the file and give its path.")
    return Path(value)
