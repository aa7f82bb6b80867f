"""How much disk environments may take: all together, and one of them; and the watch over one that is being built.

What a library weighs is often known only when it lies there: uv says how much it downloads before it does so, which is
the first moment at which a build that would be too large is seen; what it unpacks is measured meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from vitrina.store.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping
    from pathlib import Path

T = TypeVar("T")

GB = 10**9
MIB = 2**20

ALL, ONE = "VITRINA_ENVIRONMENTS_GB", "VITRINA_ENVIRONMENT_GB"

LEAST_FREE_BYTES = 2**30
LEAST_FREE_PART = 20
"""A build leaves so much of a disk free, or, of a small one, one part in so many: the hub has to go on writing."""

CACHE_FACTOR = 2
"""uv unpacks into its cache, which two builds may share at a time."""

LEAST_PAUSE_S, PAUSES = 0.5, 10.0
"""The disk is looked at so often, and at most a tenth of the time."""

SECTOR_BYTES = 512
"""What `st_blocks` counts."""

NO_SPACE = "the disk is full"
DOWNLOAD = re.compile(r"^\s*Downloading (?P<what>\S+ \((?P<size>[\d.]+)(?P<unit>[KMG]?)i?B\))")
UNITS = {"": 1, "K": 2**10, "M": MIB, "G": 2**30}


class RoomError(InvalidError):
    """A size that was set for environments is none."""


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes on disk."""

    all_bytes: int = 40 * GB
    """Of all environments together: what was unused for longest goes when there are more."""

    one_bytes: int = 10 * GB
    """Of a single one. The largest honest one (torch with all of its CUDA libraries) takes some 7 GB."""


def room_of(variables: Mapping[str, str]) -> Room:
    """What the operator of a hub with these environment variables allows. Raises RoomError."""
    room = Room()
    all_bytes, one_bytes = _size(variables, ALL, room.all_bytes), _size(variables, ONE, room.one_bytes)
    return Room(all_bytes, min(all_bytes, one_bytes))


def _size(variables: Mapping[str, str], name: str, default: int) -> int:
    try:
        size = float(variables.get(name) or default / GB)
    except ValueError:
        size = 0.0
    if not 0 < size < float("inf"):
        raise RoomError(f"{name} is {variables[name]!r}, and no size.", hint=f"Give gigabytes, such as {name}=20.")
    return int(size * GB)


class ExcessError(Exception):
    """A build takes more than it may; the message is a clause that says of what."""

    def __init__(self, message: str, *, is_own: bool) -> None:
        self.is_own = is_own
        """Whether what is built is too large in itself; else the disk is too small for it now."""
        super().__init__(message)


class Watch:
    """Over one build, which has the private folder `work` and shares uv's `cache` with others."""

    def __init__(self, limit_bytes: int, *, work: Path, cache: Path) -> None:
        self.limit_bytes = limit_bytes
        self._work, self._cache = work, cache
        self._announced_bytes = 0
        self._cached_bytes: int | None = None

    def hear(self, line: str) -> str | None:
        """A line that uv said; gives what it downloads, if that is what it says. Raises ExcessError."""
        found = DOWNLOAD.match(line)
        if found is None:
            return None
        self._announced_bytes += int(float(found["size"]) * UNITS[found["unit"]])
        self._demand(self._announced_bytes)
        return found["what"]

    def look(self) -> None:
        """Measure what lies there. Raises ExcessError."""
        cached_bytes = taken_bytes(self._cache)
        self._cached_bytes = cached_bytes if self._cached_bytes is None else self._cached_bytes
        self._demand((cached_bytes - self._cached_bytes) / CACHE_FACTOR)
        self._demand(taken_bytes(self._work))
        disk = shutil.disk_usage(self._work)
        if disk.free < min(LEAST_FREE_BYTES, disk.total // LEAST_FREE_PART):
            raise ExcessError(NO_SPACE, is_own=False)

    async def over(self, work: Coroutine[Any, Any, T]) -> T:
        """What work gives, which is cancelled when too much lies there. Raises ExcessError and what the work raises."""
        working, looking = asyncio.create_task(work), asyncio.create_task(self._look_again())
        try:
            await asyncio.wait({working, looking}, return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else looking.result()
        finally:
            working.cancel()
            looking.cancel()
            await asyncio.gather(working, looking, return_exceptions=True)

    async def _look_again(self) -> NoReturn:
        while True:
            begun = time.monotonic()
            await asyncio.to_thread(self.look)
            await asyncio.sleep(max(LEAST_PAUSE_S, PAUSES * (time.monotonic() - begun)))

    def _demand(self, size_bytes: float) -> None:
        if size_bytes > self.limit_bytes:
            raise ExcessError(f"it would take more than {shown(self.limit_bytes)} of disk", is_own=True)


def taken_bytes(folder: Path) -> int:
    """What the files below a folder take on disk."""
    waiting, total = [os.fspath(folder)], 0
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    total += entry.stat(follow_symlinks=False).st_blocks * SECTOR_BYTES
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:  # it went away meanwhile
            continue
    return total


def shown(size_bytes: int) -> str:
    """A size for people."""
    return f"{size_bytes / GB:.3g} GB" if size_bytes >= GB else f"{size_bytes / 10**6:.3g} MB"
