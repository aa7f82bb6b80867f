"""Feedback from a real app's process to its launcher: from threads, forks and programs, honest or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from vitrina.apps import AppSpec, NurseryLauncher, SubprocessLauncher, UnixAddress, write_served
from vitrina.apps.feedback import Recorded, Said
from vitrina.apps.launchers.renewal import Renewal

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

META = {
    "ref": "acme/churn/models/classifier@1.0.0",
    "name": "classifier",
    "version": "1.0.0",
    "kind": "model",
    "owner": "acme",
    "project": "churn",
}


class Intake:
    """Takes everything, and remembers from whom; says what it is told to say."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int, Said]] = []
        self.says = Recorded.KEPT

    def __call__(self, key: str, number: int, said: Said, /) -> Recorded:
        self.heard.append((key, number, said))
        return self.says


class Recorder:
    """A running app, and what was heard of it."""

    def __init__(self, launched: Any, intake: Intake, log: Path) -> None:
        self._launched = launched
        self.intake = intake
        self._log = log

    async def ask(self, path: str) -> list[str]:
        assert isinstance(self._launched.address, UnixAddress)
        connector = aiohttp.UnixConnector(str(self._launched.address.path))
        async with aiohttp.ClientSession("http://app", connector=connector) as session, session.get(path) as answer:
            assert answer.status == 200
            return (await answer.text()).split()

    async def log(self) -> str:
        """All that it wrote, once it has ended."""
        await self._launched.stop(grace_s=0)
        return self._log.read_text()


@pytest.fixture
def spec(tmp_path: Path, spec_of: Callable[..., AppSpec], stories: Path) -> AppSpec:
    served = tmp_path / "served" / "1"
    write_served(served, meta=META, files=[])
    return spec_of(stories / "records.py", framework="plain", served=served)


@pytest.fixture
async def app(way: str, tmp_path: Path, plain: dict[str, str], spec: AppSpec) -> AsyncIterator[Recorder]:
    async with recorder(way, tmp_path, plain, spec) as made:
        yield made


@asynccontextmanager
async def recorder(way: str, tmp_path: Path, plain: dict[str, str], spec: AppSpec) -> AsyncIterator[Recorder]:
    intake = Intake()
    begin = SubprocessLauncher if way == "plain" else partial(NurseryLauncher, bounds=Renewal(quiet_s=3600))
    launcher = begin(tmp_path / "apps", hub_environment=plain, intake=intake)
    await launcher.adopt()
    launched = await launcher.launch(spec, number=2)
    await launched.ready(lambda _: None)
    try:
        yield Recorder(launched, intake, launcher.log(spec.key, number=2))
    finally:
        await launched.stop(grace_s=0)
        await launcher.close()


async def test_an_entry_is_heard_of_the_instance_that_said_it(app: Recorder) -> None:
    assert await app.ask("/once") == ["KEPT"]
    [(key, number, said)] = app.intake.heard
    assert (key, number) == ("records", 2)
    assert (said.inputs, said.output, said.note, said.flag) == ('"once"', '{"score":0.7}', "too high", "wrong")


async def test_what_the_hub_refuses_the_app_is_told_and_its_log_says(app: Recorder) -> None:
    app.intake.says = Recorded.SWITCHED_OFF
    assert await app.ask("/once") == ["SWITCHED_OFF"]
    assert "feedback was not kept: Nothing is kept: whoever maintains this app" in await app.log()


@pytest.mark.parametrize(("path", "count"), [("/threads", 24), ("/forks", 16)])
async def test_threads_and_forks_speak_at_once_and_nothing_gets_mixed(app: Recorder, path: str, count: int) -> None:
    assert await app.ask(path) == ["KEPT"] * count
    assert len({said.inputs for _, _, said in app.intake.heard}) == count


async def test_a_program_that_the_app_began_speaks_for_it_when_it_was_given_the_channel(app: Recorder) -> None:
    assert await app.ask("/program") == ["KEPT"]
    assert await app.ask("/stranger") == ["NOT_REACHED"]
    assert [said.inputs for _, _, said in app.intake.heard] == ['"program"']


SERVER = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from vitrina.apps import served

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        said = served().record(self.path, 1).name.encode() if self.path == "/once" else b"here"
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


async def test_an_app_that_is_a_program_of_its_own_speaks_for_itself(
    way: str, tmp_path: Path, plain: dict[str, str], spec: AppSpec, spec_of: Callable[..., AppSpec]
) -> None:
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "serve.py").write_text(SERVER)
    (folder / "vitrina.command").write_text("python serve.py {port}")
    async with recorder(way, tmp_path, plain, spec_of(folder, framework="command", served=spec.served)) as app:
        assert await app.ask("/once") == ["KEPT"]
        assert [said.inputs for _, _, said in app.intake.heard] == ['"/once"']


async def test_what_is_too_large_stays_with_the_app_and_what_is_deep_is_named(app: Recorder) -> None:
    assert await app.ask("/large") == ["TOO_LARGE"]
    assert await app.ask("/deep") == ["KEPT"]
    assert "<list>" in app.intake.heard[0][2].inputs


async def test_one_that_floods_is_read_at_a_pace_and_harms_nobody(app: Recorder) -> None:
    assert await app.ask("/flood") == ["sent"]
    assert await app.ask("/impatient") in (["TOO_OFTEN"], ["UNANSWERED"])
    assert app.intake.heard == []


async def test_what_a_served_app_says_of_itself_is_not_believed(app: Recorder) -> None:
    assert await app.ask("/lies") == ["KEPT"]
    assert Counter(said.inputs for _, _, said in app.intake.heard) == {'"after the lies"': 1}
    assert await app.ask("/once") == ["KEPT"]
