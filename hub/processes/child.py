"""What each child does before anything else: bind its life to the parent's, and hear what it is to do.

It is started as `python -m vitrina.hub.processes.portal` (or `front`) with the numbers of what it inherits as one JSON
argument, and gets its settings, which hold secrets, on its standard input.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vitrina.apps.guard import die_with
from vitrina.hub.processes.talk import COULD_NOT_START, LATER
from vitrina.hub.settings import Settings
from vitrina.store.errors import VitrinaError
from vitrina.store.home import Place

LEAVE = signal.SIGUSR1
"""What a child is sent that is to end and leave running what it has started."""

SHOW = signal.SIGUSR2
"""What a child is sent that does not answer any more: it writes where each of its threads is."""

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@dataclass(frozen=True, slots=True)
class Inherited:
    """Numbers of open files, and who the parent is."""

    parent_pid: int
    listener: int
    line: int
    """This child's end of the line between portal and front."""

    keeper: int | None
    """This child's end of its line to the parent's keeper (see `keeper`); None: it has none."""

    pulse: int
    """This child's end of its pulse (see `pulse`)."""

    ready: int
    """A pipe: one byte says that the child serves."""

    def argument(self) -> str:
        return json.dumps(asdict(self))

    @property
    def files(self) -> tuple[int, ...]:
        return (self.listener, self.line, *(() if self.keeper is None else (self.keeper,)), self.pulse, self.ready)


@dataclass(frozen=True, slots=True)
class Task:
    """What a child is to serve."""

    settings: Settings
    listener: socket.socket
    line: socket.socket
    keeper: socket.socket | None
    pulse: socket.socket
    say_ready: Callable[[], None]


def settings_as_text(settings: Settings) -> str:
    return json.dumps(asdict(settings), default=str)


def settings_from_text(text: str) -> Settings:
    given: dict[str, Any] = json.loads(text)
    place = given.pop("place")
    return Settings(place=Place(Path(place["home"]), place["url"], place["blobs"]), **given)


def run(serve: Callable[[Task], None]) -> int:
    """The main function of a child. A VitrinaError is said as one line; the exit code tells whether to try again."""
    inherited = Inherited(**json.loads(sys.argv[1]))
    die_with(inherited.parent_pid, by=signal.SIGKILL)
    faulthandler.register(SHOW)
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT)
    task = Task(
        settings=settings_from_text(sys.stdin.read()),
        listener=socket.socket(fileno=inherited.listener),
        line=socket.socket(fileno=inherited.line),
        keeper=None if inherited.keeper is None else socket.socket(fileno=inherited.keeper),
        pulse=socket.socket(fileno=inherited.pulse),
        say_ready=lambda: _say(inherited.ready),
    )
    try:
        serve(task)
    except VitrinaError as error:
        sys.stderr.write(f"vitrina: {error}\n")
        return COULD_NOT_START if error.permanent else LATER
    return 0


def _say(pipe: int) -> None:
    os.write(pipe, b"1")
    os.close(pipe)
