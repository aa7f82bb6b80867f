"""`vitrina app log`: keeping an app with a version."""

from __future__ import annotations

from typing import Annotated

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.app_named import COLD, version_of
from vitrina.hub.cli.app_source import (
    AllowSecret,
    Command,
    Cwd,
    Entry,
    Framework,
    Include,
    Requirements,
    Source,
    requirements_of,
)
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.pages import data


def log(
    path: Source,
    model: Annotated[str, typer.Option(metavar="REF", help="The version that the app belongs to.")],
    name: Annotated[str | None, typer.Option(help="By default the name of the file.")] = None,
    entry: Entry = None,
    cwd: Cwd = None,
    framework: Framework = None,
    requirements: Requirements = None,
    include: Include = None,
    allow_secret: AllowSecret = None,
    title: Annotated[str, typer.Option(help="What people call it.")] = "",
    network: Annotated[
        str | None, typer.Option(metavar="none|loopback|full", help="Whom it may connect to; a new one: none.")
    ] = None,
    command: Command = None,
    json: Json = False,
) -> None:
    """Keep an app with a version of a model."""
    from vitrina import tracking

    with opened() as store:
        version = version_of(store, model)
    logged = tracking.log_app(
        name or path.resolve().stem.lower(),
        path,
        model=version.ref,
        framework=framework,
        entry=entry,
        cwd=cwd,
        requirements=requirements_of(requirements),
        include=include or (),
        allow_secrets=allow_secret or (),
        title=title,
        network=network,
        command=command,
    )
    if json:
        printing.as_json(data.app(logged, COLD))
    else:
        print(f"{logged.ref}: revision {logged.revision} ({logged.framework}).")
