"""`vitrina app run`: an app on this machine while it is written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli.app_named import served_of
from vitrina.hub.cli.app_source import Command, Cwd, Entry, Framework, Include, Model, Source

if TYPE_CHECKING:
    from vitrina.apps.develop.bench import News


def run(
    path: Source,
    model: Model = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 0,
    entry: Entry = None,
    cwd: Cwd = None,
    framework: Framework = None,
    include: Include = None,
    command: Command = None,
    reload: Annotated[
        bool, typer.Option("--reload/--no-reload", help="Start it again when a file of it is saved.")
    ] = True,
) -> None:
    """Run an app here while it is written, without a hub, until Ctrl-C. A file of it that is saved starts it again."""
    from vitrina.apps.develop.session import Session, run_in_place
    from vitrina.apps.develop.source import Source as Written
    from vitrina.apps.local import run_local

    if not reload:
        run_local(
            path,
            served=served_of(model),
            port=port,
            framework=framework,
            entry=entry,
            cwd=cwd,
            include=include or (),
            command=command,
        )
        return
    written = Written(path, entry, cwd, framework, include or (), command)

    def announce(address: str, window: str) -> None:
        print(f"{path.resolve().name} is served at {address} (Ctrl-C ends it)")
        print(f"A file of it that is saved starts it again. A page that follows each save: {window}")

    run_in_place(Session(written, served_of(model), announce, _tell), port=port)


def _tell(news: News) -> None:
    from vitrina.apps.develop.bench import Turn

    is_bad = news.turn in {Turn.FAILED, Turn.ENDED}
    print(f"vitrina: {news.line}", file=sys.stderr if is_bad else sys.stdout, flush=True)
