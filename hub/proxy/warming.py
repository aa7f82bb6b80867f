"""Nurseries for the frameworks that the store's apps are written in: begun before anybody opens one of them."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from vitrina.apps import imports
from vitrina.apps.launchers.nursery import NurseryLauncher
from vitrina.hub.proxy.placing import Shelf
from vitrina.store.errors import VitrinaError
from vitrina.store.opening import Store
from vitrina.store.records import App

log = logging.getLogger(__name__)

LOOKS_EVERY_S = 5.0
"""A hub that has just begun has more urgent things to do, and so has a machine that is busy."""

APPS_LOOKED_AT = 60
"""The newest: what they import is what apps of this store import."""


def is_machine_quiet() -> bool:
    """Whether fewer processes want to run than there are processors."""
    return os.getloadavg()[0] < (os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Warming:
    """Has nurseries made, one after the other, when nothing else is to be done."""

    store: Store
    shelf: Shelf
    launcher: NurseryLauncher
    is_quiet: Callable[[], bool] = is_machine_quiet
    looks_every_s: float = LOOKS_EVERY_S

    async def run(self) -> None:
        """Once; what cannot be made beforehand is made when somebody comes."""
        try:
            await self._quiet()
            for framework, modules in (await asyncio.to_thread(self.wanted)).items():
                await self.launcher.expect(framework, modules)
                await self._quiet()
        except Exception:  # the store may be away: then apps begin as those of a framework that nobody has used yet
            log.exception("No nursery was made beforehand.", extra={"action": "warming_failed"})

    async def _quiet(self) -> None:
        while True:
            await asyncio.sleep(self.looks_every_s)
            if self.is_quiet():
                return

    def wanted(self) -> dict[str, set[str]]:
        """What the apps import, by framework, that of the newest app first."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for app in self.store.apps.newest(limit=APPS_LOOKED_AT):
            found[app.framework] |= self._imported(app)
        return dict(found)

    def _imported(self, app: App) -> frozenset[str]:
        try:
            named = imports.of_app(self.shelf.bundle(app.blob), served=None)
        except (VitrinaError, OSError):  # whoever opens it is told
            return frozenset()
        return named | imports.of_flavour(app.version.flavour)
