"""Apps outlive their launcher where nurseries do: the next one takes them over. Real processes."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from vitrina.apps import NurseryLauncher
from vitrina.apps.births import born
from vitrina.apps.feedback import Intake, Recorded, Said, not_kept
from vitrina.apps.launchers.launcher import Draining
from vitrina.apps.launchers.renewal import Renewal
from vitrina.apps.launchers.starter import NurserySpec, OwnNurseries, Started

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class KeptNurseries(OwnNurseries):
    """As the hub's parent does: it keeps a copy of every channel, and gives it to the next launcher."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Started] = []

    async def start(self, spec: NurserySpec) -> Started:
        started = await super().start(spec)
        self.kept.append(copy(started))
        return started

    async def left(self) -> list[Started]:
        return [copy(started) for started in self.kept]

    async def close(self) -> None:
        """Launchers come and go; what is kept is given back by `end`."""

    async def end(self) -> None:
        for started in self.kept:
            started.channel.close()
            os.close(started.pidfd)
        await super().close()


def copy(started: Started) -> Started:
    return Started(started.channel.dup(), started.pid, os.dup(started.pidfd))


@pytest.fixture
async def starter() -> AsyncIterator[KeptNurseries]:
    made = KeptNurseries()
    yield made
    await made.end()


@pytest.fixture
def spec(spec_of: Any, stories: Path) -> Any:
    return spec_of(stories / "plain_hello.py", framework="plain")


def a_launcher(
    folder: Path, plain: dict[str, str], starter: KeptNurseries, *, intake: Intake = not_kept
) -> NurseryLauncher:
    bounds = Renewal(quiet_s=3600)
    return NurseryLauncher(
        folder, hub_environment=plain, starter=starter, bounds=bounds, now=lambda: NOW, intake=intake
    )


async def get(address: Any, path: str = "/there") -> bytes:
    reader, writer = await asyncio.open_unix_connection(address.path)
    writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
    told = await reader.read()
    writer.close()
    return told.partition(b"\r\n\r\n")[2]


async def test_an_app_goes_on_and_is_taken_over(
    tmp_path: Path, plain: dict[str, str], starter: KeptNurseries, spec: Any, has_ended: Any
) -> None:
    first = a_launcher(tmp_path / "apps", plain, starter)
    assert await first.adopt() == []
    app = await first.launch(spec, number=3)
    await app.ready(lambda _: None)
    pid, address = app.pid, app.address
    await first.close()
    assert await get(address) == b"hello from /there", "nobody routes to it, and it runs on"

    second = a_launcher(tmp_path / "apps", plain, starter)
    [found] = await second.adopt()
    assert (found.key, found.number, found.ref, found.bundle_digest, found.origin, found.started_at) == (
        spec.key,
        3,
        spec.ref,
        spec.bundle_digest,
        spec.origin,
        NOW,
    )
    assert (found.launched.pid, found.launched.address, found.born) == (pid, address, born(pid))
    await found.launched.ready(lambda _: None)
    again = await second.launch(spec, number=1)
    await again.ready(lambda _: None)
    assert len(starter.kept) == 1, "the nursery goes on too"
    for launched in (found.launched, again):
        await launched.stop(grace_s=1)
    assert has_ended(pid)
    assert list((tmp_path / "apps" / "running").iterdir()) == []
    await second.close()


async def test_that_it_drains_is_known_to_the_launcher_that_takes_it_over(
    tmp_path: Path, plain: dict[str, str], starter: KeptNurseries, spec: Any
) -> None:
    first = a_launcher(tmp_path / "apps", plain, starter)
    app = await first.launch(spec, number=1)
    await app.ready(lambda _: None)
    told = Draining("A new revision is there.", NOW, tuple(f"session-{number:032}" for number in range(1200)))
    app.drains(told)
    await first.close()
    second = a_launcher(tmp_path / "apps", plain, starter)
    [found] = await second.adopt()
    assert found.draining == replace(told, inside=told.inside[-1000:]), "as many as a packet holds"
    await found.launched.stop(grace_s=1)
    await second.close()


async def test_what_it_records_is_heard_by_the_launcher_that_took_it_over(
    tmp_path: Path, plain: dict[str, str], starter: KeptNurseries, spec_of: Any, stories: Path
) -> None:
    spec, heard = spec_of(stories / "records_its_path.py", framework="plain"), list[tuple[str, int, str, str]]()

    def told(launcher: str) -> NurseryLauncher:
        def take(key: str, number: int, said: Said, /) -> Recorded:
            heard.append((key, number, said.inputs, launcher))
            return Recorded.KEPT

        return a_launcher(tmp_path / "apps", plain, starter, intake=take)

    first = told("first")
    app = await first.launch(spec, number=3)
    await app.ready(lambda _: None)
    assert await get(app.address) == b"KEPT"
    await first.close()
    assert await get(app.address, "/in-vain") == b"UNANSWERED", "nobody listens, and it is not held up for long"
    second = told("second")
    [found] = await second.adopt()
    assert await get(app.address) == b"KEPT"
    said = ("/there", "first"), ("/in-vain", "second"), ("/there", "second")
    assert heard == [(spec.key, 3, f'"{path}"', launcher) for path, launcher in said]
    await found.launched.stop(grace_s=1)
    await second.close()


async def test_how_an_adopted_app_ends_is_told(
    tmp_path: Path, plain: dict[str, str], starter: KeptNurseries, spec: Any
) -> None:
    first = a_launcher(tmp_path / "apps", plain, starter)
    app = await first.launch(spec, number=1)
    await app.ready(lambda _: None)
    await first.close()
    second = a_launcher(tmp_path / "apps", plain, starter)
    [found] = await second.adopt()
    os.kill(found.launched.pid, signal.SIGTERM)
    assert (await found.launched.ended()).code == 0
    await found.launched.stop(grace_s=1)
    await second.close()


async def test_what_has_no_app_and_what_lies_about_is_removed(
    tmp_path: Path, plain: dict[str, str], starter: KeptNurseries, spec: Any, has_ended: Any
) -> None:
    first = a_launcher(tmp_path / "apps", plain, starter)
    app = await first.launch(spec, number=1)
    await app.ready(lambda _: None)
    await app.stop(grace_s=1)
    [ward] = first._wards.values()
    [nursery] = ward.nurseries
    unused = await nursery.fork(is_spare=False)
    unused.channel.close()
    await first.close()
    stale = tmp_path / "apps" / "running" / "stale"
    stale.mkdir()
    second = a_launcher(tmp_path / "apps", plain, starter)
    assert await second.adopt() == []
    assert has_ended(unused.guard.pid)
    assert not stale.exists()
    await second.close()


async def test_a_nursery_that_does_not_answer_is_ended(
    tmp_path: Path, plain: dict[str, str], starter: KeptNurseries, spec: Any, monkeypatch: Any, has_ended: Any
) -> None:
    monkeypatch.setattr("vitrina.apps.launchers.nursery.LISTED_WITHIN_S", 0.2)
    first = a_launcher(tmp_path / "apps", plain, starter)
    app = await first.launch(spec, number=1)
    await app.ready(lambda _: None)
    pid = app.pid
    await first.close()
    [kept] = starter.kept
    os.kill(kept.pid, signal.SIGSTOP)
    second = a_launcher(tmp_path / "apps", plain, starter)
    assert await second.adopt() == []
    assert has_ended(pid)
    await second.close()
