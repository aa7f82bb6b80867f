"""Which Python each app is started with: what the app needs, and the environments of this hub's machine."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vitrina.apps.environments import index
from vitrina.apps.environments.environments import Environments, Timing, untimed
from vitrina.apps.environments.room import room_of
from vitrina.apps.environments.shelf import BUILT
from vitrina.apps.interpreter import Interpreter
from vitrina.apps.levels import Level
from vitrina.apps.order import OnStep
from vitrina.apps.supervisor import Supervisor
from vitrina.store.records import App

log = logging.getLogger(__name__)

FOLDER = "environments"
"""Below the folder of apps."""

READ = (f"{FOLDER}/{BUILT}", f"{FOLDER}/runner")
"""The only folders in it whose content apps read."""

COLLECT_S = 24 * 3600.0
"""How often it is looked for environments that nobody uses any more."""


def environments_of(
    apps_folder: Path, *, level: Level, variables: Mapping[str, str] = os.environ, timing: Timing = untimed
) -> Environments:
    """The environments of the hub with this folder of apps, built from the index and in the room that its operator
    configured; `timing` is told how long that takes. Raises RoomError."""
    configured = index.configured(variables, home=Path(variables.get("HOME", "/")))
    return Environments(apps_folder / FOLDER, index=configured, level=level, room=room_of(variables), timing=timing)


@dataclass(frozen=True, slots=True)
class Libraries:
    """Lives in the supervisor's event loop."""

    environments: Environments
    supervisor: Supervisor
    _chosen: dict[str, str] = field(default_factory=dict[str, str])
    """The environment that each app was last started in, by label."""

    async def of(self, app: App, *, on_step: OnStep) -> Interpreter:
        """The Python that has what an app needs; made if it has to be. Raises what `Environments.prepare` raises."""
        now = self.supervisor.get(app.label)
        if now is not None and now.crashes and app.label in self._chosen:
            self.environments.doubt(self._chosen[app.label])
        chosen = await self.environments.prepare(app.requirements, framework=app.framework, on_step=on_step)
        if chosen.environment is not None:
            self._chosen[app.label] = chosen.environment
        return chosen

    async def run(self) -> None:
        """Remove what nobody uses any more, now and once a day, until cancelled."""
        while True:
            try:
                for kept in await self.environments.collect():
                    log.info("environment %s was collected", kept.key, extra={"action": "environment_collected"})
            except OSError:  # a disk may fail: the apps that run are more urgent
                log.exception("Environments were not collected.", extra={"action": "not_collected"})
            await asyncio.sleep(COLLECT_S)
