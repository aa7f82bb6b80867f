"""What an app takes beside the limits that the kernel holds it to: its guard measures it, and ends it beyond them.

A process's memory is counted as PSS, so that what a nursery shares with its apps counts once, in parts. Adding that up
costs milliseconds; so first what is in memory at all is asked, which is always more.
"""

from __future__ import annotations

import os
import signal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps import pressure

if TYPE_CHECKING:
    from vitrina.apps.limits import Limits

PROC = Path("/proc")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

SECTOR_BYTES = 512
"""What `st_blocks` counts."""

BLOCK_BYTES = 4096


class Excess(Enum):
    """Of what an app took too much; the value is the signal by which its guard then ends, to say so."""

    MEMORY = signal.SIGKILL
    FOLDER = signal.SIGXFSZ

    def line(self, limits: Limits) -> str:
        """For the app's log."""
        match self:
            case Excess.MEMORY:
                return f"--- The app was ended: it took more than {limits.memory_bytes:,} bytes of memory.\n"
            case Excess.FOLDER:
                return f"--- The app was ended: it filled its folder with more than {limits.folder_bytes:,} bytes.\n"


def is_too_large(app_pid: int, *, limit_bytes: int, proc: Path = PROC) -> bool:
    """Whether a process and all that descend from it take more memory."""
    if resident_bytes(app_pid, proc=proc) <= limit_bytes:
        return False
    return pressure.memory_below(app_pid, proc=proc) > limit_bytes


def resident_bytes(app_pid: int, *, proc: Path = PROC) -> int:
    """What of a process and all that descend from it is in memory; what they share counts for each."""
    waiting, total = [str(app_pid)], 0
    while waiting:
        process = proc / waiting.pop()
        try:
            total += int((process / "statm").read_text().split()[1]) * PAGE_BYTES
            for thread in (process / "task").iterdir():
                waiting += (thread / "children").read_text().split()
        except OSError:  # it has ended meanwhile
            continue
    return total


def is_too_full(folder: Path, *, limit_bytes: int) -> bool:
    """Whether the files below a folder take more than that on disk. It stops looking as soon as they do.

    A file counts at least a block, and so does a folder: as many empty ones also fill a disk.
    """
    waiting, total = [folder], 0
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    total += max(entry.stat(follow_symlinks=False).st_blocks * SECTOR_BYTES, BLOCK_BYTES)
                    if total > limit_bytes:
                        return True
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
        except OSError:  # it went away meanwhile
            continue
    return False
