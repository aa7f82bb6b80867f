"""docs/isolation.md says what is."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.apps.attempts import ATTEMPTS, Attempt
from vitrina.apps.levels import Level, Network
from vitrina.apps.limits import GIB, KIB, MIB, Limits
from vitrina.apps.output import BURST_S

PAGE = (Path(__file__).parents[2] / "docs" / "isolation.md").read_text()


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.name)
def test_each_attempt_has_its_row(attempt: Attempt) -> None:
    cells = ["fails" if attempt.fails_at(level) else "**succeeds**" for level in Level]
    assert f"\n| {attempt.what} | {' | '.join(cells)} |\n" in PAGE


def test_there_are_no_other_rows() -> None:
    rows = PAGE.partition("| it tries to |")[2].partition("\n\n")[0].splitlines()[2:]
    assert len(rows) == len(ATTEMPTS)


@pytest.mark.parametrize("level", Level)
def test_each_level_is_told(level: Level) -> None:
    assert f"\n| `{level}` | " in PAGE


@pytest.mark.parametrize("network", Network)
def test_each_network_is_told(network: Network) -> None:
    assert f"`{network}`" in PAGE


def test_the_limits_are_those_that_are_on() -> None:
    limits = Limits()
    for row in (
        f"| memory of all its processes (PSS) | {limits.memory_bytes // GIB} GiB | its guard measures every "
        f"{limits.measured_every_s:g} s ",
        f"| private folder | {limits.folder_bytes // GIB} GiB |",
        f"| one file | {limits.file_bytes // GIB} GiB |",
        f"| open files | {limits.open_files:,} |",
        f"| processes and threads | {limits.processes} |",
        f"| shared memory (`/dev/shm`) | {limits.shared_memory_bytes // MIB} MiB |",
        f"| output | {limits.output_bytes_per_s // KIB} KiB a second, "
        f"{limits.output_bytes_per_s * BURST_S / MIB:g} MiB at once |",
        f"| processor | stands back behind the hub (nice {limits.niceness}) |",
    ):
        assert f"\n{row}" in PAGE
