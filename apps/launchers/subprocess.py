"""The plain launcher: each app is a fresh Python process on this machine, kept by a guard process.

It shares the hub's Python environment, and is separated from the hub by a clean environment, a private folder and a
session of its own. It has no further isolation.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps import environment, logs, sockets
from vitrina.apps.errors import AppError, StartError
from vitrina.apps.job import Job
from vitrina.apps.launchers.process import AppProcess

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO

    from vitrina.apps.launchers.launcher import Adopted
    from vitrina.apps.spec import AppSpec


class SubprocessLauncher:
    """Starts apps as processes; implements `Launcher`.

    `folder` is this launcher's own (made if it is not there): logs, private folders of running apps, sockets. What an
    earlier hub left of the last two is removed. `hub_environment` is what apps inherit a few names of. Raises AppError
    when another hub uses the folder.
    """

    def __init__(self, folder: Path, *, hub_environment: Mapping[str, str] = os.environ) -> None:
        folder = folder.resolve()
        self._hub_environment = dict(hub_environment)
        self._logs, self._running = folder / "logs", folder / "running"
        self._logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _locked(folder)
        shutil.rmtree(self._running, ignore_errors=True)
        self._running.mkdir(mode=0o700)
        self._sockets = sockets.prepare(folder)

    async def adopt(self) -> list[Adopted]:
        """Nothing: its apps end with the process that launched them."""
        return []

    async def launch(self, spec: AppSpec, *, number: int) -> AppProcess:
        """Begin a start: make the private folder and the process. To be called from the main thread."""
        # The kernel ties a child's life to the *thread* that made it: only the main thread lives as long as the hub.
        assert threading.current_thread() is threading.main_thread(), "apps are launched from the main thread"
        try:
            return self._begin(spec, number=number)
        except OSError as error:
            raise StartError(
                f"The app's process could not be made: {error.strerror or error}.",
                hint="Look at the disk and the limits of the hub's machine.",
            ) from error

    def log(self, key: str, *, number: int) -> Path:
        """The file of this instance's output."""
        return self._logs / logs.name(key, number=number)

    async def log_tail(self, key: str, *, number: int, lines: int) -> list[str]:
        """The newest lines of this instance's output."""
        return await asyncio.to_thread(logs.tail, self.log(key, number=number), lines=lines)

    async def close(self) -> None:
        """Let another hub have the folder."""
        self._lock.close()

    def _begin(self, spec: AppSpec, *, number: int) -> AppProcess:
        folder = Path(tempfile.mkdtemp(dir=self._running))
        for name in ("home", "tmp"):
            (folder / name).mkdir(mode=0o700)
        job = Job(
            parent_pid=os.getpid(),
            framework=spec.framework,
            entry=spec.entry,
            cwd=spec.cwd,
            bundle=str(spec.bundle.resolve()),
            bundle_digest=spec.bundle_digest,
            origin=spec.origin,
            folder=str(folder),
            socket=str(self._sockets / sockets.new_name()),
            log=str(self.log(spec.key, number=number)),
        )
        served = spec.served.resolve() if spec.served else None
        variables = environment.app_environment(self._hub_environment, folder=folder, served=served)
        try:
            return AppProcess(job, environment=variables)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise


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
