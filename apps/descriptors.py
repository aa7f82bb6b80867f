"""The open files of this process: which there are, and closing those that are somebody else's."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


def opened() -> frozenset[int]:
    """The numbers of all that are open."""
    return frozenset(_modes())


def sockets() -> frozenset[int]:
    """Those that are sockets."""
    return frozenset(number for number, mode in _modes().items() if stat.S_ISSOCK(mode))


def close_all_but(kept: AbstractSet[int]) -> None:
    """Close every other one: what a fork inherited is its maker's."""
    for number in opened() - kept:
        os.close(number)


def _modes() -> dict[int, int]:
    found = dict[int, int]()
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - names are enough
        with suppress(OSError):  # the one by which they were read is closed by now
            found[int(name)] = os.fstat(int(name)).st_mode
    return found
