"""`vitrina app run`: an app on this machine while it is written."""

from __future__ import annotations

from typing import Annotated

import typer

from vitrina.hub.cli.app_named import served_of
from vitrina.hub.cli.app_source import Entry, Framework, Model, Source


def run(
    path: Source,
    model: Model = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 0,
    entry: Entry = None,
    framework: Framework = None,
) -> None:
    """Run an app here while it is written, without a hub, until Ctrl-C."""
    from vitrina.apps.local import run_local

    run_local(path, served=served_of(model), port=port, framework=framework, entry=entry)
