"""How much memory apps take, and when the machine is short of it. Reads /proc and the hub's cgroup; decides nothing.

Memory is counted as PSS: what processes share (a framework that was imported before the fork) counts once, in parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
CGROUPS = Path("/sys/fs/cgroup")

KIB = 1024
PAGE_BYTES = 4096
UNLIMITED = "max"


@dataclass(frozen=True)
class Memory:
    """What the hub may use: `free_bytes` of `all_bytes` are left (machine or cgroup, where there is less)."""

    all_bytes: int
    free_bytes: int


def memory(*, proc: Path = PROC, cgroups: Path = CGROUPS) -> Memory:
    """How the memory is now. Raises OSError where there is no /proc."""
    told = _meminfo(proc)
    machine = Memory(told["MemTotal"], told["MemAvailable"])
    return min((machine, *_of_cgroup(proc, cgroups)), key=lambda found: found.free_bytes)


def memory_below(pid: int, *, proc: Path = PROC) -> int:
    """The memory in bytes of a process and of all that descend from it; 0 when there is none."""
    waiting, total = [pid], 0
    while waiting:
        one = waiting.pop()
        total += _pss(proc / str(one))
        waiting += _children(proc / str(one))
    return total


def _pss(process: Path) -> int:
    """Its PSS; where that may not be read (another user's, or an app that forbade it), what it has in memory at all."""
    try:
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * KIB
    except OSError:
        pass
    try:
        return int((process / "statm").read_text().split()[1]) * PAGE_BYTES
    except OSError:  # it has ended meanwhile
        return 0


def _children(process: Path) -> list[int]:
    found: list[int] = []
    for children in process.glob("task/*/children"):
        try:
            found += [int(pid) for pid in children.read_text().split()]
        except OSError:
            continue
    return found


def _meminfo(proc: Path) -> dict[str, int]:
    lines = (proc / "meminfo").read_text().splitlines()
    return {name: int(rest.split()[0]) * KIB for name, _, rest in (line.partition(":") for line in lines)}


def _of_cgroup(proc: Path, cgroups: Path) -> list[Memory]:
    """The limits of the hub's cgroup (version 2) and of those above it, where they are set."""
    try:
        line = next(line for line in (proc / "self" / "cgroup").read_text().splitlines() if line.startswith("0::"))
    except (OSError, StopIteration):
        return []
    own = cgroups / line.removeprefix("0::").lstrip("/")
    return [found for group in (own, *own.parents) if group.is_relative_to(cgroups) for found in _limit(group)]


def _limit(group: Path) -> list[Memory]:
    try:
        most = (group / "memory.max").read_text().strip()
        if most == UNLIMITED:
            return []
        used = int((group / "memory.current").read_text())
        cached = _stat(group, "inactive_file")
    except (OSError, ValueError):
        return []
    return [Memory(int(most), max(0, int(most) - used + cached))]


def _stat(group: Path, name: str) -> int:
    """A figure of `memory.stat`: file cache that the kernel gives up first counts as free."""
    for line in (group / "memory.stat").read_text().splitlines():
        found, _, value = line.partition(" ")
        if found == name:
            return int(value)
    return 0
