"""The walls around one app: all that stands between its code and everything else, put up by its own process.

Two calls: `part` in the process that will fork the app, `enter` in the app's own before any of its code. What each
level holds is told by `vitrina.apps.attempts`, and measured by an app that tries (tests/apps/test_attacks.py).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps import landlock, limits, namespaces, visible
from vitrina.apps.frameworks import releases
from vitrina.apps.landlock import Rules
from vitrina.apps.levels import Level, Network
from vitrina.apps.limits import Limits
from vitrina.apps.namespaces import SHARED_MEMORY, TMP, View

if TYPE_CHECKING:
    from vitrina.apps.job import Job


LISTENING = frozenset({"command"})
"""Frameworks whose programs listen on a port of 127.0.0.1, to which the app's own process passes people on."""


@dataclass(frozen=True)
class Walls:
    """What one app is held by, and what it keeps; all paths are absolute.

    `folder` is its private one, with `home` and `tmp` in it. `readable` are its bundle, its version's files and those
    of the version in production.
    `hidden` are folders that lie open to the nursery, such as that of all private folders.
    """

    level: Level
    network: Network
    folder: Path
    readable: tuple[Path, ...] = ()
    hidden: tuple[Path, ...] = ()
    limits: Limits = field(default_factory=Limits)


def of(job: Job) -> Walls:
    """The walls that a job asks for."""
    folder, bundle = Path(job.folder), Path(job.bundle)
    served = tuple(Path(path) for path in (job.served, job.production) if path)
    launchers = folder.parent.parent  # with all private folders, logs and nurseries' homes
    hidden = (launchers, bundle.parent, *(path.parent for path in served))
    level, network = Level(job.level), Network(job.network)
    if level is Level.SANDBOX and network is Network.NONE and _listens(job.framework):
        network = Network.LOOPBACK  # of its own, where nobody else is
    return Walls(level, network, folder, (bundle, *served), hidden)


def _listens(framework: str) -> bool:
    """Whether its apps are programs of their own, which may listen on a port only."""
    return framework in LISTENING or releases.is_older(framework)


def part(level: Level) -> None:
    """Before the fork: in a sandbox, part the app-to-be from its siblings. Raises OSError."""
    if level is Level.SANDBOX:
        namespaces.leave()


def enter(walls: Walls) -> None:
    """After the fork, in the app's process: put up all walls, for good. Raises OSError."""
    if walls.level is Level.SANDBOX:
        namespaces.settle(view(walls), network=walls.network)
    limits.apply(walls.limits, are_processes_counted=walls.level is Level.SANDBOX)
    if walls.level.has(Level.LANDLOCK):
        # Kept open for good: the kernel may forget a folder of /proc that nobody holds, and the rule about it.
        os.open("/proc/self", os.O_PATH | os.O_CLOEXEC)
        landlock.restrict(rules(walls, python=visible.of_python()))


def view(walls: Walls) -> View:
    """What a sandboxed app sees of the launcher's folders."""
    return View(
        own=walls.folder,
        temporary=walls.folder / "tmp",
        readable=(*walls.readable, *visible.of_python()),
        hidden=visible.outermost((*walls.hidden, TMP) if walls.folder.is_relative_to(TMP) else walls.hidden),
        shared_memory_bytes=walls.limits.shared_memory_bytes,
    )


def rules(walls: Walls, *, python: tuple[Path, ...]) -> Rules:
    """What Landlock leaves to an app."""
    is_sandboxed = walls.level is Level.SANDBOX
    readable = (
        *visible.beneath("/", visible.SYSTEM),
        *visible.beneath("/etc", visible.OF_ETC + visible.PEOPLE),
        *visible.beneath("/sys", visible.OF_SYS),
        *map(Path, visible.OF_MACHINE),
        *python,
        *walls.readable,
    )
    return Rules(
        readable=(*readable, Path("/proc")) if is_sandboxed else (*readable, *_of_shared_proc()),
        writable=(walls.folder, TMP, SHARED_MEMORY) if is_sandboxed else (walls.folder,),
        nameable=() if is_sandboxed else (SHARED_MEMORY,),
        usable=(*visible.beneath("/dev", visible.DEVICES), *visible.accelerators()),
        listable=() if is_sandboxed else (Path("/proc/self"),),
        has_tcp=walls.network is not Network.NONE,
    )


def _of_shared_proc() -> tuple[Path, ...]:
    """Of a /proc in which all processes of the machine are."""
    return visible.beneath("/proc", visible.OF_PROC) + visible.beneath("/proc/self", visible.OF_OWN_PROCESS)
