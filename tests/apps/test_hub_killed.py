"""A hub that is killed leaves no process behind, and the next one finds its folder clean."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import pytest

from vitrina.apps import AppSpec, State

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_killed_hub_leaves_nothing_and_the_next_one_starts(
    number: signal.Signals,
    tmp_path: Path,
    plain: dict[str, str],
    spec_of: Any,
    stories: Path,
    has_ended: Any,
    stand_in: Any,
    way: str,
) -> None:
    folder = tmp_path / "apps"
    spec = spec_of(stories / "rogues" / "has_children.py", framework="plain")
    pids = await run_and_kill(
        folder, way=way, spec=spec, number=number, environment=os.environ | plain, program=stories / "hub.py"
    )
    assert all(has_ended(pid) for pid in pids)
    async with stand_in(folder, environment=plain) as stand:
        ready = await stand.start(spec)
        assert ready.state is State.READY, ready.reason
        assert len(files_in(folder / "running")) == 1
        assert len(files_in(ready.address.path.parent)) == 1


async def run_and_kill(
    folder: Path, *, way: str, spec: AppSpec, number: signal.Signals, environment: dict[str, str], program: Path
) -> list[int]:
    """Let a hub run the app, and kill it; the processes that there were: app, guard and the app's three children."""
    arguments = [str(program), way, str(folder), str(spec.bundle), spec.bundle_digest]
    hub = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment, stdout=PIPE)
    assert hub.stdout
    pids = json.loads(await hub.stdout.readline())
    assert len(set(pids)) == 5
    for pid in pids:
        os.kill(pid, 0)  # it is there
    hub.send_signal(number)
    assert await hub.wait() == -number
    return pids


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())
