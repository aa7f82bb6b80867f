"""A launcher without processes: whoever tests a supervisor, or what stands above one, plays the apps by hand."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps.errors import StartError
from vitrina.apps.launchers.launcher import Adopted, Draining, Exit
from vitrina.apps.life import Address, UnixAddress

if TYPE_CHECKING:
    from collections.abc import Callable

    from vitrina.apps.spec import AppSpec


class MemoryLauncher:
    """Implements `Launcher`. `launched` lists every start in order, and each also arrives in `arrivals`, to be awaited.

    `refusal`, if set, is raised by the next starts. `left` is what an earlier supervisor left running.
    """

    def __init__(self) -> None:
        self.launched: list[MemoryApp] = []
        self.arrivals: asyncio.Queue[MemoryApp] = asyncio.Queue()
        self.refusal: Exception | None = None
        self.left: list[Adopted] = []
        self.may_look = asyncio.Event()
        self.may_look.set()
        self.lines: dict[str, list[str]] = {}
        self.is_closed = False

    async def adopt(self) -> list[Adopted]:
        """What is `left`, once; not before `may_look` is set, as it is at first."""
        await self.may_look.wait()
        left, self.left = self.left, []
        return left

    async def launch(self, spec: AppSpec, *, number: int) -> MemoryApp:
        """A new app that waits to be told what it does."""
        if self.refusal:
            raise self.refusal
        app = MemoryApp(spec, number=number, address=UnixAddress(Path(f"/nowhere/{len(self.launched)}")))
        self.launched.append(app)
        self.arrivals.put_nowait(app)
        return app

    def log(self, key: str, *, number: int) -> None:
        """There is no log file."""

    async def log_tail(self, key: str, *, number: int, lines: int) -> list[str]:
        """The last of `lines[key]`, whichever instance is meant."""
        return self.lines.get(key, [])[-lines:]

    async def close(self) -> None:
        """Remembered in `is_closed`."""
        self.is_closed = True


class MemoryApp:
    """Implements `Launched`; its story is told by calling `reach`, `answer`, `fail` and `end`.

    `flaw`, if set, is why a rehearsal of it fails; `uses_bytes` is the memory it has (None: nobody knows). One that
    `is_stubborn` ends only when it is given no grace; `is_asked` tells that it was asked to end.
    """

    def __init__(self, spec: AppSpec, *, number: int, address: Address) -> None:
        self.spec = spec
        self.number = number
        self.address = address
        self.uses_bytes: int | None = None
        self.pid: int | None = None
        self.graces: list[float] = []
        self.flaw: str | None = None
        self.draining: Draining | None = None
        self.is_stubborn = False
        self.is_asked = asyncio.Event()
        self._ready = asyncio.get_running_loop().create_future()
        self._ended: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
        self._steps: list[str] = []
        self._on_step: Callable[[str], None] = self._steps.append

    @property
    def has_ended(self) -> bool:
        """Whether its process is gone."""
        return self._ended.done()

    @property
    def serves(self) -> bool:
        """Whether its server answers, or did before it ended."""
        return self._ready.done() and self._ready.exception() is None

    def reach(self, step: str, *, pid: int | None = None) -> None:
        """It comes one step further."""
        self.pid = pid or self.pid
        self._on_step(step)

    def answer(self) -> None:
        """Its server answers."""
        self._ready.set_result(None)

    def fail(self, message: str) -> None:
        """Its start fails, with a reason."""
        self._ready.set_exception(StartError(message))

    def ail(self, message: str) -> None:
        """From now on its server gives no good answer, though its process lives."""
        self.slow_down()
        self.fail(message)

    def slow_down(self) -> None:
        """From now on it gives no answer, before `answer` or `fail`."""
        self._ready = asyncio.get_running_loop().create_future()

    def end(self, how: Exit) -> None:
        """Its process ends."""
        if not self._ready.done():
            self._ready.set_exception(StartError(f"It ended too early: {how}."))
        if not self._ended.done():
            self._ended.set_result(how)

    async def ready(self, on_step: Callable[[str], None]) -> None:
        """Wait for `answer`, `fail` or `end`."""
        self._on_step = on_step
        for step in self._steps:
            on_step(step)
        await asyncio.shield(self._ready)

    async def rehearse(self) -> None:
        """It always goes well, unless `flaw` is set."""
        if self.flaw:
            raise StartError(self.flaw)

    def drains(self, how: Draining) -> None:
        """Remembered in `draining`."""
        self.draining = how

    async def ended(self) -> Exit:
        """Wait for `end`."""
        return await asyncio.shield(self._ended)

    async def memory_bytes(self) -> int | None:
        """As set."""
        return self.uses_bytes

    async def stop(self, *, grace_s: float) -> None:
        """It ends at once when it is asked to, unless it is stubborn; the asking is remembered in `graces`."""
        self.graces.append(grace_s)
        self.is_asked.set()
        if self.is_stubborn and grace_s > 0:
            await asyncio.wait({self._ended})
        self.end(Exit(code=0))
        self._ready.exception()  # looked at, so that asyncio does not complain when nobody waited for it
