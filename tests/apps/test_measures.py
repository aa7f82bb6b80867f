"""What an app takes, as its guard measures it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from vitrina.apps import measures
from vitrina.apps.limits import Limits
from vitrina.apps.measures import PAGE_BYTES, Excess

MIB = 2**20


def test_a_folder_is_too_full_by_size_or_by_number(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    with (tmp_path / "below" / "large").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, MIB)
    assert not measures.is_too_full(tmp_path, limit_bytes=2 * MIB)
    assert measures.is_too_full(tmp_path, limit_bytes=MIB)
    for number in range(300):
        (tmp_path / f"empty-{number}").touch()
    assert measures.is_too_full(tmp_path, limit_bytes=2 * MIB)


def test_a_link_out_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/usr")
    assert not measures.is_too_full(tmp_path, limit_bytes=MIB)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """Process 5 with a thread, its child 6 with a child 7; and 8, a stranger."""
    children = {"5": {"5": "", "55": "6 "}, "6": {"6": "7 9 "}, "7": {"7": ""}, "8": {"8": ""}}
    for pid, threads in children.items():
        for thread, names in threads.items():
            (tmp_path / pid / "task" / thread).mkdir(parents=True)
            (tmp_path / pid / "task" / thread / "children").write_text(names)
        (tmp_path / pid / "statm").write_text(f"900 {pid} 1 1 0 1 0\n")
    return tmp_path


def test_memory_is_that_of_all_descendants_and_who_has_ended_counts_no_more(proc: Path) -> None:
    assert measures.resident_bytes(5, proc=proc) == (5 + 6 + 7) * PAGE_BYTES


def test_what_is_shared_counts_in_parts_before_an_app_is_ended(proc: Path) -> None:
    limit = 10 * PAGE_BYTES
    for pid in ("5", "6", "7"):
        (proc / pid / "smaps_rollup").write_text("Pss: 8 kB\n")
    assert measures.resident_bytes(5, proc=proc) > limit
    assert not measures.is_too_large(5, limit_bytes=limit, proc=proc)
    (proc / "7" / "smaps_rollup").write_text("Pss: 80 kB\n")
    assert measures.is_too_large(5, limit_bytes=limit, proc=proc)


def test_each_excess_has_a_line_and_a_signal_of_its_own() -> None:
    assert Excess.FOLDER.value is signal.SIGXFSZ
    assert len({excess.line(Limits()) for excess in Excess}) == len({excess.value for excess in Excess}) == len(Excess)
