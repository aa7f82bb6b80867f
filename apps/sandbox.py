"""bubblewrap around a nursery: a root folder with only what apps need, and no network, process or user of the machine.

`python -m vitrina.apps.sandbox PLAN -- COMMAND` becomes bubblewrap, which becomes COMMAND. A hub that runs as root does
not lend its user to apps: the sandbox then runs as a user of its own, one for each hub, whom no file belongs to but
apps' private folders and logs. Since that user could not reach what lies below root's closed folders (a Python in
/root), such places are first bound, in a mount namespace that nobody else sees, where bubblewrap can take them from.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps import mounts, visible
from vitrina.apps.levels import Network
from vitrina.apps.namespaces import TMP

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAM = "bwrap"

FIRST_UID, UIDS = 1_879_048_192, 2**20
"""Users that no system gives to anybody (systemd: UIDS-GIDS); a hub takes one by the digest of its folder's name."""

STAGE = Path("/mnt")
"""Covered in a mount namespace of this process's own; nobody else's is."""

NAME = "app"


@dataclass(frozen=True)
class Plan:
    """One sandbox, to which the system's and Python's folders belong in any case.

    `readable` are the folders of bundles and versions' files, `writable` those of private folders and of logs. `uid`
    is the user that it runs as; None: the hub's own.
    """

    network: Network
    readable: tuple[Path, ...]
    writable: tuple[Path, ...]
    uid: int | None = None

    def text(self) -> str:
        """The plan as an argument of the program."""
        told = {"readable": [*map(str, self.readable)], "writable": [*map(str, self.writable)]}
        return json.dumps({"network": self.network.value, "uid": self.uid, **told})

    @classmethod
    def parse(cls, text: str) -> Plan:
        """The plan of such an argument."""
        told = json.loads(text)
        readable, writable = (tuple(Path(path) for path in told[name]) for name in ("readable", "writable"))
        return cls(Network(told["network"]), readable, writable, told["uid"])


def uid_for(folder: Path, *, hub_uid: int) -> int | None:
    """The user for apps of a hub with this folder; None where the hub, not being root, can only lend its own."""
    if hub_uid != 0:
        return None
    digest = hashlib.sha256(os.fsencode(folder.resolve())).digest()
    return FIRST_UID + int.from_bytes(digest[:8]) % UIDS


def argv_prefix(plan: Plan) -> tuple[str, ...]:
    """What stands before a command line to have it run in such a sandbox."""
    return (sys.executable, "-P", "-m", "vitrina.apps.sandbox", plan.text(), "--")


@dataclass(frozen=True)
class Machine:
    """What a sandbox takes from the machine that it is on."""

    python: tuple[Path, ...]
    links: Mapping[Path, str] = field(default_factory=dict[Path, str])
    """Those of the system's folders that are links, and where to."""

    devices: tuple[Path, ...] = ()
    sources: Mapping[Path, Path] = field(default_factory=dict[Path, Path])
    """Where a path of the sandbox is taken from, if not from the same path."""

    files: Mapping[Path, int] = field(default_factory=dict[Path, int])
    """Files that are made up, each with a descriptor to read it from."""


def arguments(plan: Plan, machine: Machine) -> list[str]:
    """What bubblewrap is called with, before the command. Pure."""
    made = ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    made += [] if plan.network is Network.FULL else ["--unshare-net"]
    made += ["--die-with-parent", "--new-session", "--hostname", NAME]
    for path in visible.beneath("/", visible.SYSTEM):
        made += ["--symlink", link, str(path)] if (link := machine.links.get(path)) else _bind("--ro-bind-try", path)
    for path in (*visible.beneath("/etc", visible.OF_ETC), *visible.beneath("/sys", visible.OF_SYS)):
        made += _bind("--ro-bind-try", path)
    for path, descriptor in machine.files.items():
        made += ["--ro-bind-data", str(descriptor), str(path)]
    made += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", str(TMP)]
    for path in machine.devices:
        made += _bind("--dev-bind-try", path)
    for path in (*machine.python, *plan.readable):
        made += _bind("--ro-bind", path, machine.sources.get(path))
    for path in plan.writable:
        made += _bind("--bind", path, machine.sources.get(path))
    return [*made, "--remount-ro", "/"]


def _bind(option: str, path: Path, source: Path | None = None) -> list[str]:
    return [option, str(source or path), str(path)]


def people(uid: int, gid: int) -> tuple[str, str]:
    """An /etc/passwd and an /etc/group of one user."""
    return f"{NAME}:x:{uid}:{gid}:{NAME}:/tmp:/usr/sbin/nologin\n", f"{NAME}:x:{gid}:\n"


def main() -> None:
    """Become bubblewrap."""
    text, separator, *command = sys.argv[1:]
    assert separator == "--", "the plan, two dashes, a command"
    plan, python = Plan.parse(text), visible.of_python()
    program = shutil.which(PROGRAM)
    if program is None:
        sys.exit("bubblewrap is not installed here. Install it: apt-get install bubblewrap")
    sources = dict[Path, Path]()
    if plan.uid is not None:
        sources = _stage((*python, *plan.readable, *plan.writable))
        _become(plan.uid)
    told = zip(visible.PEOPLE, people(os.getuid(), os.getgid()), strict=True)
    files = {Path("/etc") / name: _file(text) for name, text in told}
    machine = Machine(python, _links(), visible.accelerators(), sources, files)
    os.execv(program, [PROGRAM, *arguments(plan, machine), "--", *command])  # noqa: S606 - no shell is wanted


def _links() -> dict[Path, str]:
    found = visible.beneath("/", visible.SYSTEM)
    return {path: str(path.readlink()) for path in found if path.is_symlink()}


def _file(text: str) -> int:
    """Text as a file without a name, to be inherited."""
    descriptor = os.memfd_create(NAME, 0)
    os.write(descriptor, text.encode())
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _stage(paths: tuple[Path, ...]) -> dict[Path, Path]:
    """Bind these paths below one folder that everybody may enter and only this process and its children see."""
    mounts.unshare(mounts.NEW_MOUNTS)
    mounts.keep_private()
    originals = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in paths}
    mounts.mount_new("tmpfs", STAGE, options="mode=755")
    staged = dict[Path, Path]()
    for number, (path, descriptor) in enumerate(originals.items()):
        staged[path] = STAGE / str(number)
        staged[path].mkdir(mode=0o755)
        mounts.bind(Path(f"/proc/self/fd/{descriptor}"), staged[path])
    return staged


def _become(uid: int) -> None:
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


if __name__ == "__main__":
    main()
