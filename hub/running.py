"""Which hub runs with a home: a file that the hub holds locked as long as it lives, and in which its address stands."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from vitrina.store.errors import ConflictError, NotFoundError

NAME = "hub.json"


@dataclass(frozen=True, slots=True)
class RunningHub:
    url: str
    """Of its portal."""

    pid: int
    starts: int = 0
    """How often all of it began to serve: once, and again at each restart. 0: it does not serve yet."""

    refusals: int = 0
    """How often it was asked for a restart since, and goes on as it is."""

    refusal: str = ""
    """Why, the last time."""


class AlreadyRunningError(ConflictError):
    """A home has one hub at a time."""

    def __init__(self, hub: RunningHub | None, home: Path) -> None:
        where = f" at {hub.url} (process {hub.pid})" if hub is not None else ""
        super().__init__(
            f"A hub runs already with the home {home}{where}.",
            hint="Use it (a new link to it: vitrina hub link), or start this one with a home of its own: --home DIR",
        )


class NoHubError(NotFoundError):
    """No hub runs with this home."""

    def __init__(self, home: Path) -> None:
        super().__init__(f"hub that runs with the home {home}", hint="Start it: vitrina hub")


@dataclass(frozen=True, slots=True)
class Claim:
    """Held by the hub that runs. The lock ends with its process, however that ends."""

    file: IO[str]

    def tell(self, url: str, *, starts: int, refusals: int = 0, refusal: str = "") -> None:
        """Says under which address this hub is found, and what else `RunningHub` tells."""
        line = json.dumps(asdict(RunningHub(url, os.getpid(), starts, refusals, refusal))).encode() + b"\n"
        # Over what stands there and not into an emptied file: somebody may read at any moment, and reads one line.
        os.pwrite(self.file.fileno(), line, 0)
        os.ftruncate(self.file.fileno(), len(line))

    def __enter__(self) -> Claim:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


def claim(home: Path, *, held: int | None = None) -> Claim:
    """Takes a home for this process. Raises AlreadyRunningError.

    `held` is the number of the open file by which an earlier program of this same process has taken it.
    """
    if held is not None:
        return Claim(os.fdopen(held, "r+"))
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.fdopen(os.open(home / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with file:
            raise AlreadyRunningError(_read(file), home) from None
    return Claim(file)


def find(home: Path) -> RunningHub:
    """The hub that runs with this home. Raises NoHubError."""
    try:
        with (home / NAME).open() as file:
            if _is_held(file) and (hub := _read(file)) is not None:
                return hub
    except FileNotFoundError:
        pass
    raise NoHubError(home)


def _is_held(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _read(file: IO[str]) -> RunningHub | None:
    """None: the hub has taken the home, and not yet said where it is."""
    file.seek(0)
    try:
        return RunningHub(**json.loads(file.readline()))
    except (ValueError, TypeError):
        return None
