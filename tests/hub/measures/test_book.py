"""The use of apps on its way to the store: nothing is lost that fits, nothing is counted twice, nobody is known."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.hub.measures import book as books
from vitrina.hub.measures.book import Book, key_of, who
from vitrina.hub.proxy.passes import Pass
from vitrina.store.usage import DayOfApp, Figures, Viewer

pytestmark = pytest.mark.anyio

BEGIN = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
KEY = key_of("secret")
ALICE, BOB = Pass(1, 7, "aa"), Pass(1, 8, "bb")
VISITOR, OTHER = Pass(1, None, "cc"), Pass(1, None, "dd")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Shelf:
    """A store that may be away, with all that it was given."""

    is_away: bool = False
    figures: dict[DayOfApp, Figures] = field(default_factory=dict)
    viewers: set[Viewer] = field(default_factory=set)
    writes: int = 0

    @property
    def use(self) -> Shelf:
        return self

    def record(self, figures: Mapping[DayOfApp, Figures], viewers: Collection[Viewer]) -> None:
        if self.is_away:
            raise ConnectionError("away")
        self.writes += 1
        for day, one in figures.items():
            self.figures.setdefault(day, Figures()).add(one)
        self.viewers |= set(viewers)


@dataclass
class Clock:
    now: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.now


def book_of(shelf: Shelf, clock: Clock, *, every_s: float = 0.0) -> Book:
    return Book(shelf, key=KEY, clock=clock, every_s=every_s)  # type: ignore[arg-type]


EVENTS = {
    "open": lambda book: book.opened(1, VISITOR, is_new=True),
    "again": lambda book: book.opened(1, ALICE, is_new=False),
    "see": lambda book: book.seen(2, BOB),
    "answer": lambda book: book.answered(1, is_error=False),
    "fail": lambda book: book.answered(2, is_error=True),
    "start": lambda book: book.started(1),
    "ready": lambda book: book.ready(1, 0.5),
    "slow": lambda book: book.ready(1, 2.0),
    "crash": lambda book: book.crashed(2),
}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*EVENTS, "write", "go away", "come back", "midnight"]), max_size=40))
def test_whatever_happens_in_between_the_store_has_what_happened(history: list[str]) -> None:
    """Against a count that is made of the same history without batches, failures or threads."""
    shelf, clock, expected = Shelf(), Clock(), dict[tuple[int, date, str], float]()

    def expect(app: int, name: str, amount: float = 1) -> None:
        expected[app, clock.now.date(), name] = expected.get((app, clock.now.date(), name), 0) + amount

    viewers = set[tuple[int, date, str]]()

    async def play() -> None:
        book = book_of(shelf, clock)
        for event in history:
            match event:
                case "write":
                    await book.flush()
                case "go away" | "come back":
                    shelf.is_away = event == "go away"
                case "midnight":
                    clock.now += timedelta(days=1)
                case _:
                    EVENTS[event](book)
            match event:
                case "open":
                    expect(1, "openings"), expect(1, "sessions"), viewers.add((1, clock.now.date(), "visitor"))
                case "again":
                    expect(1, "openings"), viewers.add((1, clock.now.date(), "alice"))
                case "see":
                    viewers.add((2, clock.now.date(), "bob"))
                case "answer":
                    expect(1, "requests")
                case "fail":
                    expect(2, "requests"), expect(2, "errors")
                case "start":
                    expect(1, "starts")
                case "ready" | "slow":
                    expect(1, "ready"), expect(1, "ready_s", 0.5 if event == "ready" else 2.0)
                case "crash":
                    expect(2, "crashes")
        shelf.is_away = False
        book.finish()
        await book.write()

    asyncio.run(play())
    found = {
        (at.app_id, at.day, name): value
        for at, one in shelf.figures.items()
        for name in ("openings", "sessions", "requests", "errors", "starts", "ready", "ready_s", "crashes")
        if (value := getattr(one, name))
    }
    assert found == expected
    assert len(shelf.viewers) == len(viewers)
    assert all(one.ready_most_s == 2.0 for one in shelf.figures.values() if one.ready_s > 0.5 * one.ready)


async def test_what_is_counted_is_written_while_the_front_goes_on() -> None:
    loop, written = asyncio.get_running_loop(), asyncio.Event()

    class Telling(Shelf):
        def record(self, figures: Mapping[DayOfApp, Figures], viewers: Collection[Viewer]) -> None:
            super().record(figures, viewers)
            loop.call_soon_threadsafe(written.set)

    shelf = Telling()
    book = book_of(shelf, Clock())
    writing = asyncio.create_task(book.write())
    for times in (1, 2):
        book.started(1)
        await written.wait()
        written.clear()
        assert shelf.figures[DayOfApp(1, BEGIN.date())].starts == times
    book.finish()
    await writing


async def test_what_is_counted_is_written_once_at_the_end() -> None:
    shelf = Shelf()
    book = book_of(shelf, Clock(), every_s=3600.0)
    writing = asyncio.create_task(book.write())
    for _ in range(100):
        book.opened(1, VISITOR, is_new=False)
    book.finish()
    await writing
    assert shelf.writes == 1
    assert shelf.figures[DayOfApp(1, BEGIN.date())].openings == 100
    assert len(shelf.viewers) == 1


async def test_while_nothing_happens_nothing_is_written() -> None:
    shelf = Shelf()
    book = book_of(shelf, Clock())
    await book.flush()
    assert shelf.writes == 0


async def test_a_store_that_is_away_is_tried_again_with_all_there_is(caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf(is_away=True)
    book = book_of(shelf, Clock())
    book.started(1)
    await book.flush()
    book.started(1)
    shelf.is_away = False
    await book.flush()
    assert shelf.figures[DayOfApp(1, BEGIN.date())].starts == 2
    assert "not kept" in caplog.text


async def test_who_came_is_bounded_while_the_store_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "MOST_VIEWERS", 3)
    shelf = Shelf(is_away=True)
    book = book_of(shelf, Clock())
    for number in range(9):
        book.seen(1, Pass(1, number, ""))
        await book.flush()
    shelf.is_away = False
    await book.flush()
    assert len(shelf.viewers) == 3


async def test_memory_is_a_line_only_when_it_was_never_more_that_day() -> None:
    shelf, clock = Shelf(), Clock()
    book = book_of(shelf, clock)
    for taken, writes in ((5, 1), (4, 1), (6, 2), (6, 2)):
        book.weighed(1, taken)
        await book.flush()
        assert shelf.writes == writes
    clock.now += timedelta(minutes=2)
    book.weighed(1, 3)
    await book.flush()
    assert [one.memory_most_bytes for one in shelf.figures.values()] == [6, 3]


def test_a_viewer_is_the_same_at_one_app_and_another_at_another() -> None:
    assert who(KEY, 1, ALICE) == who(KEY, 1, Pass(2, 7, "another browser"))
    assert len({who(KEY, 1, ALICE), who(KEY, 2, ALICE), who(KEY, 1, BOB), who(key_of("other"), 1, ALICE)}) == 4
    assert who(KEY, 1, VISITOR) != who(KEY, 1, OTHER)
    assert who(KEY, 1, Pass(1, None, "7")) != who(KEY, 1, Pass(1, 7, ""))
