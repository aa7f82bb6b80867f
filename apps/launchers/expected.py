"""An app whose process is on its way: nobody has to wait for a nursery in order to be told that it is waited for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from vitrina.apps.launchers import places
from vitrina.apps.launchers.launcher import Exit
from vitrina.apps.life import UnixAddress

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from vitrina.apps.job import Step
    from vitrina.apps.launchers.launcher import Draining
    from vitrina.apps.launchers.places import Start
    from vitrina.apps.launchers.process import AppProcess


class Expected:
    """Implements `Launched` for a process that `birth` will give; `birth` raises StartError when there will be none.

    `first_step` is told at once. `on_settled` is called once: when the app is ready, has failed, or is to stop.
    """

    def __init__(
        self,
        start: Start,
        birth: Coroutine[Any, Any, AppProcess],
        *,
        first_step: Step | None,
        on_settled: Callable[[Expected], None],
    ) -> None:
        self._start = start
        self._birth = asyncio.create_task(birth, name=f"birth in {start.site.folder.name}")
        self._first_step = first_step
        self._on_settled: Callable[[Expected], None] | None = on_settled

    @property
    def address(self) -> UnixAddress:
        """The socket it serves on."""
        return UnixAddress(self._start.site.socket)

    @property
    def pid(self) -> int | None:
        """The app's own process, once there is one that has told something."""
        process = self._process
        return process.pid if process else None

    async def ready(self, on_step: Callable[[str], None]) -> None:
        """Wait for its process, then for its server's first answer."""
        if self._first_step:
            on_step(self._first_step.value)
        try:
            await (await asyncio.shield(self._birth)).ready(on_step)
        finally:
            self._settle()

    async def rehearse(self) -> None:
        """As its process does."""
        await (await asyncio.shield(self._birth)).rehearse()

    def drains(self, how: Draining) -> None:
        """As its process does; what has none yet cannot be left to anybody."""
        if process := self._process:
            process.drains(how)

    async def ended(self) -> Exit:
        """As its process does; at once when there never was one."""
        await asyncio.wait({self._birth})
        process = self._process
        return await process.ended() if process else Exit()

    async def memory_bytes(self) -> int | None:
        """As its process does; unknown before it is there."""
        process = self._process
        return await process.memory_bytes() if process else None

    async def stop(self, *, grace_s: float) -> None:
        """Also while it waits for its nursery."""
        self._settle()
        if not self._birth.done():
            self._birth.cancel()
        await asyncio.wait({self._birth})
        if process := self._process:
            await process.stop(grace_s=grace_s)
        else:
            places.discard(self._start)

    @property
    def _process(self) -> AppProcess | None:
        is_born = self._birth.done() and not self._birth.cancelled() and self._birth.exception() is None
        return self._birth.result() if is_born else None

    def _settle(self) -> None:
        if self._on_settled:
            settled, self._on_settled = self._on_settled, None
            settled(self)
