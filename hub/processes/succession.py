"""What a parent leaves to the program that replaces it: `vitrina hub` again, in the same process.

The process number stays, and with it all that hangs on it: its children live on, and their tie to its life. What is
open stays open under the same number: both ports (who connects meanwhile waits), the claim to the home, and the
channels of kept processes. The numbers go through one variable of the environment, which is taken out again at once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from vitrina.hub import running
from vitrina.hub.processes.keeper import Kept
from vitrina.hub.running import RunningHub
from vitrina.store.errors import VitrinaError

VARIABLE = "VITRINA_SUCCESSION"

RESTART = signal.SIGUSR2
"""What a parent is sent to replace itself. Ignored from then on until the next program hears it."""


LOOK_EACH_S = 0.05


class RestartError(VitrinaError):
    """A hub was asked to begin anew and does not serve yet."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__(
            f"The hub was asked to begin anew and does not serve after {timeout_s:g} s.",
            hint="Look where it was started: it says there what it waits for.",
        )


class NotServingError(VitrinaError):
    """A hub that begins cannot begin anew."""

    permanent = False

    def __init__(self, url: str) -> None:
        super().__init__(f"The hub at {url} does not serve yet.", hint="Try again in a moment.")


@dataclass(frozen=True, slots=True)
class Estate:
    """Numbers of open files, for the process `pid` alone."""

    pid: int
    portal: int
    front: int
    claim: int
    starts: int
    """How often the hub began to serve by now."""

    isolation: str
    """The level at which its apps run: what is kept is at it, and a busy machine must not lead to a weaker one."""

    kept: Sequence[Kept] = ()

    @property
    def files(self) -> list[int]:
        return [self.portal, self.front, self.claim, *(file for one in self.kept for file in (one.channel, one.pidfd))]


def replace(estate: Estate, *, environ: Mapping[str, str] = os.environ) -> NoReturn:
    """Begin the same command anew in this process. Raises OSError when Python is not where it was."""
    for file in estate.files:
        os.set_inheritable(file, True)
    signal.signal(RESTART, signal.SIG_IGN)
    os.execve(  # noqa: S606 - this process anew: no shell has a part in it
        sys.executable,
        [sys.executable, *sys.orig_argv[1:]],
        {**environ, VARIABLE: json.dumps(asdict(estate))},
    )


def ask(home: Path, *, timeout_s: float = 120.0) -> RunningHub:
    """Have the hub of a home replace itself, and return when it serves again.

    Raises NoHubError when none runs or it did not come back, NotServingError when it only begins, RestartError when it
    does not serve in time.
    """
    before = running.find(home)
    if before.starts == 0:  # it does not listen for this yet, and the signal would end it
        raise NotServingError(before.url)
    os.kill(before.pid, RESTART)
    give_up_s = time.monotonic() + timeout_s
    while (now := running.find(home)).starts <= before.starts:
        if time.monotonic() >= give_up_s:
            raise RestartError(timeout_s)
        time.sleep(LOOK_EACH_S)  # it tells by a file, and it is nobody's child here: there is nothing to wait on
    return now


def inherit(environ: MutableMapping[str, str] = os.environ) -> Estate | None:
    """What an earlier program left to this one; None: this process began with this program."""
    text = environ.pop(VARIABLE, None)
    if text is None:
        return None
    told: dict[str, Any] = json.loads(text)
    kept = tuple(Kept(**one) for one in told.pop("kept"))
    estate = Estate(**told, kept=kept)
    if estate.pid != os.getpid():
        return None
    for file in estate.files:
        os.set_inheritable(file, False)
    return estate
