"""What this machine can give: each level is tried, by a process that puts up its walls and then runs against them.

    python -m vitrina.apps.trial LEVEL FOLDER SECRET

The kernel, a container around the hub or an administrator may forbid any part of a level; only doing it tells.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps import landlock, sandbox, walls
from vitrina.apps.errors import AppError
from vitrina.apps.levels import Level, Network
from vitrina.apps.sandbox import Plan
from vitrina.apps.walls import Walls

if TYPE_CHECKING:
    from collections.abc import Callable

TRIED_WITHIN_S = 30.0

HINTS = {
    Level.LANDLOCK: "Landlock takes Linux 6.12 or newer with `landlock` among its security modules (boot option lsm=).",
    Level.SANDBOX: (
        "It takes bubblewrap (apt-get install bubblewrap) and user namespaces "
        "(sysctl user.max_user_namespaces; on Ubuntu kernel.apparmor_restrict_unprivileged_userns)."
    ),
}


class LevelError(AppError):
    """A level of isolation was asked for that this machine cannot give."""

    def __init__(self, level: Level, reason: str) -> None:
        super().__init__(f"Apps cannot be isolated by {level.value!r} here: {reason}", hint=HINTS.get(level))
        self.level, self.reason = level, reason


@dataclass(frozen=True)
class Found:
    """What a trial of all levels found. `lacking` says of a level that cannot be had, why."""

    lacking: dict[Level, str]

    @property
    def strongest(self) -> Level:
        """The strongest level that can be had."""
        return [level for level in Level if level not in self.lacking][-1]

    def demand(self, level: Level | None) -> Level:
        """That level, or the strongest (None). Raises LevelError, never gives a weaker one."""
        if level is not None and level in self.lacking:
            raise LevelError(level, self.lacking[level])
        return level or self.strongest


def available(attempt: Callable[[Level], str | None] | None = None) -> Found:
    """Try every level; takes a tenth of a second for each. `attempt` gives the reason why a level cannot be had."""
    tried = {level: (attempt or _attempt)(level) for level in Level if level is not Level.PROCESS}
    return Found({level: reason for level, reason in tried.items() if reason is not None})


def _attempt(level: Level) -> str | None:
    if sys.platform != "linux":
        return "it takes Linux."
    if level is Level.LANDLOCK and (number := landlock.version()) < landlock.NEEDED_VERSION:
        return f"the kernel has version {number} of Landlock." if number else "the kernel has no Landlock."
    if level is Level.SANDBOX and shutil.which(sandbox.PROGRAM) is None:
        return "bubblewrap is not installed."
    with tempfile.TemporaryDirectory(prefix="vitrina-trial-") as place:
        return _try_in(Path(place).resolve(), level)


def _try_in(place: Path, level: Level) -> str | None:
    folder, secret = place / "running" / "app", place / "secret"
    (folder / "tmp").mkdir(parents=True)
    secret.write_text("nobody may read this")
    command = [sys.executable, "-P", "-m", "vitrina.apps.trial", level.value, str(folder), str(secret)]
    if level is Level.SANDBOX:
        plan = Plan(Network.NONE, (), (folder.parent,), sandbox.uid_for(place, hub_uid=os.getuid()))
        if plan.uid is not None:
            for path in (folder.parent, folder, folder / "tmp"):
                os.chown(path, plan.uid, plan.uid)
        command = [*sandbox.argv_prefix(plan), *command]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=TRIED_WITHIN_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{error}."
    if ended.returncode == 0:
        return None
    said = ended.stderr.strip().splitlines() or [f"its trial ended with {ended.returncode}."]
    return said[-1]


def main() -> None:
    """Put up the walls of the level, and run against them."""
    level, folder, secret = Level(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    tried = Walls(level, Network.NONE, folder, hidden=(folder.parent,))
    walls.part(tried.level)
    pid = os.fork()
    if pid == 0:
        walls.enter(tried)
        sys.exit(_failing(folder, secret))
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _failing(folder: Path, secret: Path) -> str | None:
    """Which wall does not stand."""
    (folder / "own").write_text("this has to work")
    try:
        secret.read_text()
    except OSError:
        pass
    else:
        return "files outside of the walls can be read."
    try:
        with socket.create_server(("127.0.0.1", 0)):
            return "a port can be opened."
    except OSError:
        return None


if __name__ == "__main__":
    main()
