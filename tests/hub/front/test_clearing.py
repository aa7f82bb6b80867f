"""What was placed for apps and is used no more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vitrina.apps.policy import SupervisorSettings
from vitrina.hub.proxy.clearing import MOST_BYTES, Clearing, Placed, PlacedRoomError, due, most_bytes_of, unused_after_s

DAY_S = 24 * 3600.0
NOW = 100 * DAY_S


def placed(name: str, size: int, days_ago: float) -> Placed:
    return Placed(Path(name), size, NOW - days_ago * DAY_S)


@pytest.mark.parametrize(
    ("most_bytes", "goes"), [(60, []), (59, ["c"]), (30, ["c"]), (29, ["c", "b"]), (0, ["c", "b"])], ids=str
)
def test_the_oldest_go_first_and_what_may_be_in_use_stays(most_bytes: int, goes: list[str]) -> None:
    there = [placed("a", 10, 0.5), placed("b", 20, 3), placed("c", 30, 9)]
    assert [str(one.path) for one in due(there, most_bytes=most_bytes, unused_before=NOW - 2 * DAY_S)] == goes


def test_what_an_instance_may_still_use_is_not_unused() -> None:
    times = SupervisorSettings()
    assert unused_after_s(times) > times.lifetime_s + times.drain_s


@pytest.fixture
def clearing(tmp_path: Path) -> Clearing:
    return Clearing(tmp_path, ("bundles", "served"), unused_s=DAY_S, most_bytes=10, clock=lambda: NOW)


def make(path: Path, *, days_ago: float, taken_days_ago: float | None = None, clearing: Clearing) -> Path:
    """Made at one time, and taken at another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.parent.name == "served":
        (path / "files").mkdir(parents=True)
        (path / "files" / "model").write_bytes(b"12345678")
        (path / "files").chmod(0o555)
    else:
        path.write_bytes(b"12345678")
    os.utime(path, (NOW - days_ago * DAY_S,) * 2)
    if taken_days_ago is not None:
        mark = clearing.folder / "taken" / clearing.take(path).name
        os.utime(mark, (NOW - taken_days_ago * DAY_S,) * 2)
    return path


def test_what_was_taken_lately_stays_however_old_it_is(tmp_path: Path, clearing: Clearing) -> None:
    lately = make(tmp_path / "served" / "a", days_ago=50, taken_days_ago=0.5, clearing=clearing)
    once = make(tmp_path / "served" / "b", days_ago=50, taken_days_ago=30, clearing=clearing)
    bundle = make(tmp_path / "bundles" / "c", days_ago=3, clearing=clearing)
    assert [one.path for one in clearing.collect()] == [once, bundle]
    assert (lately.exists(), once.exists(), bundle.exists()) == (True, False, False)
    assert [mark.name for mark in (tmp_path / "taken").iterdir()] == ["a"]
    assert clearing.collect() == [], "that one alone is within the bound"


def test_within_the_bound_nothing_goes_but_drafts_of_long_ago(tmp_path: Path, clearing: Clearing) -> None:
    kept = make(tmp_path / "bundles" / "a", days_ago=50, clearing=clearing)
    stale = make(tmp_path / "served" / ".b.12345678", days_ago=2, clearing=clearing)
    making = make(tmp_path / "bundles" / ".c.12345678", days_ago=0.1, clearing=clearing)
    assert [one.path for one in clearing.collect()] == [stale]
    assert (kept.exists(), stale.exists(), making.exists()) == (True, False, True)


def test_where_nothing_was_placed_yet_there_is_nothing_to_do(clearing: Clearing) -> None:
    assert clearing.collect() == []


def test_the_operator_says_how_much_may_lie_there() -> None:
    assert most_bytes_of({}) == most_bytes_of({"VITRINA_PLACED_GB": ""}) == MOST_BYTES
    assert most_bytes_of({"VITRINA_PLACED_GB": "0.5"}) == 5 * 10**8


@pytest.mark.parametrize("size", ["much", "0", "-3", "inf", "nan"])
def test_a_size_that_is_none_is_refused(size: str) -> None:
    with pytest.raises(PlacedRoomError, match=r"VITRINA_PLACED_GB is '.*', and no size\. Give gigabytes"):
        most_bytes_of({"VITRINA_PLACED_GB": size})
