"""How memory is counted, on made-up machines and on this one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from vitrina.apps.births import born
from vitrina.apps.pressure import Memory, memory, memory_below

MIB = 2**20


def machine(folder: Path, *, free_mib: int) -> Path:
    (folder / "self").mkdir(parents=True)
    (folder / "meminfo").write_text(f"MemTotal: {8192 * 1024} kB\nMemFree: 1 kB\nMemAvailable: {free_mib * 1024} kB\n")
    (folder / "self" / "cgroup").write_text("4:memory:/old\n0::/hub.slice/vitrina\n")
    return folder


def limited(folder: Path, *, most: str, used_mib: int = 0, cached_mib: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{most}\n")
    (folder / "memory.current").write_text(f"{used_mib * MIB}\n")
    (folder / "memory.stat").write_text(f"anon 1\ninactive_file {cached_mib * MIB}\n")


def process(proc: Path, pid: int, *, pss_kib: int | None, pages: int = 0, children: str = "") -> None:
    task = proc / str(pid) / "task" / str(pid)
    task.mkdir(parents=True)
    (task / "children").write_text(children)
    (proc / str(pid) / "statm").write_text(f"900 {pages} 3 1 0 5 0\n")
    if pss_kib is not None:
        (proc / str(pid) / "smaps_rollup").write_text(f"55 [rollup]\nRss: 999 kB\nPss: {pss_kib} kB\nPss_Anon: 1 kB\n")


def test_without_a_cgroups_limit_the_machine_counts(tmp_path: Path) -> None:
    proc = machine(tmp_path / "proc", free_mib=1024)
    limited(tmp_path / "cg" / "hub.slice" / "vitrina", most="max")
    assert memory(proc=proc, cgroups=tmp_path / "cg") == Memory(8192 * MIB, 1024 * MIB)


def test_the_tightest_cgroup_above_the_hub_counts_and_its_file_cache_is_free(tmp_path: Path) -> None:
    proc = machine(tmp_path / "proc", free_mib=1024)
    limited(tmp_path / "cg" / "hub.slice" / "vitrina", most=str(4096 * MIB), used_mib=100)
    limited(tmp_path / "cg" / "hub.slice", most=str(600 * MIB), used_mib=500, cached_mib=50)
    assert memory(proc=proc, cgroups=tmp_path / "cg") == Memory(600 * MIB, 150 * MIB)


def test_an_app_counts_with_all_that_descends_from_it(tmp_path: Path) -> None:
    process(tmp_path, 7, pss_kib=100, children="8 9 ")
    process(tmp_path, 8, pss_kib=20, children="10")
    process(tmp_path, 9, pss_kib=None, pages=2)  # its PSS may not be read: what it has in memory stands for it
    process(tmp_path, 10, pss_kib=3)
    assert memory_below(7, proc=tmp_path) == (100 + 20 + 3) * 1024 + 2 * 4096
    assert memory_below(6, proc=tmp_path) == 0


def test_on_this_machine_a_child_is_found_with_its_memory_and_its_birth() -> None:
    hoard = "x = bytearray(64 * 2**20); print('.', flush=True); input()"
    command = [sys.executable, "-c", hoard]
    before = memory_below(os.getpid())
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.read(1)
        assert memory_below(os.getpid()) - before > 60 * MIB
        began, own = born(child.pid), born(os.getpid())
        assert began is not None
        assert own is not None
        assert own <= began
        child.communicate()
    assert born(child.pid) is None
    assert memory().all_bytes > memory().free_bytes > 0
