"""Environments and feedback of apps, as figures: what was done, what failed, how long it took."""

from __future__ import annotations

import asyncio

import pytest

from vitrina.apps.feedback import Recorded, Said
from vitrina.hub.measures.builds import Builds
from vitrina.hub.measures.recordings import Recordings


def figures(builds: Builds | Recordings) -> dict[tuple[str, ...], float]:
    return {
        (f"{family.name}{one.suffix}", *one.labels.values()): one.value
        for family in builds.families()
        for one in family.samples
    }


def test_a_step_ends_well_or_not_and_what_was_given_up_counts_nowhere() -> None:
    builds = Builds()
    with builds.step("resolve"):
        pass
    with pytest.raises(OSError, match="full"), builds.step("install"):
        raise OSError("full")
    with pytest.raises(asyncio.CancelledError), builds.step("install"):
        raise asyncio.CancelledError
    told = figures(builds)
    assert told["environment_steps_total", "resolve", "done"] == 1
    assert told["environment_steps_total", "install", "failed"] == 1
    assert told["environment_steps_total", "install", "done"] == 0
    assert told["environment_seconds_count", "resolve"] == 1
    assert ("environment_seconds_count", "install") not in told


def test_what_became_of_feedback_is_counted_and_passed_on() -> None:
    recordings, said = Recordings(), Said("1", inputs="1", output="2")
    outcomes = [Recorded.KEPT, Recorded.FULL, Recorded.KEPT]
    take = recordings.counted(lambda _key, _number, _said: outcomes.pop())
    assert [take("label", 1, said) for _ in range(3)] == [Recorded.KEPT, Recorded.FULL, Recorded.KEPT]
    told = figures(recordings)
    assert (told["app_feedback_total", "kept"], told["app_feedback_total", "full"]) == (2, 1)
    assert told["app_feedback_total", "not_now"] == 0
