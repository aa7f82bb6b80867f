"""The bench: starts, saves, failures and ends in any order, played by hand; and the switch with real connections."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from vitrina.apps import MemoryApp, StartError, UnixAddress
from vitrina.apps.develop.bench import Bench, News, Turn, named
from vitrina.apps.develop.switch import Switch
from vitrina.apps.launchers.launcher import Exit
from vitrina.apps.spec import AppSpec

pytestmark = pytest.mark.anyio

SPEC = AppSpec("hello", "a/b", "plain", "app.py", ".", Path("/nowhere"), "0" * 64, None, "http://127.0.0.1:1")
FILE = Path("/work/app.py")


class Signs(Switch):
    """A switch whose turns can be awaited."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: asyncio.Queue[object] = asyncio.Queue()

    def turn(self, to, *, line: str = "") -> None:
        self.turns.put_nowait(to or line)


class Table:
    """A bench, with its apps, saves and news in queues."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[MemoryApp] = asyncio.Queue()
        self.apps: list[MemoryApp] = []
        self.saved: asyncio.Queue[tuple[Path, ...]] = asyncio.Queue()
        self.news: asyncio.Queue[News] = asyncio.Queue()
        self.switch = Signs()
        self.served = asyncio.Event()
        self.bench = Bench(self._begin, self.switch, tell=self.news.put_nowait)

    async def _begin(self) -> MemoryApp:
        app = MemoryApp(SPEC, number=len(self.apps) + 1, address=UnixAddress(Path(f"/nowhere/{len(self.apps)}")))
        self.apps.append(app)
        self.begun.put_nowait(app)
        return app

    async def _saves(self) -> AsyncGenerator[tuple[Path, ...]]:
        while True:
            yield await self.saved.get()

    async def run(self) -> None:
        await self.bench.run(self._saves(), on_served=self.served.set)

    async def save(self) -> MemoryApp:
        """A file is saved; the start that this makes."""
        self.saved.put_nowait((FILE,))
        assert (await self.news.get()).turn is Turn.SAVED
        return await self.begun.get()


@pytest.fixture
async def table() -> AsyncIterator[Table]:
    table = Table()
    running = asyncio.create_task(table.run())
    (await table.begun.get()).answer()
    await table.served.wait()
    assert await table.switch.turns.get() == table.apps[0].address
    yield table
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert all(app.has_ended for app in table.apps)


async def test_the_one_before_serves_until_the_next_one_does(table: Table) -> None:
    first, second = table.apps[0], await table.save()
    assert table.switch.turns.empty()
    assert not first.has_ended
    second.answer()
    assert await table.switch.turns.get() == second.address
    assert (await table.news.get()).turn is Turn.SERVED
    await first.ended()


async def test_what_does_not_start_is_told_and_changes_nothing(table: Table) -> None:
    (await table.save()).fail("It has no app.")
    assert await table.news.get() == News(Turn.FAILED, "It does not start. It has no app. The one before serves on.")
    assert table.apps[1].has_ended
    assert not table.apps[0].has_ended
    assert table.switch.turns.empty()


async def test_a_newer_save_ends_the_start_that_is_under_way(table: Table) -> None:
    second, third = await table.save(), await table.save()
    assert second.has_ended
    third.answer()
    assert await table.switch.turns.get() == third.address


async def test_an_end_that_nobody_asked_for_is_told_until_a_save_brings_it_back(table: Table) -> None:
    table.apps[0].end(Exit(code=3))
    told = await table.news.get()
    assert told.turn is Turn.ENDED
    assert "exit 3" in told.line
    assert await table.switch.turns.get() == told.line
    second = await table.save()
    second.answer()
    assert await table.switch.turns.get() == second.address


async def test_a_failure_with_nothing_before_it_does_not_claim_that_something_serves(table: Table) -> None:
    table.apps[0].end(Exit(code=3))
    await table.news.get()
    (await table.save()).fail("No.")
    assert (await table.news.get()).line == "It does not start. No."


async def test_the_first_failure_ends_it_all() -> None:
    table = Table()
    running = asyncio.create_task(table.run())
    (await table.begun.get()).fail("It has no app.")
    with pytest.raises(StartError, match=r"It has no app\."):
        await running
    assert table.apps[0].has_ended


def test_of_many_files_some_are_named() -> None:
    assert named([Path(f"/a/{number}.py") for number in range(5)]) == "0.py, 1.py, 2.py and 2 more"


@asynccontextmanager
async def answering(path: Path, word: str) -> AsyncIterator[UnixAddress]:
    """A server that says its word to whoever says a line, and keeps the connection."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline():
            writer.write(f"{word}\n".encode())
        writer.close()

    async with await asyncio.start_unix_server(talk, path):
        yield UnixAddress(path)


async def test_a_switch_cuts_off_who_is_at_the_one_before(tmp_path: Path) -> None:
    switch = Switch()
    with socket.create_server(("127.0.0.1", 0)) as bound:
        async with (
            answering(tmp_path / "one", "one") as one,
            answering(tmp_path / "two", "two") as two,
            switch.on(bound),
        ):
            where = bound.getsockname()[:2]
            reader, writer = await asyncio.open_connection(*where)
            writer.write(b"who?\n")  # before anything serves: it waits
            switch.turn(one)
            assert await reader.readline() == b"one\n"
            switch.turn(two)
            assert await reader.read() == b""
            writer.close()
            reader, writer = await asyncio.open_connection(*where)
            writer.write(b"who?\n")
            assert await reader.readline() == b"two\n"
            writer.close()
            switch.turn(None, line="The app ended.")
            reader, writer = await asyncio.open_connection(*where)
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            answer = await reader.read()
            writer.close()
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert answer.endswith(b"\r\n\r\nThe app ended.\n")
