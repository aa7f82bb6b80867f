"""`vitrina hub`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vitrina.hub import serving
from vitrina.hub.cli.asking import ask_hub
from vitrina.hub.serving import Browser, Wanted
from vitrina.hub.settings import DEFAULT_HOST, IDLE_S, PORT
from vitrina.store.home import place

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Home = Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for everything; default: VITRINA_HOME.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Of the portal and the API; 0: any that is free.")]
Open = Annotated[
    bool | None, typer.Option("--open/--no-open", help="Open a browser, or not; default: on a terminal with a screen.")
]


@app.callback(invoke_without_command=True)
def hub(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on; of this machine alone.")] = DEFAULT_HOST,
    port: Port = PORT,
    apps_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Of the apps; default: the port after --port.")
    ] = None,
    store: Annotated[
        str | None, typer.Option(metavar="URL", help="sqlite:///… or postgresql+psycopg://…; default: VITRINA_URL.")
    ] = None,
    blobs: Annotated[str | None, typer.Option(metavar="URL", help="Where blobs lie; default: VITRINA_BLOBS.")] = None,
    home: Home = None,
    idle_minutes: Annotated[
        float, typer.Option(min=0.1, help="After how many minutes without people an app is stopped.")
    ] = IDLE_S / 60,
    open_: Open = None,
) -> None:
    """Start the hub: portal and API on one port, apps on another. It runs until Ctrl-C."""
    if context.invoked_subcommand is not None:
        return
    wanted = Wanted(host, port, apps_port, store, blobs, home, browser_of(open_), idle_minutes * 60)
    raise typer.Exit(serving.serve(wanted))


@app.command()
def link(home: Home = None) -> None:
    """Print a new one-time link that signs you in to the hub that runs."""
    print(ask_hub(place(home=home).home, "/-/link")["url"])


@app.command()
def restart(home: Home = None) -> None:
    """Let the hub that runs begin anew, with the program as it is installed now. Its apps go on."""
    from vitrina.hub.processes import succession

    found = succession.ask(place(home=home).home)
    print(f"The hub at {found.url} has begun anew.")


def browser_of(is_wanted: bool | None) -> Browser:
    match is_wanted:
        case None:
            return Browser.IF_WATCHED
        case True:
            return Browser.YES
        case False:
            return Browser.NO
