"""How much of the machine one app may take, and the part of it that the kernel holds a process to.

Never a limit on address space: libraries reserve far more memory than they use. What the kernel cannot hold a process
to (memory and disk of all processes together, without a cgroup) is measured by the guard, which ends an app beyond it.
"""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from pathlib import Path

from vitrina.apps import privileges

KIB, MIB, GIB = 2**10, 2**20, 2**30

OUT_OF_MEMORY_SCORE = 500
"""When memory is short the kernel is to end an app, not the hub (0) and not before everything else (1000)."""


@dataclass(frozen=True)
class Limits:
    """Limits that no honest demo meets."""

    memory_bytes: int = 4 * GIB
    """Of all its processes together (PSS); measured by its guard."""

    folder_bytes: int = 4 * GIB
    """Of its private folder; measured by its guard."""

    measured_every_s: float = 3.0

    shared_memory_bytes: int = 512 * MIB
    """Of its own /dev/shm, which only a sandbox has."""

    file_bytes: int = 2 * GIB
    """Of one file that it writes."""

    open_files: int = 4096

    processes: int = 512
    """Of processes and threads. Only in a sandbox: elsewhere the kernel counts all of the hub's user."""

    output_bytes_per_s: int = 256 * KIB
    """Of what it prints; what is beyond it is dropped, and its log says how much."""

    niceness: int = 5
    """How far it stands back behind the hub where both want the processor (see nice(1))."""


def apply(limits: Limits, *, are_processes_counted: bool) -> None:
    """Hold this process, and all that it will start, to the limits, and drop all privileges. Raises OSError."""
    os.nice(limits.niceness)
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_NOFILE, limits.open_files)
    _set(resource.RLIMIT_FSIZE, limits.file_bytes)
    if are_processes_counted:
        _set(resource.RLIMIT_NPROC, limits.processes)
    score = Path("/proc/self/oom_score_adj")
    if int(score.read_text()) < OUT_OF_MEMORY_SCORE:  # raising it is always allowed
        score.write_text(str(OUT_OF_MEMORY_SCORE))
    privileges.give_up()


def _set(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    lowered = most if hard == resource.RLIM_INFINITY else min(hard, most)
    resource.setrlimit(what, (lowered, lowered))
