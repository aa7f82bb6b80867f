"""What a parent leaves to the program that replaces it: `vitrina hub` again, in the same process.

The process number stays, and with it all that hangs on it: its children live on, and their tie to its life. What is
open stays open under the same number: both ports (who connects meanwhile waits), the claim to the home, and the
channels of kept processes. The numbers go through one variable of the environment, which is taken out again at once.

Before that the same command is run beside this process, as a trial: it reads what would be left to it, imports what it
will need and opens the store, and ends. A program that cannot do that replaces none.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from vitrina.hub import running
from vitrina.hub.processes.keeper import Kept
from vitrina.hub.running import RunningHub
from vitrina.store.errors import VitrinaError

VARIABLE = "VITRINA_SUCCESSION"
TRIAL = "VITRINA_SUCCESSION_TRIAL"
"""Set: the program is only tried. One that is too old to know that finds the home taken, and ends too."""

RESTART = signal.SIGUSR2
"""What a parent is sent to replace itself. It waits while the parent cannot hear it."""


LOOK_EACH_S = 0.05

LONGEST_REASON = 400


class RestartError(VitrinaError):
    """A hub was asked to begin anew and does not serve yet."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__(
            f"The hub was asked to begin anew and does not serve after {timeout_s:g} s.",
            hint="Look where it was started: it says there what it waits for.",
        )


class NoRestartError(VitrinaError):
    """A hub was asked to begin anew, and goes on as it is."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The hub goes on as it is: the program that would take its place does not work here. {reason}",
            hint="Mend the installation, then ask again.",
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

    def text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str) -> Estate:
        """Raises ValueError, TypeError or KeyError for what another release wrote."""
        told: dict[str, Any] = json.loads(text)
        kept = tuple(Kept(**one) for one in told.pop("kept"))
        return cls(**told, kept=kept)

    @property
    def files(self) -> list[int]:
        return [self.portal, self.front, self.claim, *(file for one in self.kept for file in (one.channel, one.pidfd))]


@dataclass(frozen=True, slots=True)
class Trial:
    """A program that is tried, as a process."""

    process: subprocess.Popen[bytes]
    output: IO[bytes]
    end: int
    """Its pidfd: readable when it has ended."""

    def kill(self) -> None:
        """It has had its time."""
        self.process.kill()

    def failure(self) -> str | None:
        """Why it does not work, in a line; None: it does. To be asked once, when it has ended."""
        code = self.process.wait()
        os.close(self.end)
        with self.output:
            self.output.seek(0)
            lines = self.output.read().decode(errors="replace").split("\n")
        if code == 0:
            return None
        said = [line.strip() for line in lines if line.strip()]
        return said[-1][:LONGEST_REASON] if said else f"It ended with {code}, and said nothing."


def trial(estate: Estate, *, environ: Mapping[str, str] = os.environ) -> Trial:
    """Begin to try the program that would take over this estate. Raises OSError when Python is not where it was."""
    output = tempfile.TemporaryFile()  # noqa: SIM115 - the trial's, which closes it
    told = {**environ, VARIABLE: estate.text(), TRIAL: "1"}
    try:
        process = subprocess.Popen(_command(), stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=told)
    except OSError:
        output.close()
        raise
    return Trial(process, output, os.pidfd_open(process.pid))


def is_trial(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is only to see whether its program works. Raises ValueError or TypeError for an estate that
    this program does not understand."""
    if TRIAL not in environ:
        return False
    Estate.parse(environ[VARIABLE])
    return True


def hear_later() -> None:
    """Until the parent listens, let a restart that is asked for wait; by itself the signal would end this process."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {RESTART})


def replace(estate: Estate, *, environ: Mapping[str, str] = os.environ) -> NoReturn:
    """Begin the same command anew in this process. Raises OSError when Python is not where it was."""
    for file in estate.files:
        os.set_inheritable(file, True)
    try:
        os.execve(  # noqa: S606 - this process anew: no shell has a part in it
            sys.executable, _command(), {**environ, VARIABLE: estate.text()}
        )
    except OSError:
        for file in estate.files:
            os.set_inheritable(file, False)
        raise


def _command() -> list[str]:
    return [sys.executable, *sys.orig_argv[1:]]


def ask(home: Path, *, timeout_s: float = 240.0) -> RunningHub:
    """Have the hub of a home replace itself, and return when it serves again.

    Raises NoHubError when none runs or it did not come back, NotServingError when it only begins, NoRestartError when
    it goes on as it is, RestartError when it does not serve in time.
    """
    before = running.find(home)
    if before.starts == 0:  # it does not listen for this yet, and the signal would end it
        raise NotServingError(before.url)
    os.kill(before.pid, RESTART)
    give_up_s = time.monotonic() + timeout_s
    while (now := running.find(home)).starts <= before.starts:
        if now.refusals > before.refusals:
            raise NoRestartError(now.refusal)
        if time.monotonic() >= give_up_s:
            raise RestartError(timeout_s)
        time.sleep(LOOK_EACH_S)  # it tells by a file, and it is nobody's child here: there is nothing to wait on
    return now


def inherit(environ: MutableMapping[str, str] = os.environ) -> Estate | None:
    """What an earlier program left to this one; None: this process began with this program."""
    text = environ.pop(VARIABLE, None)
    if text is None:
        return None
    estate = Estate.parse(text)
    if estate.pid != os.getpid():
        return None
    for file in estate.files:
        os.set_inheritable(file, False)
    return estate
