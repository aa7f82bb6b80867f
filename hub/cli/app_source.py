"""The words by which commands take an app that is being written: its file or folder, and what it cannot say itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Source = Annotated[Path, typer.Argument(metavar="PATH", help="The app's file, or its folder.")]
Entry = Annotated[str | None, typer.Option(metavar="FILE", help="The app's file in the folder.")]
Framework = Annotated[str | None, typer.Option(help="Found from the source when left out.")]
Model = Annotated[str | None, typer.Option(metavar="REF", help="The version that the app is given.")]
Cwd = Annotated[str | None, typer.Option(metavar="DIR", help="Where it runs, in the folder (of a file also above it).")]
Requirements = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="A requirements file; auto: what it imports, at the versions installed here."),
]
Include = Annotated[
    list[str] | None,
    typer.Option(metavar="GLOB", help="Files to take along that only show when it runs. May be said again."),
]
Command = Annotated[
    str | None,
    typer.Option(
        metavar="LINE",
        help="The app is a program, run there; {port} or {socket} in its command line is where it is to listen.",
    ),
]
AllowSecret = Annotated[
    list[str] | None, typer.Option(metavar="PATH", help="A file to keep although it looks like a secret.")
]

AUTO = "auto"


def requirements_of(said: str | None) -> str | Path | None:
    """What was said by `--requirements`, as `log_app` takes it."""
    return said if said in {None, AUTO} else Path(said or "")
