"""Three system calls that Python 3.11 lacks: new namespaces, and mounting in them. Linux only."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

NEW_MOUNTS, NEW_IPC, NEW_USER, NEW_PIDS, NEW_NETWORK = 0x00020000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
"""Kinds of namespaces."""

READ_ONLY, NO_SUID, NO_DEVICES, NO_EXECUTION = 1, 2, 4, 8
REMOUNT, BIND, RECURSIVE, PRIVATE = 1 << 5, 1 << 12, 1 << 14, 1 << 18


def unshare(kinds: int) -> None:
    """Put this process into new namespaces (of processes: those that it will fork). Raises OSError."""
    _check(_libc().unshare(kinds), "new namespaces")


def keep_private() -> None:
    """Let no mount of this process's namespace be seen in any other. Raises OSError."""
    _mount("none", Path("/"), None, RECURSIVE | PRIVATE)


def mount_new(kind: str, target: Path, *, flags: int = 0, options: str = "") -> None:
    """Mount a new file system, such as `tmpfs`, without devices and set-user-ID programs. Raises OSError."""
    _mount(kind, target, kind, flags | NO_SUID | NO_DEVICES, options)


def bind(source: Path, target: Path) -> None:
    """Let a folder or file be seen at another place too, with what is mounted in it. Raises OSError."""
    _mount(str(source), target, None, BIND | RECURSIVE)


def make_read_only(target: Path) -> None:
    """Let nobody write through this mount. Raises OSError."""
    _mount("none", target, None, REMOUNT | BIND | READ_ONLY | NO_SUID | NO_DEVICES)


def _mount(source: str, target: Path, kind: str | None, flags: int, options: str = "") -> None:
    texts = (os.fsencode(source), os.fsencode(target), None if kind is None else kind.encode())
    _check(_libc().mount(*texts, ctypes.c_ulong(flags), options.encode()), str(target))


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
