"""Namespaces of its own for each app of a sandbox: it sees no process, socket, network or folder of another app.

The sandbox itself (`vitrina.apps.sandbox`) stands around a nursery; here each app that the nursery forks is parted from
its siblings. Needs no privilege, but a kernel that lets users make user namespaces, as bubblewrap does. In two steps,
because only a process that is made afterwards is in a new PID namespace: `leave` before the fork, `settle` after it.
The forked process is the first of its namespace (PID 1): when it ends, the kernel ends all that it started.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

from vitrina.apps import mounts
from vitrina.apps.levels import Network

TMP, SHARED_MEMORY = Path("/tmp"), Path("/dev/shm")  # noqa: S108 - what is mounted there is the app's own

SIOCSIFFLAGS, IFF_UP = 0x8914, 1
"""Sets an interface's flags; among them that it is up."""

FILES_OF_SHARED_MEMORY = 65_536


@dataclass(frozen=True)
class View:
    """What an app is to see of the folders that a launcher keeps for all apps.

    `hidden` are those folders: of what is in them only `own` (its private folder) and `readable` (files or folders,
    read-only) are left.
    """

    own: Path
    temporary: Path
    """Below `own`; it is the app's /tmp, unless that is hidden."""

    readable: tuple[Path, ...]
    hidden: tuple[Path, ...]
    shared_memory_bytes: int


def leave() -> None:
    """Let the next process that this one forks be the first of a PID namespace. Raises OSError.

    For that, this process gets a user namespace, as the user that it is; it must have one thread.
    """
    uid, gid = os.getuid(), os.getgid()
    mounts.unshare(mounts.NEW_USER | mounts.NEW_PIDS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def settle(view: View, *, network: Network) -> None:
    """Give this process, the first in its PID namespace, all other namespaces of its own. Raises OSError.

    The working directory is the app's private folder afterwards.
    """
    os.chdir("/")  # a working directory would lead around what is mounted over it
    mounts.unshare(mounts.NEW_MOUNTS | mounts.NEW_IPC | (0 if network is Network.FULL else mounts.NEW_NETWORK))
    mounts.keep_private()
    mounts.mount_new("proc", Path("/proc"), flags=mounts.NO_EXECUTION)
    size = f"mode=1777,size={view.shared_memory_bytes},nr_inodes={FILES_OF_SHARED_MEMORY}"
    mounts.mount_new("tmpfs", SHARED_MEMORY, options=size)
    _hide(view)
    if TMP not in view.hidden:
        mounts.bind(view.temporary, TMP)
    if network is Network.LOOPBACK:
        _raise_loopback()
    Path("/proc/sys/user/max_user_namespaces").write_text("0")  # for this one and all below: no way to new rights
    os.chdir(view.own)


def _hide(view: View) -> None:
    """Cover the hidden folders by empty ones, and put back what the app is to see."""
    covered = [path for path in (view.own, *view.readable) if any(path.is_relative_to(one) for one in view.hidden)]
    seen = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in covered}
    for folder in view.hidden:
        mounts.mount_new("tmpfs", folder, options="mode=755")
    for path, descriptor in seen.items():
        original = Path(f"/proc/self/fd/{descriptor}")
        _make_place(path, is_folder=original.is_dir())
        mounts.bind(original, path)
        if path != view.own:
            mounts.make_read_only(path)
        os.close(descriptor)
    for folder in view.hidden:
        mounts.make_read_only(folder)


def _make_place(path: Path, *, is_folder: bool) -> None:
    """Something to mount on."""
    folder = path if is_folder else path.parent
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not is_folder:
        path.touch()


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
