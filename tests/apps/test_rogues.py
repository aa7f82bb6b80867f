"""The rogues' gallery: apps that do not start, do not end, or try to stay. Real processes; each reason is one line."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from vitrina.apps import Backoff, State, SupervisorSettings
from vitrina.apps.logs import MAX_BYTES

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

SEE_LOG = "Its last log lines say more."

GALLERY = {
    "does_not_import": (
        "The app file does not import: ModuleNotFoundError: No module named 'not_installed_anywhere' "
        "(does_not_import.py line 3). Install not_installed_anywhere where the hub runs, or log the folder that holds "
        "it."
    ),
    "raises": (
        "The app file failed: ValueError: no settings (raises.py line 2). Its last log lines show the whole way there."
    ),
    "makes_nothing": "The app made no answer(). Define answer(path).",
    "ends_at_once": f"The app ended before it was listening (exit 7). {SEE_LOG}",
    "leaves": f"The app ended before it was listening (exit 1). {SEE_LOG}",
    "is_killed_at_start": (
        f"The app ended before it was listening (signal 9, SIGKILL). Perhaps out of memory? {SEE_LOG}"
    ),
    "answers_500": f"The app's server answers 500 Internal Server Error to GET /health, not 200 OK. {SEE_LOG}",
    "hangs_up": f"The app's server does not answer: the connection was closed without an answer. {SEE_LOG}",
    "babbles": "The app's runner sent something that is no message.",
}
IN_THE_LOG = {
    "does_not_import": "ModuleNotFoundError: No module named 'not_installed_anywhere'",
    "raises": "and a second line",
    "ends_at_once": "about to end",
    "leaves": "I do not want to",
}


@pytest.mark.parametrize("rogue", GALLERY)
async def test_a_start_that_fails_says_why_in_one_line(rogue: str, stand: Any, spec_of: Any, stories: Path) -> None:
    crashed = await stand.start(spec_of(stories / "rogues" / f"{rogue}.py", framework="plain"))
    assert (crashed.state, crashed.reason) == (State.CRASHED, GALLERY[rogue])
    log = await stand.supervisor.log_tail(crashed.key)
    assert re.fullmatch(r"--- Started at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.", log[0])
    assert any(IN_THE_LOG.get(rogue, "") in line for line in log) or rogue not in IN_THE_LOG


async def test_a_file_that_is_no_python_says_where(stand: Any, spec_of: Any, tmp_path: Path) -> None:
    app = tmp_path / "typo"
    app.mkdir()
    (app / "helper.py").write_text("def answer(path) return 1\n")
    (app / "app.py").write_text("from helper import answer\n")
    crashed = await stand.start(spec_of(app, framework="plain"))
    assert crashed.reason == (
        "The app file does not import: SyntaxError: expected ':' (helper.py line 1). Correct it and log the app again."
    )


async def test_what_never_gets_ready_is_given_up(impatient_stand: Any, spec_of: Any, stories: Path) -> None:
    async with impatient_stand as stand:
        crashed = await stand.start(spec_of(stories / "rogues" / "never_ready.py", framework="plain"))
        assert crashed.reason == (
            "The app did not get ready within 1 s; it came as far as: Running its file. "
            "Look in its log for what it waits for."
        )
        assert "waiting for somebody who never comes" in await stand.supervisor.log_tail(crashed.key)


async def test_what_ignores_the_asking_is_killed(
    impatient_stand: Any, spec_of: Any, stories: Path, has_ended: Any
) -> None:
    async with impatient_stand as stand:
        ready = await stand.start(spec_of(stories / "rogues" / "ignores_term.py", framework="plain"))
        assert ready.state is State.READY, ready.reason
        stopped = await stand.supervisor.stop(ready.key, reason="Enough.")
        assert stopped.state is State.STOPPED
        assert has_ended(ready.pid)


async def test_a_flood_of_output_is_bounded_and_harms_nobody(stand: Any, spec_of: Any, stories: Path) -> None:
    ready = await stand.start(spec_of(stories / "rogues" / "floods.py", framework="plain"))
    older = ready.log.with_name(f"{ready.log.name}.1")
    while not older.exists():  # each answer is an event: the flood goes on meanwhile
        assert await stand.get(ready) == b"still here"
    await stand.supervisor.stop(ready.key, reason="Enough.")
    assert all(log.stat().st_size <= MAX_BYTES for log in (ready.log, older))
    lines = await stand.supervisor.log_tail(ready.key, lines=40)
    assert len(lines) == 40
    assert not [line for line in lines[1:-1] if not line.startswith(("flood", "--- "))]


async def test_a_killed_app_is_a_crash_with_its_likely_cause(stand: Any, spec_of: Any, stories: Path) -> None:
    ready = await stand.start(spec_of(stories / "plain_hello.py", framework="plain"))
    os.kill(ready.pid, signal.SIGKILL)
    crashed = await stand.until(ready.key, State.CRASHED)
    assert crashed.reason == f"The app was killed (signal 9, SIGKILL). Perhaps out of memory? {SEE_LOG}"
    assert crashed.retry_at is not None


async def test_what_crashes_in_a_loop_is_counted_and_left_alone(
    stand_in: Any, plain: dict[str, str], spec_of: Any, stories: Path, tmp_path: Path
) -> None:
    spec = spec_of(stories / "rogues" / "ends_at_once.py", framework="plain")
    restless = SupervisorSettings(start_timeout_s=90, backoff=Backoff(first_s=0))
    async with stand_in(tmp_path / "restless", environment=plain, settings=restless) as stand:
        assert [(await stand.start(spec)).crashes for _ in range(3)] == [1, 2, 3]
    resting = SupervisorSettings(start_timeout_s=90, backoff=Backoff(first_s=3600, most_s=7200))
    async with stand_in(tmp_path / "resting", environment=plain, settings=resting) as stand:
        first = await stand.start(spec)
        again = await stand.start(spec)
        assert (again.crashes, again.retry_at) == (1, first.retry_at), "whoever comes meanwhile starts nothing"
        assert (await stand.supervisor.log_tail(spec.key)).count("about to end") == 1


async def test_an_app_dies_with_its_guard(stand: Any, spec_of: Any, stories: Path, has_ended: Any) -> None:
    ready = await stand.start(spec_of(stories / "plain_hello.py", framework="plain"))
    os.kill(_parent(ready.pid), signal.SIGKILL)
    await stand.until(ready.key, State.CRASHED)
    assert has_ended(ready.pid)


async def test_nothing_that_an_app_started_stays_behind(
    stand: Any, spec_of: Any, stories: Path, has_ended: Any
) -> None:
    ready = await stand.start(spec_of(stories / "rogues" / "has_children.py", framework="plain"))
    pids = json.loads(await stand.get(ready))
    assert len(pids) == 3
    await stand.supervisor.stop(ready.key, reason="Enough.")
    assert all(has_ended(pid) for pid in [*pids, ready.pid])


async def test_nothing_stays_when_the_app_alone_is_killed(
    stand: Any, spec_of: Any, stories: Path, has_ended: Any
) -> None:
    ready = await stand.start(spec_of(stories / "rogues" / "has_children.py", framework="plain"))
    pids = json.loads(await stand.get(ready))
    os.kill(ready.pid, signal.SIGKILL)
    await stand.until(ready.key, State.CRASHED)
    assert all(has_ended(pid) for pid in pids)


@pytest.mark.parametrize("way_to_hide", ["", "hide"])
async def test_what_forks_faster_than_it_can_be_killed_is_stopped_first(
    stand: Any, spec_of: Any, stories: Path, way_to_hide: str
) -> None:
    ready = await stand.start(spec_of(stories / "rogues" / "hops.py", framework="plain"))
    folder = Path((await stand.get(ready, f"/{way_to_hide}")).decode())
    with (folder / "lock").open() as lock:
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        begun = time.monotonic()
        await stand.supervisor.stop(ready.key, reason="Enough.")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # nobody has it any more
    assert time.monotonic() - begun < 30, "it did not end by itself"


async def test_a_damaged_bundle_is_not_run(stand: Any, spec_of: Any, stories: Path) -> None:
    spec = spec_of(stories / "plain_hello.py", framework="plain")
    whole = spec.bundle.read_bytes()
    spec.bundle.write_bytes(whole.replace(b"hello from", b"hullo from"))
    crashed = await stand.start(spec)
    assert crashed.reason == "The app's bundle is damaged on disk: plain-hello.tar. Log the app again."


async def test_a_bundle_that_is_gone_says_so(stand: Any, spec_of: Any, stories: Path) -> None:
    spec = spec_of(stories / "plain_hello.py", framework="plain")
    spec.bundle.unlink()
    crashed = await stand.start(spec)
    assert re.match(r"The app could not be started \(putting its files in place\): FileNotFoundError: ", crashed.reason)


async def test_a_framework_that_is_not_there_any_more_says_so(stand: Any, spec_of: Any, stories: Path) -> None:
    spec = spec_of(stories / "plain_hello.py", framework="plain")
    stand.launcher._places.hub_environment.pop("PYTHONPATH")
    crashed = await stand.start(spec)
    assert crashed.reason == (
        "There is no app framework 'plain'. "
        "Known are: streamlit, gradio, dash, panel, shiny, marimo, asgi, wsgi, static, command."
    )


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
