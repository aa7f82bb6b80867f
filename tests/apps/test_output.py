"""A flood of output: what is kept of it, and what the log says about the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.apps import logs
from vitrina.apps.logs import AppLog
from vitrina.apps.output import BURST_S, SteadyLog


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(tmp_path: Path, clock: Clock) -> SteadyLog:
    return SteadyLog(AppLog(tmp_path / "log"), bytes_per_s=100, clock=clock)


def written(tmp_path: Path) -> list[str]:
    return (tmp_path / "log").read_text().splitlines()


def test_what_an_honest_app_prints_is_kept(log: SteadyLog, clock: Clock, tmp_path: Path) -> None:
    log.write(b"x" * int(100 * BURST_S - 1) + b"\n")
    for _ in range(10):
        clock.now += 1
        log.write(b"y" * 99 + b"\n")
    log.close()
    assert len(written(tmp_path)) == 11


def test_a_flood_is_dropped_and_the_log_says_how_much(log: SteadyLog, clock: Clock, tmp_path: Path) -> None:
    for number in range(100):
        log.write(f"{number:<99}\n".encode())
    clock.now += 5
    log.write(b"calm again\n")
    log.close()
    lines = written(tmp_path)
    assert [line.strip() for line in lines[:8]] == [str(number) for number in range(8)]
    assert lines[8:] == ["--- 9,200 bytes are left out here: the app printed more than 100 a second", "calm again"]


def test_the_last_that_was_dropped_is_told_at_the_end(log: SteadyLog, tmp_path: Path) -> None:
    for _ in range(9):
        log.write(b"z" * 99 + b"\n")
    log.close()
    assert written(tmp_path)[-1].startswith("--- 100 bytes are left out")


def test_a_flood_without_end_leaves_whole_lines_and_few_words(log: SteadyLog, clock: Clock, tmp_path: Path) -> None:
    """However its pieces fall: what is kept are lines, and what is said about the rest is said once a second."""
    flood = b"flood of words\n" * 2000
    for at in range(0, len(flood), 7):
        clock.now += 0.01
        log.write(flood[at : at + 7])
    log.close()
    lines = written(tmp_path)
    said = [line for line in lines if line.startswith("--- ")]
    assert 10 < len(said) < 60
    whole = [line for line in lines if not line.startswith("--- ")]
    assert all("flood of words".startswith(line) for line in whole)
    assert whole.count("flood of words") > len(whole) - len(said) - 2
    assert "" not in whole


def test_a_link_in_the_place_of_a_log_shows_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("what only the hub may read")
    (tmp_path / "log").symlink_to(tmp_path / "secret")
    assert logs.tail(tmp_path / "log", lines=5) == []
    assert logs.tail(tmp_path / "secret", lines=5) == ["what only the hub may read"]
    assert logs.tail(tmp_path / "missing", lines=5) == []
