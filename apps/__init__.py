"""Logged apps: what is kept of them, how they are served unchanged, and which of them run.

`served` is what apps themselves import, so this front door loads the rest (and no library) only when it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vitrina.apps.served import served as served  # a function on purpose: it stands before the module of its name

if TYPE_CHECKING:
    from vitrina.apps.errors import AppError, StartError, UnknownAppError
    from vitrina.apps.feedback import Recorded
    from vitrina.apps.frameworks.framework import Framework
    from vitrina.apps.launchers.launcher import Launched, Launcher
    from vitrina.apps.launchers.memory import MemoryApp, MemoryLauncher
    from vitrina.apps.launchers.nursery import NurseryLauncher
    from vitrina.apps.launchers.subprocess import SubprocessLauncher
    from vitrina.apps.life import LIFE, Address, Backoff, Event, Instance, State, TcpAddress, UnixAddress
    from vitrina.apps.local import PortError, run_local
    from vitrina.apps.served import NotServedError, Served, remove_served, write_served
    from vitrina.apps.spec import AppSpec
    from vitrina.apps.supervisor import Supervisor, SupervisorSettings
    from vitrina.apps.viewing import Viewer

_HOMES = {
    "errors": ("AppError", "StartError", "UnknownAppError"),
    "feedback": ("Recorded",),
    "frameworks.framework": ("Framework",),
    "launchers.launcher": ("Launched", "Launcher"),
    "launchers.memory": ("MemoryApp", "MemoryLauncher"),
    "launchers.nursery": ("NurseryLauncher",),
    "launchers.subprocess": ("SubprocessLauncher",),
    "life": ("LIFE", "Address", "Backoff", "Event", "Instance", "State", "TcpAddress", "UnixAddress"),
    "local": ("PortError", "run_local"),
    "served": ("NotServedError", "Served", "remove_served", "write_served"),
    "spec": ("AppSpec",),
    "supervisor": ("Supervisor", "SupervisorSettings"),
    "viewing": ("Viewer",),
}

__all__ = [
    "LIFE",
    "Address",
    "AppError",
    "AppSpec",
    "Backoff",
    "Event",
    "Framework",
    "Instance",
    "Launched",
    "Launcher",
    "MemoryApp",
    "MemoryLauncher",
    "NotServedError",
    "NurseryLauncher",
    "PortError",
    "Recorded",
    "Served",
    "StartError",
    "State",
    "SubprocessLauncher",
    "Supervisor",
    "SupervisorSettings",
    "TcpAddress",
    "UnixAddress",
    "UnknownAppError",
    "Viewer",
    "remove_served",
    "run_local",
    "served",
    "write_served",
]


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
