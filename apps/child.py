"""The runner: `python -m vitrina.apps.child FD` starts one app, in a process of its own.

Started by a launcher with a socket pair's end as descriptor FD, it reads its job there (`job`), forks, and is two
processes from then on: the guard (`guard`), and the app, which unpacks the bundle, loads the framework and serves, and
tells how far it came over the socket pair. Before the fork nothing is imported but the standard library, this room
and light parts of the store.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from vitrina.apps import failures, guard
from vitrina.apps.frameworks import registry
from vitrina.apps.job import Job, Message, Step
from vitrina.apps.logs import AppLog
from vitrina.apps.stage import Stage
from vitrina.store import bundles

if TYPE_CHECKING:
    from collections.abc import Callable

COULD_NOT_START = 3
"""The exit code of an app that failed before it was served, and said why."""

MAX_OPEN_FILES = 4096
OUT_OF_MEMORY_SCORE = 500
"""When memory is short the kernel is to end an app, not the hub (0) and not before everything else (1000)."""

LISTEN_BACKLOG = 128


def main() -> None:
    """Read the job, fork, and be the guard in one process and the app in the other."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    with channel.makefile("rb") as lines:
        job = Job.parse(lines.readline())
    guard.die_with(job.parent_pid, by=signal.SIGQUIT)
    guard.adopt_orphans()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    guard_pid, (reading, writing) = os.getpid(), os.pipe()

    def tell(message: Message) -> None:
        try:
            channel.sendall(message.line())
        except OSError:  # nobody listens any more: the launcher is gone or going
            return

    app_pid = os.fork()
    if app_pid == 0:
        os.close(reading)
        _be_the_app(job, guard_pid=guard_pid, output_fd=writing, tell=tell)
    os.close(writing)
    tell(Message(pid=app_pid))
    channel.close()
    log = AppLog(Path(job.log))
    log.write(f"--- {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC: {job.entry} is started\n".encode())
    guard.keep(app_pid, output_fd=reading, log=log)


def _be_the_app(job: Job, *, guard_pid: int, output_fd: int, tell: Callable[[Message], None]) -> NoReturn:
    os.setsid()
    guard.die_with(guard_pid, by=signal.SIGKILL)
    os.dup2(output_fd, 1)
    os.dup2(output_fd, 2)
    os.close(output_fd)
    _limit()
    signal.signal(signal.SIGTERM, _end)
    sys.exit(_perform(job, tell))


def _end(number: int, frame: object) -> NoReturn:
    sys.exit(0)


def _limit() -> None:
    """Limits that no honest app meets. Not on address space: libraries reserve far more memory than they use."""
    guard.prctl(guard.PR_SET_NO_NEW_PRIVS, 1)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    score = Path("/proc/self/oom_score_adj")
    if int(score.read_text()) < OUT_OF_MEMORY_SCORE:  # raising it is always allowed
        score.write_text(str(OUT_OF_MEMORY_SCORE))


def _perform(job: Job, tell: Callable[[Message], None]) -> int:
    """Go through the steps of a start and serve to the end; the answer is the exit code."""
    step, bundle = Step.UNPACKING, Path(job.folder) / "bundle"

    def go_to(next_step: Step, *, health: str | None = None, rehearsal: str | None = None) -> None:
        nonlocal step
        step = next_step
        tell(Message(step=next_step, health=health, rehearsal=rehearsal))

    def is_served(health: str, rehearsal: str | None) -> None:
        go_to(Step.SERVING, health=health, rehearsal=rehearsal)

    try:
        go_to(Step.UNPACKING)
        bundles.unpack(Path(job.bundle), bundle, digest=job.bundle_digest)
        listener = _listen(job.socket)
        framework = registry.load(job.framework)
        os.environ.update(framework.environ(origin=job.origin, scratch=Path(job.folder)))
        go_to(Step.LOADING)
        framework.load()
        os.chdir(bundle / job.cwd)
        go_to(Step.RUNNING)
        framework.serve(Stage(bundle / job.entry, job.origin, listener, is_served))
    except SystemExit as error:
        return _exit_code(error)
    except BaseException as error:  # the boundary of the app: whatever it raises becomes one line and a log
        traceback.print_exc()
        tell(Message(failure=failures.explain(error, step=step, folder=bundle)))
        return COULD_NOT_START
    return 0


def _listen(path: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(LISTEN_BACKLOG)
    listener.setblocking(False)
    return listener


def _exit_code(error: SystemExit) -> int:
    match error.code:
        case None:
            return 0
        case int(code):
            return code
        case text:
            sys.stderr.write(f"{text}\n")
            return 1


if __name__ == "__main__":
    main()
