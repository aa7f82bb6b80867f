"""`vitrina hub`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from vitrina.apps.levels import Level
from vitrina.hub import serving
from vitrina.hub.cli.asking import ask_hub
from vitrina.hub.serving import Browser, Wanted
from vitrina.hub.settings import DEFAULT_HOST, FEEDBACK_ENTRIES, FEEDBACK_MB, IDLE_S, PORT, UPLOAD_MB
from vitrina.store.home import place
from vitrina.store.serving import MOST_UPLOAD_MB

Isolation = Literal["auto", "process", "landlock", "sandbox"]
"""What `Level` has, and the strongest of it that can be had."""

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Home = Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for everything; default: VITRINA_HOME.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Of the portal and the API; 0: any that is free.")]
UploadMb = Annotated[
    int, typer.Option(min=1, max=MOST_UPLOAD_MB, help="The longest body of one request to an app, in megabytes.")
]
FeedbackEntries = Annotated[int, typer.Option(min=1, help="How much feedback each model version may have: entries.")]
FeedbackMb = Annotated[int, typer.Option(min=1, help="How much feedback each model version may have: megabytes.")]
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
    public_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where people find the hub, when a proxy stands before it.")
    ] = None,
    apps_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Where people find apps: https://*.apps.example.org gives each an origin of its own; a name without * "
            "is shared by all, which is weaker. Default: *.localhost at the apps' port.",
        ),
    ] = None,
    proxy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS", help="A proxy on another machine, whose word on who asks is taken; repeatable."
        ),
    ] = None,
    idle_minutes: Annotated[
        float, typer.Option(min=0.1, help="After how many minutes without people an app is stopped.")
    ] = IDLE_S / 60,
    isolation: Annotated[
        Isolation, typer.Option(help="How strongly apps are isolated; auto: as strongly as this machine can.")
    ] = "auto",
    upload_mb: UploadMb = UPLOAD_MB,
    pictures: Annotated[
        bool, typer.Option("--pictures/--no-pictures", help="Take pictures of apps in quiet moments, or not.")
    ] = True,
    feedback_entries: FeedbackEntries = FEEDBACK_ENTRIES,
    feedback_mb: FeedbackMb = FEEDBACK_MB,
    open_: Open = None,
) -> None:
    """Start the hub: portal and API on one port, apps on another. It runs until Ctrl-C."""
    if context.invoked_subcommand is not None:
        return
    wanted = Wanted(
        host,
        port,
        apps_port,
        store,
        blobs,
        home,
        browser_of(open_),
        idle_minutes * 60,
        public_url=public_url,
        apps_url=apps_url,
        proxies=proxy or (),
        isolation=None if isolation == "auto" else Level(isolation),
        upload_mb=upload_mb,
        takes_pictures=pictures,
        feedback_entries=feedback_entries,
        feedback_mb=feedback_mb,
    )
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
