"""Random keys that are kept in the home, readable by their owner alone."""

from __future__ import annotations

import os
from pathlib import Path

from vitrina.store.errors import VitrinaError
from vitrina.store.tokens import new_token

TOKEN = "hub-token"  # noqa: S105  the name of a file
"""Lets who can read it (the command line of the same person) act as the local user."""

METRICS = "metrics-token"
"""Lets a program read the hub's figures, and do nothing else."""

SECRET = "hub-secret"  # noqa: S105
"""Signs what browsers keep for the hub."""


class OpenKeyError(VitrinaError):
    """A key can be read by others."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The key {path} can be read by other users of this machine.",
            hint=f"Remove it and start the hub again: it makes a new one (rm {path}).",
        )


def kept(path: Path) -> str:
    """The key in this file, made (mode 0600) when it is not there. Raises OpenKeyError when others can read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (found := read(path)) is not None:
        return found
    _make(path)
    made = read(path)
    assert made is not None
    return made


def read(path: Path) -> str | None:
    """The key in this file; None when there is none. Raises OpenKeyError when others can read it."""
    try:
        with path.open() as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise OpenKeyError(path)
            return file.read().strip()
    except FileNotFoundError:
        return None


def _make(path: Path) -> None:
    """Whole or not at all; of two that make it at once the first one's stands."""
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(new_token())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
