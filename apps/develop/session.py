"""A session at the bench: an app on a loopback port, started again on save, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vitrina.apps import local
from vitrina.apps.develop import in_place
from vitrina.apps.develop.bench import Bench, News, Turn, named
from vitrina.apps.develop.saves import demand_watching, saves
from vitrina.apps.develop.switch import Switch
from vitrina.apps.develop.window import Window
from vitrina.apps.develop.writes import Writes

if TYPE_CHECKING:
    import socket

    from vitrina.apps.develop.bench import Begin, Started
    from vitrina.apps.develop.source import Source

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Session:
    """What is developed, and who hears of it.

    `announce` gets, once it serves, the app's address and that of the window on it; `tell` all that follows.
    """

    source: Source
    served: Path | None
    announce: Callable[[str, str], None]
    tell: Callable[[News], None]
    production: Path | None = None
    """The files of the version in production, if that is another one than `served`."""


def run_in_place(session: Session, *, port: int) -> None:
    """Run an app among its author's files, in a fresh process for each save.

    Raises PortError, MissingExtraError, and what the first start raises.
    """

    async def work(bound: socket.socket) -> None:
        origin = origin_of(bound)

        async def begin() -> Started:
            return in_place.begin(session.source, origin=origin, served=session.served, production=session.production)

        await serve(session, begin, bound, is_in_place=True)

    hold(work, port=port)


def hold(work: Callable[[socket.socket], Coroutine[Any, Any, None]], *, port: int) -> None:
    """Do this work with a port of loopback, until a signal asks to end; the work is cancelled then."""
    demand_watching()

    async def held() -> None:
        working = asyncio.current_task()
        assert working is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, working.cancel)
        with local.listener(HOST, port) as bound:
            await work(bound)

    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(held())


async def serve(session: Session, begin: Begin, bound: socket.socket, *, is_in_place: bool = False) -> None:
    """Serve the app there, and begin it again at each save, until cancelled.

    One that runs in place may write among its files, and does not begin again for that.
    """
    switch, since = Switch(), await asyncio.to_thread(session.source.look)
    writes = Writes(since.files) if is_in_place else None
    window = Window(name=session.source.path.resolve().name, origin=origin_of(bound))

    def tell(news: News) -> None:
        session.tell(news)
        window.tell(news)

    with local.listener(HOST, 0) as pane:
        bench = Bench(begin, switch, tell=tell)
        async with switch.on(bound), window.on(pane), aclosing(saves(session.source, since=since)) as changed:
            by_author = changed if writes is None else _by_author(changed, writes, tell=tell)
            await bench.run(by_author, on_served=lambda: session.announce(origin_of(bound), origin_of(pane)))


async def _by_author(
    saves: AsyncIterable[Sequence[Path]], writes: Writes, *, tell: Callable[[News], None]
) -> AsyncIterator[Sequence[Path]]:
    async for changed in saves:
        told = writes.sort(changed)
        if told.appeared:
            line = f"{named(told.appeared)} appeared while it ran: taken for the app's own, and not watched."
            tell(News(Turn.OWN, line))
        if told.repeated:
            line = (
                f"{named(told.repeated)} changes after every start: taken for the app's own, and not watched any more."
            )
            tell(News(Turn.OWN, f"{line} Name it in a .vitrinaignore; if it was you, begin this command again."))
        if told.by_author:
            yield told.by_author


def origin_of(bound: socket.socket) -> str:
    """Where people see what is served on this socket."""
    return f"http://{HOST}:{bound.getsockname()[1]}"
