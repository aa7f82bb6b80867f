"""Giving disk back: of what was placed for apps, what no instance uses any more goes, that used longest ago first.

    taken/<name>    touched whenever somebody is given bundles/<name> or served/<name>

No instance lives longer than a known time, so what was taken before that is used by none: nobody has to be asked.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vitrina.apps.policy import SupervisorSettings
from vitrina.apps.served import remove_served
from vitrina.store.errors import InvalidError

log = logging.getLogger(__name__)

TAKEN = "taken"

GB = 10**9

PLACED = "VITRINA_PLACED_GB"
"""By this the operator of a hub says how much all that is placed may take."""

MOST_BYTES = 20 * GB
"""Unless they say otherwise. What was used lately stays, however much it is."""

MARGIN_S = 3600.0
"""For a start that took its time, and for clocks that are set."""

EVERY_S = 3600.0


def unused_after_s(times: SupervisorSettings) -> float:
    """After so many seconds what was taken is used by no instance."""
    return times.start_timeout_s + times.lifetime_s + times.drain_s + times.stop_timeout_s + MARGIN_S


class PlacedRoomError(InvalidError):
    """A size that was set for what is placed is none."""


def most_bytes_of(variables: Mapping[str, str]) -> int:
    """What the operator of a hub with these environment variables allows. Raises PlacedRoomError."""
    given = variables.get(PLACED)
    if not given:
        return MOST_BYTES
    try:
        gigabytes = float(given)
    except ValueError:
        gigabytes = 0.0
    if not 0 < gigabytes < float("inf"):
        raise PlacedRoomError(f"{PLACED} is {given!r}, and no size.", hint=f"Give gigabytes, such as {PLACED}=20.")
    return int(gigabytes * GB)


@dataclass(frozen=True, slots=True)
class Placed:
    """One thing that was placed: a file, or a folder with all in it."""

    path: Path
    size_bytes: int
    taken_at: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Clearing:
    """Looks after the folders `names` below `folder`. `clock` gives seconds since 1970."""

    folder: Path
    names: Sequence[str]
    unused_s: float
    most_bytes: int = MOST_BYTES
    clock: Callable[[], float] = time.time

    def take(self, path: Path) -> Path:
        """Somebody is given this now."""
        mark = self.folder / TAKEN / path.name
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        return path

    def collect(self) -> list[Placed]:
        """Remove what goes, and what was left of it half-way; gives what was removed."""
        now = self.clock()
        placed = [one for name in self.names for one in self._placed(self.folder / name)]
        going = [one for one in placed if one.path.name.startswith(".") and now - one.taken_at >= self.unused_s]
        going += due(
            [one for one in placed if not one.path.name.startswith(".")],
            most_bytes=self.most_bytes,
            unused_before=now - self.unused_s,
        )
        for one in going:
            self._remove(one.path)
        return going

    async def run(self) -> None:
        """Again and again, until cancelled."""
        while True:
            try:
                for one in await asyncio.to_thread(self.collect):
                    log.info("%s was removed: nothing uses it.", one.path, extra={"action": "placed_collected"})
            except OSError:  # a disk may fail: the apps that run are more urgent
                log.exception("What was placed for apps was not collected.", extra={"action": "not_collected"})
            await asyncio.sleep(EVERY_S)

    def _placed(self, folder: Path) -> Iterator[Placed]:
        for path in folder.iterdir() if folder.is_dir() else ():
            with suppress(FileNotFoundError):  # somebody else has just removed or renamed it
                yield Placed(path, _size_bytes(path), self._taken_at(path))

    def _taken_at(self, path: Path) -> float:
        mark = self.folder / TAKEN / path.name
        return (mark if mark.exists() else path).stat().st_mtime

    def _remove(self, path: Path) -> None:
        """Out of sight at once, so that nobody is given what is half gone."""
        leaving = path
        if not path.name.startswith("."):
            leaving = path.with_name(f".{path.name[:16]}.{secrets.token_hex(4)}")
            path.rename(leaving)
        if leaving.is_dir():
            remove_served(leaving)
        else:
            leaving.unlink()
        (self.folder / TAKEN / path.name).unlink(missing_ok=True)


def due(placed: Sequence[Placed], *, most_bytes: int, unused_before: float) -> list[Placed]:
    """What has to go that all may lie within `most_bytes`: only what was taken before a moment, oldest first. Pure."""
    surplus = sum(one.size_bytes for one in placed) - most_bytes
    going = list[Placed]()
    for one in sorted(placed, key=lambda one: one.taken_at):
        if surplus <= 0 or one.taken_at >= unused_before:
            break
        going.append(one)
        surplus -= one.size_bytes
    return going


def _size_bytes(path: Path) -> int:
    if not path.is_dir():
        return path.stat().st_size
    return sum(Path(inner, name).stat().st_size for inner, _, names in os.walk(path) for name in names)
