"""The folder of a launcher on this machine (logs, private folders of running apps, sockets), and each start's job."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vitrina.apps import environment, logs, sandbox, sockets
from vitrina.apps.errors import AppError, StartError
from vitrina.apps.job import Job
from vitrina.apps.launchers.process import Site
from vitrina.apps.levels import Level
from vitrina.apps.sandbox import Plan

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path
    from typing import IO

    from vitrina.apps.levels import Network
    from vitrina.apps.spec import AppSpec

LISTEN_BACKLOG = 128


@dataclass(frozen=True)
class Start:
    """All that one start needs, ready to be handed over. Whoever has it closes `listener`.

    `argv_prefix` is that of the sandbox, for an app that begins as a program of its own, with `python`.
    """

    site: Site
    job: Job
    listener: socket.socket
    argv_prefix: tuple[str, ...]
    python: Path


class Places:
    """Holds `folder` (made if it is not there) for this process.

    `hub_environment` is what apps inherit a few names of; `level` is how strongly they are isolated. `readable` are the
    folders in which bundles and versions' files are. Raises AppError when another hub uses the folder.
    """

    def __init__(
        self, folder: Path, *, hub_environment: Mapping[str, str], level: Level, readable: Sequence[Path] = ()
    ) -> None:
        folder = folder.resolve()
        self.level = level
        self._readable = tuple(root.resolve() for root in readable)
        apart = sandbox.uid_for(folder, hub_uid=os.getuid()) if level is Level.SANDBOX else None
        self._owner = os.getuid() if apart is None else apart
        self.hub_environment = dict(hub_environment)
        self._logs, self._running, self._nurseries = folder / "logs", folder / "running", folder / "nurseries"
        self._logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _locked(folder)
        self._running.mkdir(mode=0o700, exist_ok=True)
        self._open_to_apps()
        self._sockets = sockets.prepare(folder)

    def log(self, key: str, *, number: int) -> Path:
        """The file of this instance's output."""
        return self._logs / logs.name(key, number=number)

    def nursery(self, name: str) -> Path:
        """The folder of a nursery: its home, with what libraries keep there, and its own output in `log`."""
        folder = self._nurseries / name
        for part in (folder, folder / "home", folder / "tmp"):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._give(part)
        return folder

    def argv_prefix(self, network: Network, *, writable: Sequence[Path] = ()) -> tuple[str, ...]:
        """What stands before a program that is to be in the sandbox of this level; empty where the level has none."""
        if self.level is not Level.SANDBOX:
            return ()
        uid = None if self._owner == os.getuid() else self._owner
        return sandbox.argv_prefix(Plan(network, self._readable, (self._running, self._logs, *writable), uid))

    def _give(self, path: Path) -> None:
        """Let it belong to the user that apps run as; only root's hub has another than its own, or had one before."""
        if os.getuid() == 0:
            os.chown(path, self._owner, self._owner, follow_symlinks=False)

    def _open_to_apps(self) -> None:
        """What a sandbox binds has to be there, and open to the user that it runs as."""
        for root in self._readable if self.level is Level.SANDBOX else ():
            root.mkdir(parents=True, exist_ok=True)
            root.chmod(root.stat().st_mode | 0o055)  # whatever the hub's umask: what it lies in is closed
        for path in (self._running, self._logs, *self._logs.iterdir()):
            self._give(path)

    def has(self, site: Site) -> bool:
        """Whether an instance lives here: what a note names elsewhere is not ours to connect to, or to remove."""
        is_below = site.folder.parent == self._running and site.socket.parent == self._sockets
        return is_below and ".." not in {site.folder.name, site.socket.name}

    def clear(self, *, kept: Collection[Site] = ()) -> None:
        """Remove what earlier instances left, but for those that are still there."""
        for folder in self._running.iterdir():
            if all(folder != site.folder for site in kept):
                shutil.rmtree(folder, ignore_errors=True)
        for path in self._sockets.iterdir():
            if all(path != site.socket for site in kept):
                path.unlink()

    def prepare(self, spec: AppSpec, *, number: int) -> Start:
        """A private folder, a socket that listens, and the job. Raises OSError; then nothing is left.

        Raises StartError for files that no sandbox of this launcher can see.
        """
        self._must_see(spec)
        folder = self._running / tempfile.mkdtemp(dir=self._running)
        log = self.log(spec.key, number=number)
        path = self._sockets / sockets.new_name()
        try:
            self._furnish(folder, log)
            listener = _listen(path)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        served = spec.served.resolve() if spec.served else None
        production = spec.production.resolve() if spec.production else None
        job = Job(
            framework=spec.framework,
            entry=spec.entry,
            cwd=spec.cwd,
            bundle=str(spec.bundle.resolve()),
            bundle_digest=spec.bundle_digest,
            origin=spec.origin,
            prefix=spec.prefix,
            folder=str(folder),
            log=str(log),
            served=str(served or ""),
            production=str(production or ""),
            level=self.level.value,
            network=spec.network.value,
            environment=environment.app_environment(
                self.hub_environment,
                folder=folder,
                served=served,
                production=production,
                interpreter=spec.interpreter,
            ),
        )
        prefix = self.argv_prefix(spec.network)
        return Start(Site(path, folder, spec.origin), job, listener, prefix, spec.interpreter.python)

    def _furnish(self, folder: Path, log: Path) -> None:
        """What an app finds in its folder, and a line in its log where this start begins."""
        for name in ("home", "tmp"):
            (folder / name).mkdir(mode=0o700)
            self._give(folder / name)
        logs.mark_start(log, at=datetime.now(UTC))
        for path in (folder, log):
            self._give(path)

    def _must_see(self, spec: AppSpec) -> None:
        if self.level is not Level.SANDBOX:
            return
        of_environment = () if spec.interpreter.environment is None else (spec.interpreter.python.parent.parent,)
        for path in (spec.bundle, spec.served, spec.production, *of_environment, *spec.interpreter.path):
            if path and not any(path.resolve().is_relative_to(root) for root in self._readable):
                raise StartError(f"{path} lies in no folder that the sandbox of apps was made with.")
        spec.bundle.chmod(0o644)  # whatever the hub's umask

    def close(self) -> None:
        """Let another hub have the folder."""
        self._lock.close()


def discard(start: Start) -> None:
    """Take back a start that nobody was given."""
    start.listener.close()
    with suppress(OSError):
        start.site.socket.unlink()
    shutil.rmtree(start.site.folder, ignore_errors=True)


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(os.fspath(path))
        listener.listen(LISTEN_BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _locked(folder: Path) -> IO[str]:
    """Hold a folder for this process. Closing the file, or the end of the process, gives it free."""
    file = (folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise AppError(
            f"Another hub runs apps in {folder}.", hint="Stop it first, or give this one a folder of its own (--home)."
        ) from None
    return file
