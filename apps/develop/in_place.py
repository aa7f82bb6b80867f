"""An app in a process of its own among its author's files: `python -m vitrina.apps.develop.in_place CHANNEL SOCKET …`.

It has what its author's shell gives: environment, terminal, libraries. It keeps the process group too, so that Ctrl-C
and `breakpoint()` do what they do in `python app.py`. It does not outlive the process that began it.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vitrina.apps import failures, guard, local
from vitrina.apps.job import Message, Step
from vitrina.apps.local import InPlace
from vitrina.apps.performer import COULD_NOT_START
from vitrina.store.errors import VitrinaError

if TYPE_CHECKING:
    from types import TracebackType

    from vitrina.apps.develop.source import Source
    from vitrina.apps.launchers.process import AppProcess

BACKLOG = 128


def begin(source: Source, *, origin: str, served: Path | None, production: Path | None = None) -> AppProcess:
    """Begin a start of the app as its files are now. Runs in the main thread, in an event loop.

    Raises OSError, and what `local.in_place` raises.
    """
    from vitrina.apps.launchers.process import AppProcess, Site
    from vitrina.apps.launchers.subprocess import ProgramGuard

    folder = Path(tempfile.mkdtemp(prefix="vitrina-app-"))
    try:
        place = local.in_place(source, origin=origin, scratch=folder, served=served, production=production)
        site = Site(folder / "socket", folder, origin)
        ours, theirs = socket.socketpair()
        with theirs, _listening(site.socket) as bound:
            guard_of = ProgramGuard(_spawn(place, theirs, bound))
        return AppProcess(site, channel=ours, guard=guard_of)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _listening(path: Path) -> socket.socket:
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    bound.bind(os.fspath(path))
    bound.listen(BACKLOG)
    bound.setblocking(False)
    return bound


def _spawn(place: InPlace, channel: socket.socket, bound: socket.socket) -> subprocess.Popen[bytes]:
    told = json.dumps({name: str(value) if value else "" for name, value in asdict(place).items()})
    files = (channel.fileno(), bound.fileno())
    # `-P`: the folder that somebody happens to stand in is not where modules are looked for.
    program = [sys.executable, "-P", "-m", "vitrina.apps.develop.in_place", *map(str, files), str(os.getpid()), told]
    return subprocess.Popen(program, pass_fds=files)


def main() -> int:
    """Be the app; the answer is the exit code."""
    channel, bound = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    for file in (channel, bound):
        file.set_inheritable(False)
    bound.setblocking(False)
    place, parent = _told(json.loads(sys.argv[4])), int(sys.argv[3])
    sys.dont_write_bytecode = True  # two saves within a second are one to Python's cache, if they are of one length
    guard.die_with(parent, by=signal.SIGTERM)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # how it is ended at once would leave its memory in a file

    def tell(message: Message) -> None:
        try:
            channel.sendall(message.line())
        except OSError:  # nobody listens any more
            return

    def is_served(health: str, rehearsal: str | None) -> None:
        tell(Message(step=Step.SERVING, health=health, rehearsal=rehearsal))

    tell(Message(pid=os.getpid(), step=Step.RUNNING))
    try:
        local.perform(place, bound, is_served)
    except KeyboardInterrupt:
        return 0
    except Exception as error:  # the app's own mistake: its author gets the traceback, then the one line
        if not isinstance(error, VitrinaError):
            traceback.print_exception(error.with_traceback(_own(error.__traceback__, place.root)))
        tell(Message(failure=failures.explain(error, step=Step.RUNNING, folder=place.root)))
        return COULD_NOT_START
    finally:  # whoever began it may have been killed, and then removes nothing
        shutil.rmtree(place.scratch, ignore_errors=True)
    return 0


def _own(trace: TracebackType | None, root: Path) -> TracebackType | None:
    """A traceback from the app's own first line on; the whole where it has none."""
    own = trace
    while own is not None and not Path(own.tb_frame.f_code.co_filename).is_relative_to(root):
        own = own.tb_next
    return own or trace


def _told(values: dict[str, Any]) -> InPlace:
    folders = {name: Path(values[name]) for name in ("root", "script", "cwd", "scratch")}
    versions = {name: Path(values[name]) if values[name] else None for name in ("served", "production")}
    return InPlace(framework=values["framework"], origin=values["origin"], **versions, **folders)


if __name__ == "__main__":
    sys.exit(main())
