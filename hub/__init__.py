"""The processes people talk to, and the command line.

    settings = Settings(place(), port=8400, apps_port=8401)
    portal = create_portal(settings, store)                     pages and API: an ASGI application
    front = create_front(settings, store, supervisor, …)        the apps port: an aiohttp application

`vitrina hub` runs both (`serving`). Everything loads at first use: the command line imports no web framework.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vitrina.hub.cli import main
    from vitrina.hub.front import create_front
    from vitrina.hub.portal import create_portal
    from vitrina.hub.settings import Settings

__all__ = ["Settings", "create_front", "create_portal", "main"]

_HOMES = {"Settings": "settings", "create_front": "front", "create_portal": "portal", "main": "cli"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
