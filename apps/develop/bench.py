"""The bench: one start of an app after the other. The one before serves until the next one does.

Rule 1: there are two starts at most, the one that serves and the one that is under way.
Rule 2: a save ends the start that is under way; the newest files are what counts.
Rule 3: what does not start is told, and changes nothing for those who are inside.
Rule 4: only the first start's failure ends it all: nothing would be served.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from vitrina.apps import endings
from vitrina.store.errors import VitrinaError

if TYPE_CHECKING:
    from vitrina.apps.develop.switch import Switch
    from vitrina.apps.launchers.launcher import Exit
    from vitrina.apps.life import Address

STOP_S = 3.0
"""So long the one before may take to end."""

NAMED = 3
"""So many of the saved files are named."""


class Turn(Enum):
    """What happened on a bench; the value is the word for it."""

    SERVED = "served"
    SAVED = "saved"
    OWN = "own"
    """The app wrote a file itself: nothing comes of it."""

    FAILED = "failed"
    ENDED = "ended"


@dataclass(frozen=True)
class News:
    """What happened, and one line of it for people."""

    turn: Turn
    line: str


class Started(Protocol):
    """One start of an app, as `launchers.launcher.Launched` has it; whoever began it awaits `stop` in the end."""

    @property
    def address(self) -> Address: ...

    async def ready(self, on_step: Callable[[str], None]) -> None: ...

    async def ended(self) -> Exit: ...

    async def stop(self, *, grace_s: float) -> None: ...


Begin = Callable[[], Awaitable[Started]]
"""Begins a start of the app as its files are now. Raises VitrinaError; what it raises is told as it stands."""


class Bench:
    """Lives in one event loop. `tell` hears all that happens."""

    def __init__(self, begin: Begin, switch: Switch, *, tell: Callable[[News], None]) -> None:
        self._begin, self._switch, self._tell = begin, switch, tell
        self._serving: Started | None = None
        self._watching: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._leaving: set[asyncio.Task[None]] = set()

    async def run(self, saves: AsyncIterable[Sequence[Path]], *, on_served: Callable[[], None]) -> None:
        """Serve the app, and begin it again at each save, until cancelled; then nothing is left of it.

        `on_served` is called once, when the first start serves. Raises what that start raises.
        """
        try:
            self._take(await self._started())
            on_served()
            await self._work(saves)
        finally:
            if self._watching:
                self._watching.cancel()
            if self._serving:
                self._let_go(self._serving, grace_s=STOP_S)
            while self._leaving:
                await asyncio.wait(self._leaving)

    async def _work(self, saves: AsyncIterable[Sequence[Path]]) -> None:
        both = [asyncio.create_task(self._hear(saves)), asyncio.create_task(self._renew())]
        try:
            await asyncio.gather(*both)
        finally:
            for task in both:
                task.cancel()
            await asyncio.wait(both)

    async def _hear(self, saves: AsyncIterable[Sequence[Path]]) -> None:
        async for changed in saves:
            self._tell(News(Turn.SAVED, f"{named(changed)} changed: starting again."))
            self._wanted.set()

    async def _renew(self) -> None:
        """One start after the other, as they are wanted."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            attempt, newer = asyncio.create_task(self._attempt()), asyncio.create_task(self._wanted.wait())
            try:
                await asyncio.wait({attempt, newer}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (attempt, newer):
                    task.cancel()
                await asyncio.wait({attempt, newer})  # one that was cancelled clears up first
            if not attempt.cancelled():
                attempt.result()

    async def _attempt(self) -> None:
        begun_s = asyncio.get_running_loop().time()
        try:
            started = await self._started()
        except VitrinaError as error:
            serves_on = " The one before serves on." if self._serving else ""
            self._tell(News(Turn.FAILED, f"It does not start. {error}{serves_on}"))
            return
        before = self._serving
        self._take(started)
        took_s = asyncio.get_running_loop().time() - begun_s
        self._tell(News(Turn.SERVED, f"Served anew after {took_s:.1f} s."))
        if before:
            self._let_go(before, grace_s=STOP_S)

    async def _started(self) -> Started:
        launched = await self._begin()
        try:
            await launched.ready(lambda _: None)
        except BaseException:
            await launched.stop(grace_s=0)
            raise
        return launched

    def _take(self, started: Started) -> None:
        """Let it serve."""
        if self._watching:
            self._watching.cancel()
        self._serving = started
        self._switch.turn(started.address)
        self._watching = asyncio.create_task(self._watch(started))

    async def _watch(self, started: Started) -> None:
        """Tell of its end, which nobody asked for."""
        line = f"{endings.ended(await started.ended())} It starts again when a file of it is saved."
        self._serving = None
        self._switch.turn(None, line=line)
        self._tell(News(Turn.ENDED, line))
        self._let_go(started, grace_s=0)

    def _let_go(self, started: Started, *, grace_s: float) -> None:
        """End it beside all else: a newer save must not break into that."""
        leaving = asyncio.create_task(started.stop(grace_s=grace_s))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)


def named(paths: Sequence[Path]) -> str:
    """The first of some files, and how many there are more."""
    told = ", ".join(path.name for path in paths[:NAMED])
    return f"{told} and {len(paths) - NAMED} more" if len(paths) > NAMED else told
