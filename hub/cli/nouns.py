"""The nouns of the command line. Each is a module beside this one, imported when it is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter

NOUNS = {
    "project": "Projects: who sees them, what they are called.",
    "run": "Runs: what was tried, with which inputs, to which end.",
    "model": "Models and their versions: list, pull, ask, promote.",
    "dataset": "Datasets and their versions.",
    "artifact": "Any other artifacts and their versions.",
    "app": "Apps: develop, log, open, stop them.",
    "report": "Reports and READMEs: check, render, publish.",
    "lineage": "What came of what.",
    "compare": "Runs and versions side by side.",
    "search": "Find runs, models, datasets, artifacts, versions and reports.",
    "store": "Look after the store.",
    "hub": "Start the hub.",
    "edge": "Put a web server before the hub.",
    "demo": "Fill a store with the examples and start the hub on it.",
}
"""Name and line of help; the module has the same name, and in it a Typer called `app`."""


class Nouns(TyperGroup):
    """A group whose commands are imported one by one, and whose help imports none."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = cast("MutableMapping[str, Command]", _Imported())

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        with formatter.section("Nouns"):
            formatter.write_dl(list(NOUNS.items()))


class _Imported(Mapping[str, "Command"]):
    """The command of each noun; asking for one imports its module."""

    def __getitem__(self, name: str) -> Command:
        if name not in NOUNS:
            raise KeyError(name)
        return typer.main.get_command(import_module(f"vitrina.hub.cli.{name}").app)

    def __iter__(self) -> Iterator[str]:
        return iter(NOUNS)

    def __len__(self) -> int:
        return len(NOUNS)


def noun(line: str) -> typer.Typer:
    """The Typer of a noun with several verbs; `line` is its help."""
    return typer.Typer(help=line, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
