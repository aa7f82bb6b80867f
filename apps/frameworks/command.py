"""Programs: a command line in a file `vitrina.command`, run in the app's folder, without a shell.

tensorboard --logdir logs --host 127.0.0.1 --port {port} --path_prefix={prefix}

In it stand, filled in at each start: {port}, a free port of 127.0.0.1 that the program is to listen on, or {socket}, a
Unix socket that it is to make; {prefix}, the path below which its pages are asked for (empty: the root); {origin},
where people see it; {served}, the folder of its version's files. Other braces are left as they are.
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from vitrina.apps.frameworks import program
from vitrina.apps.frameworks.program import Place, Program, ProgramError
from vitrina.apps.served import VARIABLE
from vitrina.store.frameworks import SIGNS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vitrina.apps.stage import Stage

PORT, SOCKET, PREFIX = "{port}", "{socket}", "{prefix}"


class Command:
    """The adapter for any program that answers HTTP."""

    name = "command"
    signs = SIGNS[name]

    def environ(self, *, origin: str, scratch: Path) -> Mapping[str, str]:
        """What keeps programs that many use from telling others of themselves."""
        return {"JUPYTER_PLATFORM_DIRS": "1", "DO_NOT_TRACK": "1"}

    def load(self) -> None:
        """There is nothing to import."""

    def warm(self) -> None:
        """There is nothing to import."""

    def limber(self) -> None:
        """Nothing is to be gained."""

    def settle(self, *, scratch: Path) -> None:
        """It keeps no place."""

    def serve(self, stage: Stage) -> None:
        """Run the program, and pass people on to it."""
        line = stage.script.read_text(encoding="utf-8").strip()
        if PORT not in line and SOCKET not in line:
            raise ProgramError("The command says nowhere where to listen.", hint="Put {port} or {socket} into it.")
        if stage.prefix and PREFIX not in line:
            raise ProgramError(
                f"The program's pages are asked for below {stage.prefix} here, and its command does not say so to it.",
                hint="Put {prefix} into it, or give apps origins of their own.",
            )
        place = program.find_place(is_socket=SOCKET in line)
        program.serve(stage, Program(filled_in(line, stage, place), place))


def filled_in(line: str, stage: Stage, place: Place) -> list[str]:
    """The words of a command line; what is filled in never becomes several words. Raises ProgramError."""
    known = {
        PORT: str(place.port),
        SOCKET: str(place.socket),
        PREFIX: stage.prefix,
        "{origin}": stage.origin,
        "{served}": os.environ.get(VARIABLE, ""),
    }
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise ProgramError(f"The command cannot be read: {error}.", hint="See to its quotes.") from error
    return [_replaced(word, known) for word in words]


def _replaced(word: str, known: Mapping[str, str]) -> str:
    for name, value in known.items():
        word = word.replace(name, value)
    return word
