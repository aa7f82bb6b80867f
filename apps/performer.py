"""The app's own process, from its fork to its end: it waits for a job, takes up its surroundings, and performs it.

Whoever forked it may have imported the framework already (a nursery) or nothing at all (`child`); what it does is the
same. A spare is such a process that waits for its job a while: all that does not depend on the app is behind it.
"""

from __future__ import annotations

import os
import signal
import site
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from vitrina.apps import descriptors, failures, guard, seeds, walls
from vitrina.apps.frameworks import registry
from vitrina.apps.job import Job, Message, Step
from vitrina.apps.recording import VARIABLE, Channel
from vitrina.apps.stage import Stage
from vitrina.store import bundles

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from vitrina.apps.frameworks.framework import Framework

COULD_NOT_START = 3
"""The exit code of an app that failed before it was served, and said why."""


@dataclass(frozen=True)
class Warmth:
    """What a nursery's fork brings along."""

    framework: Framework
    """Its library is imported."""

    kept: frozenset[int]
    """Descriptors that belong to what is imported."""

    is_spare: bool
    """Whether it will wait for its job, and has time to prepare."""


def perform(channel: socket.socket, lines: guard.Lines, *, warmth: Warmth | None) -> int:
    """Be one app, to its end; the answer is the exit code.

    `channel` leads to the launcher, `lines` to the guard. Without `warmth`, nothing is imported yet.
    """
    _part(channel, lines, kept=warmth.kept if warmth else frozenset())

    def tell(message: Message) -> None:
        try:
            channel.sendall(message.line())
        except OSError:  # nobody listens any more: the launcher is gone or going
            return

    tell(Message(pid=os.getpid()))
    if warmth and warmth.is_spare:
        warmth.framework.limber()
    try:
        job, listener = Job.receive(channel)
    except EOFError:  # nobody wants anything of it any more
        return 0
    guard.say_log(lines, job.log, folder=job.folder)
    channel.set_inheritable(True)  # a program that the app is, or starts, may record feedback as well
    return _Performance(job, listener, tell, Channel.of(channel)).run(warmth.framework if warmth else None)


def _part(channel: socket.socket, lines: guard.Lines, *, kept: frozenset[int]) -> None:
    """Become a process of its own: session, output, descriptors, random numbers."""
    os.setsid()
    guard.die_with_guard(lines)
    os.dup2(lines.output, 1)
    os.dup2(lines.output, 2)
    descriptors.close_all_but({0, 1, 2, channel.fileno(), lines.log} | kept)
    signal.signal(signal.SIGTERM, _end)
    seeds.renew()


def _end(number: int, frame: object) -> NoReturn:
    sys.exit(0)


class _Performance:
    """The steps of a start, in order; which one is under way decides what a failure means."""

    def __init__(
        self, job: Job, listener: socket.socket, tell: Callable[[Message], None], own_channel: Channel
    ) -> None:
        self._job = job
        self._own_channel = own_channel
        self._listener = listener
        self._tell = tell
        self._step = Step.UNPACKING
        self._bundle = Path(job.folder) / "bundle"

    def run(self, loaded: Framework | None) -> int:
        try:
            self._take_up_surroundings()
            walls.enter(walls.of(self._job))  # from here on it has what an app is to have, and no more
            if sys.flags.no_site:
                site.main()  # an environment's libraries are found from now on, and may run code of their own
            self._go_to(Step.UNPACKING)
            bundles.unpack(Path(self._job.bundle), self._bundle, digest=self._job.bundle_digest)
            framework = loaded or registry.load(self._job.framework)
            scratch = Path(self._job.folder)
            os.environ.update(framework.environ(origin=self._job.origin, scratch=scratch))
            self._go_to(Step.LOADING)
            framework.load()
            framework.settle(scratch=scratch)
            os.chdir(self._bundle / self._job.cwd)
            sys.path.append(
                str(self._bundle / self._job.cwd)
            )  # as where somebody starts it; the file's own comes first
            self._go_to(Step.RUNNING)
            framework.serve(self._stage())
        except SystemExit as error:
            return _exit_code(error)
        except BaseException as error:  # the boundary of the app: whatever it raises becomes one line and a log
            traceback.print_exc()
            self._tell(Message(failure=failures.explain(error, step=self._step, folder=self._bundle)))
            return COULD_NOT_START
        return 0

    def _take_up_surroundings(self) -> None:
        """The environment and folders of this app alone: nothing that a nursery had for all."""
        os.environ.clear()
        os.environ.update(self._job.environment)
        os.environ[VARIABLE] = self._own_channel.told
        tempfile.tempdir = None  # it was looked up in the former environment
        os.umask(0o077)
        os.chdir(self._job.folder)

    def _go_to(self, step: Step, *, health: str | None = None, rehearsal: str | None = None) -> None:
        self._step = step
        self._tell(Message(step=step, health=health, rehearsal=rehearsal))

    def _stage(self) -> Stage:
        def is_served(health: str, rehearsal: str | None) -> None:
            self._go_to(Step.SERVING, health=health, rehearsal=rehearsal)

        return Stage(
            self._bundle / self._job.entry, self._job.origin, self._listener, is_served, prefix=self._job.prefix
        )


def _exit_code(error: SystemExit) -> int:
    match error.code:
        case None:
            return 0
        case int(code):
            return code
        case text:
            sys.stderr.write(f"{text}\n")
            return 1
