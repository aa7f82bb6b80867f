"""Nurseries for the frameworks that the store's apps are written in: begun before anybody opens one of them."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass

from vitrina.apps import imports
from vitrina.apps.launchers.nursery import NurseryLauncher
from vitrina.hub.proxy.placing import Shelf
from vitrina.store.errors import VitrinaError
from vitrina.store.opening import Store
from vitrina.store.records import App

log = logging.getLogger(__name__)

BEGINS_AFTER_S = 2.0
"""A hub that has just begun has more urgent things to do."""

APPS_LOOKED_AT = 60
"""The newest: what they import is what apps of this store import."""


@dataclass(frozen=True, slots=True)
class Warming:
    """Has nurseries made, one after the other."""

    store: Store
    shelf: Shelf
    launcher: NurseryLauncher

    async def run(self) -> None:
        """Once; what cannot be made beforehand is made when somebody comes."""
        await asyncio.sleep(BEGINS_AFTER_S)
        try:
            for framework, modules in (await asyncio.to_thread(self.wanted)).items():
                await self.launcher.expect(framework, modules)
        except Exception:  # the store may be away: then apps begin as those of a framework that nobody has used yet
            log.exception("No nursery was made beforehand.", extra={"action": "warming_failed"})

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
