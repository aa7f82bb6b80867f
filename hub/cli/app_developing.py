"""`vitrina app run`: an app on this machine while it is written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.apps.levels import Level
from vitrina.hub.cli.app_named import APPS_FOLDER, production_of, served_of
from vitrina.hub.cli.app_source import (
    AllowSecret,
    Command,
    Cwd,
    Entry,
    Framework,
    Include,
    Model,
    Requirements,
    Source,
    requirements_of,
)
from vitrina.store.errors import InvalidError
from vitrina.store.serving import Network

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vitrina.apps.develop.bench import News
    from vitrina.hub.as_hub import Rules
    from vitrina.store.bundles import Bundle


class OnlyAsHubError(InvalidError):
    """Something was asked for that only a hub gives."""

    def __init__(self, options: str) -> None:
        super().__init__(
            f"{options}: that only means something for a start as the hub makes it.", hint="Say that too: --as-hub"
        )


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
    as_hub: Annotated[
        bool, typer.Option("--as-hub", help="From its bundle, with the hub's limits, walls and libraries.")
    ] = False,
    isolation: Annotated[
        Level | None, typer.Option(help="As hub: how strongly; default: as strongly as this machine can.")
    ] = None,
    network: Annotated[Network | None, typer.Option(help="As hub: whom it may connect to; default: none.")] = None,
    requirements: Requirements = None,
    allow_secret: AllowSecret = None,
) -> None:
    """Run an app here while it is written, without a hub, until Ctrl-C. A file of it that is saved starts it again."""
    from vitrina.apps.develop.session import Session, run_in_place
    from vitrina.apps.develop.source import Source as Written
    from vitrina.apps.local import run_local

    for_hub = {"--isolation": isolation, "--network": network, "--requirements": requirements}
    for_hub |= {"--allow-secret": allow_secret}
    if not as_hub and (said := [option for option, value in for_hub.items() if value is not None]):
        raise OnlyAsHubError(", ".join(said))
    if as_hub and not reload:
        raise InvalidError("--as-hub always starts it again on save.", hint="Leave out --no-reload.")
    if not reload:
        run_local(
            path,
            served=served_of(model),
            production=production_of(model),
            port=port,
            framework=framework,
            entry=entry,
            cwd=cwd,
            include=include or (),
            command=command,
        )
        return
    session = Session(
        Written(path, entry, cwd, framework, include or (), command),
        served_of(model),
        _announce(path),
        _tell,
        production=production_of(model),
    )
    if not as_hub:
        run_in_place(session, port=port)
        return
    from vitrina.hub.as_hub import run_as_hub

    def pack() -> Bundle:
        from vitrina.store import bundles
        from vitrina.tracking.apps import requirements_text

        return bundles.pack(
            path,
            entry=entry,
            cwd=cwd,
            framework=framework,
            requirements=requirements_text(requirements_of(requirements)),
            include=include or (),
            allow_secrets=allow_secret or (),
            command=command,
        )

    run_as_hub(session, pack, _rules(isolation, network), port=port, say=print)


def _rules(isolation: Level | None, network: Network | None) -> Rules:
    """What the hub on this machine would decide; says which level of isolation is on. Raises LevelError."""
    from vitrina.apps import trial
    from vitrina.hub.as_hub import Rules
    from vitrina.hub.serving import say_level
    from vitrina.store.home import place

    found = trial.available()
    level = found.demand(isolation)
    rules = Rules(place().home / APPS_FOLDER, level, network or Network.NONE)
    print(f"{say_level(found, level)} Network: {rules.network.value}.")
    return rules


def _announce(path: Path) -> Callable[[str, str], None]:
    def announce(address: str, window: str) -> None:
        print(f"{path.resolve().name} is served at {address} (Ctrl-C ends it)")
        print(f"A file of it that is saved starts it again. A page that follows each save: {window}")

    return announce


def _tell(news: News) -> None:
    from vitrina.apps.develop.bench import Turn

    is_bad = news.turn in {Turn.FAILED, Turn.ENDED}
    print(f"vitrina: {news.line}", file=sys.stderr if is_bad else sys.stdout, flush=True)
