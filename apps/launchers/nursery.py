"""The nursery launcher: each app is a fork of a process that imported its framework, and mostly its libraries, before.

Where there can be no nursery (a framework that is not fit to be forked, a machine without room) an app begins plainly,
as the subprocess launcher begins it, and only takes longer.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakSet

from vitrina.apps import environment, imports, logs
from vitrina.apps.feedback import Intake, Recorded, Said, not_kept
from vitrina.apps.interpreter import OWN, Interpreter
from vitrina.apps.job import Step
from vitrina.apps.launchers.expected import Expected
from vitrina.apps.launchers.leaving import Leaving
from vitrina.apps.launchers.nurseries import Nursery, NurseryError, Seedling, end
from vitrina.apps.launchers.places import Places, Start
from vitrina.apps.launchers.process import AppProcess, Told
from vitrina.apps.launchers.renewal import Renewal
from vitrina.apps.launchers.starter import NurserySpec, NurseryStarter, OwnNurseries, is_bare
from vitrina.apps.launchers.stock import Stock
from vitrina.apps.launchers.subprocess import launch_plainly, not_made
from vitrina.apps.launchers.ward import Ward
from vitrina.apps.launchers.way import Way
from vitrina.apps.levels import Level, Network

if TYPE_CHECKING:
    from pathlib import Path

    from vitrina.apps.launchers.launcher import Adopted
    from vitrina.apps.spec import AppSpec

log = logging.getLogger(__name__)

LISTED_WITHIN_S = 10.0
"""A nursery that does not say in this time what it has is stuck, and ended."""


def _now() -> datetime:
    return datetime.now(UTC)


def _ignored(_key: str, _number: int, _way: Way) -> None:
    """Nobody counts how processes began."""


@dataclass(frozen=True)
class Kind:
    """Apps of one kind are forked from the same nursery."""

    framework: str
    network: Network
    interpreter: Interpreter

    @property
    def name(self) -> str:
        """A name of its own, for files."""
        return "-".join(filter(None, (self.framework, self.network.value, self.interpreter.environment)))


class NurseryLauncher:
    """Starts apps as forks of nurseries; implements `Launcher`.

    `folder` is this launcher's own (made if it is not there): logs, private folders of running apps, sockets.
    `hub_environment` is what apps inherit a few names of. `starter` makes nurseries (None: as children of this process,
    with which they end). `level` is how strongly apps are isolated; `readable` are the folders in which their bundles
    and versions' files are, which a sandbox has to know beforehand.

    `bounds` say how many spares there are and when nurseries are renewed. `on_begun` is told of each start by key and
    number how its process began. `intake` takes what apps record. Raises AppError when another hub uses the folder.
    """

    def __init__(
        self,
        folder: Path,
        *,
        hub_environment: Mapping[str, str] = os.environ,
        starter: NurseryStarter | None = None,
        bounds: Renewal | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _now,
        level: Level = Level.PROCESS,
        readable: Sequence[Path] = (),
        on_begun: Callable[[str, int, Way], None] = _ignored,
        intake: Intake = not_kept,
    ) -> None:
        self._places = Places(folder, hub_environment=hub_environment, level=level, readable=readable)
        self._starter = starter or OwnNurseries()
        self._bounds = bounds or Renewal()
        self._clock = clock
        self._now = now
        self._on_begun = on_begun
        self._intake = intake
        self._processes = WeakSet[AppProcess]()
        self._wards: dict[Kind, Ward] = {}
        self._starting: set[Expected] = set()
        self._tending: asyncio.Task[None] | None = None

    async def adopt(self) -> Sequence[Adopted]:
        """The apps of nurseries that outlived an earlier launcher; everything else that it left is removed."""
        found: list[Adopted] = []
        for started in await self._starter.left():
            found += await self._adopt_all(Nursery(started))
        kept = [one.launched.site for one in found if isinstance(one.launched, AppProcess)]
        self._places.clear(kept=kept)
        return found

    async def launch(self, spec: AppSpec, *, number: int) -> Expected:
        """Begin a start; it waits for its nursery, if that is not there yet. To be called from the main thread."""
        try:
            start = self._places.prepare(spec, number=number)
        except OSError as error:
            raise not_made(error) from error
        ward = self._ward(Kind(spec.framework, spec.network, spec.interpreter))
        leaving = Leaving.of(spec, start.site, number=number, started_at=self._now())
        expected = Expected(
            start,
            self._bear(ward, spec, start, leaving),
            first_step=None if ward.is_open else Step.LOADING,
            on_settled=self._settled,
        )
        self._starting.add(expected)
        return expected

    async def expect(self, framework: str, modules: Iterable[str], *, network: Network = Network.NONE) -> None:
        """Apps of this framework and network, which import these modules, may be opened soon.

        Returns when a nursery is ready, or when there can be none: then the reason was logged, and apps begin plainly.
        """
        ward = self._ward(Kind(framework, network, OWN))
        ward.learn(modules)
        with suppress(NurseryError):
            await ward.open()

    async def tend(self) -> None:
        """Look after nurseries and spares now; done by itself whenever no start has been under way for a moment."""
        for ward in list(self._wards.values()):
            if self._starting:
                return
            try:
                await ward.tend()
            except NurseryError as error:
                log.warning("A nursery does not fork: %s", error, extra={"action": "nursery_does_not_fork"})

    def stock(self) -> list[Stock]:
        """What there is for the next starts, of each kind that has something."""
        found = [Stock(kind.framework, len(ward.nurseries), ward.spares) for kind, ward in self._wards.items()]
        return [one for one in found if one.nurseries]

    def log(self, key: str, *, number: int) -> Path:
        """The file of this instance's output."""
        return self._places.log(key, number=number)

    async def log_tail(self, key: str, *, number: int, lines: int) -> list[str]:
        """The newest lines of this instance's output."""
        return await asyncio.to_thread(logs.tail, self.log(key, number=number), lines=lines)

    async def close(self) -> None:
        """Hang up on the nurseries, which end unless somebody else holds their channels; give the folder free."""
        if self._tending:
            self._tending.cancel()
            await asyncio.gather(self._tending, return_exceptions=True)
        for process in self._processes:
            process.leave()
        for ward in self._wards.values():
            await ward.close()
        await self._starter.close()
        self._places.close()

    def _ward(self, kind: Kind) -> Ward:
        ward = self._wards.get(kind)
        if ward is None:
            ward = self._wards[kind] = Ward(
                self._starter,
                lambda modules: self._describe(kind, modules),
                bounds=self._bounds,
                clock=self._clock,
            )
        return ward

    def _describe(self, kind: Kind, modules: tuple[str, ...]) -> NurserySpec:
        folder = self._places.nursery(kind.name)
        return NurserySpec(
            framework=kind.framework,
            folder=folder,
            log=folder / "log",
            environment=environment.app_environment(
                self._places.hub_environment, folder=folder, served=None, interpreter=kind.interpreter
            ),
            preload=modules,
            level=self._places.level,
            network=kind.network,
            interpreter=kind.interpreter,
            argv_prefix=self._places.argv_prefix(kind.network, writable=(folder,)),
        )

    async def _bear(self, ward: Ward, spec: AppSpec, start: Start, leaving: Leaving) -> AppProcess:
        """From a start that is prepared to its process. Raises StartError."""
        way = Way.WARM if ward.is_open else Way.COLD
        try:
            if is_bare(spec.interpreter, self._places.level):
                pass  # its nursery imports nothing
            elif ward.is_open:
                self._learn_later(ward, spec)
            else:
                ward.learn(await asyncio.to_thread(imports.of_app, spec.bundle, served=spec.served))
            spare = ward.spare()
            self._on_begun(leaving.key, leaving.number, Way.SPARE if spare else way)
            async with asyncio.timeout(self._bounds.wait_s):
                nursery, seedling = spare or await ward.seedling()
        except (NurseryError, TimeoutError) as error:
            why = str(error) or f"it is not ready after {self._bounds.wait_s:g} s"
            log.warning("%s begins without a nursery: %s", spec.ref, why, extra={"action": "plain_start"})
            return self._heard(_begin_plainly(start, self._record(leaving)))
        return self._heard(_put(start, seedling, nursery, leaving, self._record(leaving)))

    def _heard(self, process: AppProcess) -> AppProcess:
        """It is listened to as long as this launcher is open: the next one hears it then."""
        self._processes.add(process)
        return process

    def _record(self, leaving: Leaving) -> Callable[[Said], Recorded]:
        """Whose feedback it is is known by whom it is heard from."""
        return partial(self._intake, leaving.key, leaving.number)

    def _learn_later(self, ward: Ward, spec: AppSpec) -> None:
        """What this app imports is of use to those after it; it need not wait for that to be known."""

        def learn(found: asyncio.Task[frozenset[str]]) -> None:
            if not found.cancelled() and found.exception() is None:
                ward.learn(found.result())

        learning = asyncio.create_task(asyncio.to_thread(imports.of_app, spec.bundle, served=spec.served))
        learning.add_done_callback(learn)

    def _settled(self, expected: Expected) -> None:
        """A start is over, in whatever way: when it was the last, it may be quiet now."""
        self._starting.discard(expected)
        if not self._starting and self._tending is None:
            self._tending = asyncio.create_task(self._tend_soon(), name="tend nurseries")
            self._tending.add_done_callback(self._tended)

    async def _tend_soon(self) -> None:
        await asyncio.sleep(self._bounds.quiet_s)
        await self.tend()

    def _tended(self, tending: asyncio.Task[None]) -> None:
        self._tending = None
        if not tending.cancelled() and (error := tending.exception()) is not None:
            log.error("nurseries were not tended: %r", error, extra={"action": "not_tended"})

    async def _adopt_all(self, nursery: Nursery) -> list[Adopted]:
        """What one nursery has; it goes on forking. One that cannot tell is ended."""
        try:
            async with asyncio.timeout(LISTED_WITHIN_S):
                seedlings, about = await nursery.list()
        except (NurseryError, TimeoutError):
            nursery.kill()
            await nursery.gone.wait()
            return []
        self._ward(Kind(about.framework, Network(about.network), Interpreter.of(about.interpreter))).take_over(
            nursery, about.modules
        )
        found: list[Adopted] = []
        for seedling in seedlings:
            leaving = Leaving.parse(seedling.note)
            if leaving is None or not self._places.has(leaving.site):
                end(seedling)
            else:
                found.append(leaving.adopted(self._heard(_process(seedling, nursery, leaving, self._record(leaving)))))
        return found


