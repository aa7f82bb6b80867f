"""Imports in a nursery: one after the other, and after each a look whether this process may still fork.

A fork copies one thread. What another one held stays locked for ever, so a nursery has no other: no Python thread, no
native one but those that are known to be harmless, and no socket, which children would share.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps import descriptors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HARMLESS_THREADS = frozenset({"jemalloc_bg_thd"})
"""Native threads, by name, beside which forks were tried: pyarrow's, which gives memory back now and then."""


LOOKS, LOOK_S = 20, 0.01


class UnfitError(Exception):
    """This process must not fork any more."""

    def __init__(self, module: str, reason: str) -> None:
        self.module = module
        self.reason = reason
        super().__init__(f"{module} {reason}")


def load(modules: Iterable[str], *, sockets: frozenset[int], tell: Callable[[str], None]) -> None:
    """Import modules, each told before; one that cannot be imported is left out, as its apps will say it themselves.

    `sockets` are those that may be open. Raises UnfitError.
    """
    for module in modules:
        tell(module)
        with suppress(BaseException):  # it is any library's code, and may even ask to exit
            import_module(module)
        check(module, sockets=sockets)


def check(module: str, *, sockets: frozenset[int]) -> None:
    """Look whether this process may fork, after `module` was imported. Raises UnfitError."""
    if (count := threading.active_count()) > 1:
        raise UnfitError(module, f"starts {count - 1} thread(s) when it is imported")
    if names := _lasting_threads() - HARMLESS_THREADS:
        raise UnfitError(module, f"starts native threads when it is imported ({', '.join(sorted(names))})")
    if descriptors.sockets() - sockets:
        raise UnfitError(module, "opens a socket when it is imported")


def _lasting_threads() -> frozenset[str]:
    """The names of the native threads that stay: one that was joined is there for a moment still."""
    names = frozenset[str]()
    for _ in range(LOOKS):
        if not (names := _native_threads()) - HARMLESS_THREADS:
            break
        time.sleep(LOOK_S)
    return names


def _native_threads() -> frozenset[str]:
    """The names of all threads but the first."""
    _, *others = sorted(Path("/proc/self/task").iterdir(), key=lambda task: int(task.name))
    return frozenset((task / "comm").read_text().strip() for task in others)
