"""The command line: `vitrina NOUN VERB …`.

Nothing heavy is imported before a noun is chosen, and no noun of the client imports a web framework, so that all of
them work in a light installation.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from typing import NoReturn

import typer

from vitrina import __version__
from vitrina.hub.cli.nouns import Nouns
from vitrina.store.errors import VitrinaError

FAILED = 1

WAYS_OUT: Mapping[int | None, str] = {
    errno.ENOSPC: "Free some space, then do it again.",
    errno.EDQUOT: "Free some space of your quota, then do it again.",
    errno.EFBIG: "Raise the limit on the size of files (ulimit -f), then do it again.",
    errno.EROFS: "Choose a folder that can be written; the home is --home DIR or VITRINA_HOME.",
    errno.EACCES: "Choose another place, or ask for the right to use this one.",
}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs a command and ends the process: 0 done, 1 failed (one line on standard error), 2 wrong usage, 130 Ctrl-C."""
    if isinstance(sys.stdout, TextIOWrapper):  # a line is there when it is said, also where a program or file reads it
        sys.stdout.reconfigure(line_buffering=True)
    try:
        typer.main.get_command(_root())(args=arguments, prog_name="vitrina")
    except VitrinaError as error:
        _explain(str(error))
    except OSError as error:  # of a file that was named, or of the disk: the system says it as well as we could
        _explain(_told(error))
    sys.exit(FAILED)


def _told(error: OSError) -> str:
    said = f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}."
    return f"{said} {WAYS_OUT[error.errno]}" if error.errno in WAYS_OUT else said


def _explain(line: str) -> None:
    print(f"vitrina: {line}", file=sys.stderr)


def _root() -> typer.Typer:
    root = typer.Typer(cls=Nouns, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
    root.callback()(_options)
    return root


def _print_release(is_asked: bool) -> None:
    if is_asked:
        print(__version__)
        raise typer.Exit


def _options(
    version: bool = typer.Option(
        False, "--version", is_eager=True, callback=_print_release, help="Print the release and end."
    ),
) -> None:
    """Vitrina: a display case for machine-learning results."""