def _begin_plainly(start: Start, record: Callable[[Said], Recorded]) -> AppProcess:
    try:
        return launch_plainly(start, record=record)
    except OSError as refused:
        raise not_made(refused) from refused


def _put(
    start: Start, seedling: Seedling, nursery: Nursery, leaving: Leaving, record: Callable[[Said], Recorded]
) -> AppProcess:
    """Give a start to a process that waits for one; the note comes first, so that the next launcher knows of it."""
    nursery.note(seedling.key, leaving.note())
    process = _process(seedling, nursery, leaving, record)
    with start.listener, suppress(OSError):  # an app that has ended already is heard of by its guard
        start.job.send(seedling.channel, start.listener)
    return process


def _process(seedling: Seedling, nursery: Nursery, leaving: Leaving, record: Callable[[Said], Recorded]) -> AppProcess:
    noted = leaving

    def note(told: Told) -> None:
        keep(noted.after(told))

    def keep(after: Leaving) -> None:
        nonlocal noted
        if after != noted:
            noted = after
            nursery.note(seedling.key, noted.note())

    return AppProcess(
        leaving.site,
        channel=seedling.channel,
        guard=seedling.guard,
        told=leaving.told(),
        on_news=note,
        on_draining=lambda how: keep(noted.drained(how)),
        record=record,
    )
