"""An app that is being written, started as the hub would start it: from its bundle, within its walls, with its limits.

What it writes is gone with the start that wrote it, what it reads has to be in its bundle, and it knows nothing of the
shell that it was begun from. `vitrina.apps.develop` starts it again on save, from the bundle that is made then.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps import logs
from vitrina.apps.develop import session
from vitrina.apps.feedback import Recorded, Said
from vitrina.apps.launchers.nursery import NurseryLauncher
from vitrina.apps.levels import Level, Network
from vitrina.apps.spec import AppSpec
from vitrina.hub.proxy.libraries import READ, environments_of
from vitrina.hub.proxy.placing import BUNDLES

if TYPE_CHECKING:
    import socket

    from vitrina.apps.develop.session import Session
    from vitrina.apps.environments.environments import Environments
    from vitrina.apps.launchers.launcher import Exit, Launched
    from vitrina.apps.life import Address
    from vitrina.store.bundles import Bundle

KEY = "app"

READ_EVERY_S = 0.2
"""How often what the app wrote is looked for."""


@dataclass(frozen=True)
class Rules:
    """What a hub decides for an app. `apps_folder` is that of the home, whose environments are used."""

    apps_folder: Path
    level: Level
    network: Network = Network.NONE
    variables: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


def run_as_hub(
    developed: Session, pack: Callable[[], Bundle], rules: Rules, *, port: int, say: Callable[[str], None]
) -> None:
    """Run an app as the hub would, a new start for each save, until Ctrl-C or SIGTERM.

    `pack` makes its bundle as its files are now; `say` gets what the app writes, and steps of a long start, by lines.
    Raises PortError, MissingExtraError, and what the first start raises: what packing, environments and the app do.
    """

    async def work(bound: socket.socket) -> None:
        async with _starts(developed, pack, rules, origin=session.origin_of(bound), say=say) as starts:
            await session.serve(developed, starts.begin, bound)

    session.hold(work, port=port)


@asynccontextmanager
async def _starts(
    developed: Session, pack: Callable[[], Bundle], rules: Rules, *, origin: str, say: Callable[[str], None]
) -> AsyncGenerator[_Starts]:
    environments = environments_of(rules.apps_folder, level=rules.level, variables=rules.variables)
    with tempfile.TemporaryDirectory(prefix="vitrina-as-hub-") as place:
        folder = Path(place)
        versions = [one for one in (developed.served, developed.production) if one]
        readable = [folder / BUNDLES, *(rules.apps_folder / name for name in READ), *versions]

        def show(_key: str, _number: int, said: Said, /) -> Recorded:
            say(f"feedback (kept by a hub only): {said.inputs} -> {said.output} {said.flag} {said.note}".rstrip())
            return Recorded.PRINTED

        launcher = NurseryLauncher(
            folder, hub_environment=rules.variables, level=rules.level, readable=readable, intake=show
        )
        starts = _Starts(folder, launcher, environments, pack, rules, developed, origin, say)
        try:
            yield starts
        finally:
            await launcher.close()
            environments.close()


@dataclass(frozen=True)
class _Starts:
    """Makes one start after the other, each with a number of its own: two may run at a time."""

    folder: Path
    launcher: NurseryLauncher
    environments: Environments
    pack: Callable[[], Bundle]
    rules: Rules
    developed: Session
    origin: str
    say: Callable[[str], None]
    _numbers: count[int] = field(default_factory=lambda: count(1))

    async def begin(self) -> Heard:
        bundle = await asyncio.to_thread(self.pack)
        interpreter = await self.environments.prepare(bundle.requirements, framework=bundle.framework, on_step=self.say)
        number = next(self._numbers)
        spec = AppSpec(
            key=KEY,
            ref="this app",
            framework=bundle.framework,
            entry=bundle.entry,
            cwd=bundle.cwd,
            bundle=await asyncio.to_thread(self._placed, bundle),
            bundle_digest=bundle.digest,
            served=self.developed.served,
            production=self.developed.production,
            origin=self.origin,
            network=self.rules.network,
            interpreter=interpreter,
        )
        following = logs.Following(self.launcher.log(KEY, number=number))  # before there is one: nothing is missed
        launched = await self.launcher.launch(spec, number=number)
        return Heard(launched, following, say=self.say)

    def _placed(self, bundle: Bundle) -> Path:
        place = self.folder / BUNDLES / bundle.digest
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(bundle.data)
        return place


class Heard:
    """A start whose output is said by lines while it comes; implements `bench.Started`."""

    def __init__(self, launched: Launched, following: logs.Following, *, say: Callable[[str], None]) -> None:
        self._launched = launched
        self._reading = asyncio.create_task(self._read(following, say))

    @property
    def address(self) -> Address:
        """Where it serves."""
        return self._launched.address

    async def ready(self, on_step: Callable[[str], None]) -> None:
        """Return when it serves."""
        await self._launched.ready(on_step)

    async def ended(self) -> Exit:
        """Wait for its end."""
        return await self._launched.ended()

    async def stop(self, *, grace_s: float) -> None:
        """End it, and return when all that it wrote is said."""
        await self._launched.stop(grace_s=grace_s)
        await self._reading

    async def _read(self, following: logs.Following, say: Callable[[str], None]) -> None:
        ended = asyncio.ensure_future(self._launched.ended())
        try:
            is_over = False
            while not is_over:
                await asyncio.wait({ended}, timeout=READ_EVERY_S)
                is_over = ended.done()
                for line in following.news():
                    if not line.startswith(logs.START):
                        say(line)
        finally:
            ended.cancel()
            following.close()
