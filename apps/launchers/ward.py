"""A ward: the nurseries of one kind. One forks; those before it end with their last app.

Everything here happens in the launcher's event loop. `seedling` is what a start waits for; `tend` is for quiet moments.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vitrina.apps import pressure
from vitrina.apps.control import Load
from vitrina.apps.launchers import renewal
from vitrina.apps.launchers.nurseries import Nursery, NurseryError, Seedling, end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vitrina.apps.launchers.renewal import Renewal
    from vitrina.apps.launchers.starter import NurserySpec, NurseryStarter

log = logging.getLogger(__name__)

TRIES = 4
"""A nursery that an import makes unfit is begun anew without it, so often in a row."""


MOST_MODULES, LONGEST_NAME = 1000, 100
"""Imported beforehand by one nursery. What apps import is read from their source, which may name anything: all that a
nursery is told has to fit into a packet (`control.MAX_PACKET_BYTES`)."""


@dataclass(frozen=True)
class _Open:
    """The nursery that forks now."""

    nursery: Nursery
    knows: frozenset[str]
    since_s: float


@dataclass(frozen=True)
class _Spare:
    seedling: Seedling
    nursery: Nursery
    since_s: float


class Ward:
    """`describe` makes the spec of a nursery that is to import these modules; `clock` only grows."""

    def __init__(
        self,
        starter: NurseryStarter,
        describe: Callable[[tuple[str, ...]], NurserySpec],
        *,
        bounds: Renewal,
        clock: Callable[[], float],
    ) -> None:
        self._starter = starter
        self._describe = describe
        self._bounds = bounds
        self._clock = clock
        self._modules = set[str]()
        self._unfit = set[str]()
        self._open: _Open | None = None
        self._opening: asyncio.Task[_Open] | None = None
        self._failed_s: float | None = None
        self._retired: list[Nursery] = []
        self._spares: list[_Spare] = []
        self._used_s = clock()

    @property
    def is_open(self) -> bool:
        """Whether a start finds a nursery, and need not wait for one."""
        return self._open is not None and not self._open.nursery.gone.is_set()

    @property
    def nurseries(self) -> list[Nursery]:
        """All that there are."""
        now = [self._open.nursery] if self._open else []
        return [nursery for nursery in (*now, *self._retired) if not nursery.gone.is_set()]

    @property
    def spares(self) -> int:
        """How many processes wait for a job."""
        return len(self._spares)

    def learn(self, modules: Iterable[str]) -> None:
        """Apps import these: the next nursery does so too, as far as there is room for them."""
        plain = sorted(name for name in modules if name.isascii() and len(name) <= LONGEST_NAME)
        new = [name for name in plain if name not in self._modules]
        self._modules.update(new[: MOST_MODULES - len(self._modules)])

    def spare(self) -> tuple[Nursery, Seedling] | None:
        """A process that waits for an app; None: none does."""
        self._used_s = self._clock()
        while self._spares:
            spare = self._spares.pop(0)
            if not spare.seedling.guard.ended.done():
                return spare.nursery, spare.seedling
        return None

    async def seedling(self) -> tuple[Nursery, Seedling]:
        """A new process for an app. Raises NurseryError when there can be none now."""
        self._used_s = self._clock()
        nursery = (await self.open()).nursery
        return nursery, await nursery.fork(is_spare=False)

    async def open(self) -> _Open:
        """The nursery, begun if there is none. Raises NurseryError."""
        if self._open and self.is_open:
            return self._open
        if self._failed_s is not None and self._clock() - self._failed_s < self._bounds.retry_s:
            raise NurseryError("it failed a moment ago")
        if self._opening is None:
            self._opening = asyncio.create_task(self._begin(), name="nursery")
            self._opening.add_done_callback(self._opened)
        return await asyncio.shield(self._opening)

    def take_over(self, nursery: Nursery, modules: Iterable[str]) -> None:
        """One that an earlier launcher left."""
        self.learn(modules)
        if self._open:
            self._retire(nursery)
        else:
            self._open = self._seen(nursery, frozenset(modules))

    async def tend(self) -> None:
        """Look after nursery and spares: renew what is due, make spares where there is room, give back the old ones."""
        free = renewal.spares(pressure.memory(), self._bounds)
        self._retired = [nursery for nursery in self._retired if not nursery.gone.is_set()]
        if not self._open or not self.is_open:
            return
        if self._clock() - self._used_s > self._bounds.unused_s:
            self._discard(keep=0)
            self._retire(self._open.nursery)
            self._open = None
            return
        if renewal.is_due(self._grown(self._open), self._bounds):
            await self._renew()
        self._discard(keep=free)
        while len(self._spares) < free and self._open and self.is_open:
            nursery = self._open.nursery
            self._spares.append(_Spare(await nursery.fork(is_spare=True), nursery, self._clock()))

    async def close(self) -> None:
        """Hang up on all nurseries; their spares end."""
        if self._opening:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        self._discard(keep=0)
        for nursery in self.nurseries:
            nursery.close()

    def _opened(self, opening: asyncio.Task[_Open]) -> None:
        self._opening = None
        if opening.cancelled():
            return
        if (error := opening.exception()) is not None:
            self._failed_s = self._clock()
            log.warning("A nursery failed: %s", error, extra={"action": "nursery_failed"})
        else:
            self._open = opening.result()

    async def _begin(self) -> _Open:
        """Begin nurseries until one is ready. Raises NurseryError."""
        for _ in range(TRIES):
            wanted = tuple(sorted(self._modules - self._unfit))
            try:
                return self._seen(await self._load(wanted), frozenset(wanted))
            except NurseryError as error:
                if error.module not in wanted:
                    raise
                log.warning("%s is not imported beforehand: %s", error.module, error, extra={"action": "module_unfit"})
                self._unfit.add(str(error.module))
        raise NurseryError("too many of its imports are unfit")

    async def _load(self, wanted: tuple[str, ...]) -> Nursery:
        spec = self._describe(wanted)
        try:
            nursery = Nursery(await self._starter.start(spec))
        except OSError as error:
            raise NurseryError(f"it could not be made: {error}") from error
        nursery.load(Load(spec.framework, wanted, spec.level.value, spec.network.value, spec.interpreter.told()))
        try:
            async with asyncio.timeout(self._bounds.load_within_s):
                await nursery.ready
        except TimeoutError:
            nursery.kill()
            await nursery.gone.wait()
            await nursery.ready  # raises, and names the import that it was at
        except BaseException:
            nursery.kill()
            nursery.close()
            raise
        return nursery

    async def _renew(self) -> None:
        """A new nursery takes the place of the one that forks now; that one ends after its last app."""
        before = self._open
        assert before is not None, "there is one to be renewed"
        try:
            self._open = await self._begin()
        except NurseryError as error:
            log.warning("A nursery was not renewed: %s", error, extra={"action": "nursery_not_renewed"})
            return
        self._discard(keep=0)
        self._retire(before.nursery)

    def _retire(self, nursery: Nursery) -> None:
        nursery.retire()
        self._retired.append(nursery)

    def _seen(self, nursery: Nursery, knows: frozenset[str]) -> _Open:
        return _Open(nursery, knows, self._clock())

    def _grown(self, now: _Open) -> renewal.Grown:
        return renewal.Grown(
            age_s=self._clock() - now.since_s,
            bytes_at_first=now.nursery.bytes_at_first,
            bytes_now=now.nursery.bytes_now,
            has_to_learn=not self._modules <= now.knows | self._unfit,
        )

    def _discard(self, *, keep: int) -> None:
        """Let go of spares that are old, dead or too many."""
        now, kept = self._clock(), list[_Spare]()
        for spare in self._spares:
            is_of_use = not spare.seedling.guard.ended.done() and now - spare.since_s < self._bounds.spare_age_s
            if is_of_use and len(kept) < keep:
                kept.append(spare)
            else:
                end(spare.seedling)
        self._spares = kept
