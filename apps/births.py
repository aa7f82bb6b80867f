"""When a process of this machine began: with it, a pid names one process for good, though pids come round again."""

from __future__ import annotations

from pathlib import Path

PROC = Path("/proc")

BEGAN = 19
"""Where the start stands in `/proc/PID/stat` behind the name, which may hold spaces and brackets itself."""


def born(pid: int, *, proc: Path = PROC) -> int | None:
    """When the process with this pid began, in clock ticks since boot; None when there is none."""
    try:
        stat = (proc / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[BEGAN])
