"""Environments of apps, as figures: what was done, what failed, how long it took."""

from __future__ import annotations

import asyncio

import pytest

from vitrina.hub.measures.builds import Builds


def figures(builds: Builds) -> dict[tuple[str, ...], float]:
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
