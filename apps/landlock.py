"""Landlock: a process gives up, for itself and all that it starts, the files and ports that it has no need of.

It takes no right of any kind, and cannot be taken back. What is not named in the rules is denied; what Landlock of a
kernel does not know of stays open: stat, chmod and chown of what can be named, UDP, and connecting to Unix sockets.
"""

from __future__ import annotations

import ctypes
import os
import stat
from dataclasses import dataclass
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""The system calls: the same numbers on every machine that Python runs on."""

ASK_VERSION = 1
RULE_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = (1 << bit for bit in range(6, 13))
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15

BIND_TCP, CONNECT_TCP = 1 << 0, 1 << 1
ABSTRACT_UNIX_SOCKETS, SIGNALS = 1 << 0, 1 << 1

OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
"""What a rule about a file, not a folder, may allow."""

READING = EXECUTE | READ_FILE | READ_DIR
WRITING = (
    *(READING, WRITE_FILE, TRUNCATE, REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_SYM),
    REFER,
)

NEEDED_VERSION = 6
"""Of Linux 6.12: signals and abstract sockets. With less of it, an app could still signal the hub."""


@dataclass(frozen=True)
class Version:
    """What one version of Landlock can deny."""

    files: int
    ports: int
    scopes: int
    attribute_bytes: int
    """The length of the structure that says so."""


_FIRST = (1 << 13) - 1
_VERSIONS = (
    Version(_FIRST, 0, 0, 8),
    Version(_FIRST | REFER, 0, 0, 8),
    Version(_FIRST | REFER | TRUNCATE, 0, 0, 8),
    Version(_FIRST | REFER | TRUNCATE, BIND_TCP | CONNECT_TCP, 0, 16),
    Version(_FIRST | REFER | TRUNCATE | IOCTL_DEV, BIND_TCP | CONNECT_TCP, 0, 16),
    Version(_FIRST | REFER | TRUNCATE | IOCTL_DEV, BIND_TCP | CONNECT_TCP, ABSTRACT_UNIX_SOCKETS | SIGNALS, 24),
)
"""Of the versions 1 to 6, in order; 7 and later deny no more of what is used here."""


@dataclass(frozen=True)
class Rules:
    """What a process keeps. A path that is not there is left out; a folder stands for all that is in it, for ever.

    `nameable` are folders in which files can be made and used by name, but not listed. `usable` are devices.
    """

    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    nameable: tuple[Path, ...] = ()
    usable: tuple[Path, ...] = ()
    listable: tuple[Path, ...] = ()
    """Folders that can be listed, and no more."""

    has_tcp: bool = False


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("ports", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Which version of Landlock this kernel has; 0: none, or it is switched off."""
    answer: int = _libc().syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(ASK_VERSION))
    return max(answer, 0)


def can_deny(number: int) -> Version:
    """What this version of Landlock, 1 or later, can deny."""
    return _VERSIONS[min(number, len(_VERSIONS)) - 1]


def allowed(rules: Rules) -> list[tuple[Path, int]]:
    """The rights of each path, in the order of the rules."""
    writing = 0
    for right in WRITING:
        writing |= right
    rights = (
        (rules.readable, READING),
        (rules.writable, writing),
        (rules.nameable, writing & ~READ_DIR),
        (rules.usable, READ_FILE | WRITE_FILE | IOCTL_DEV),
        (rules.listable, READ_DIR),
    )
    return [(path, right) for paths, right in rights for path in paths]


def restrict(rules: Rules) -> None:
    """Keep this process to the rules, with as much of Landlock as the kernel has. Raises OSError.

    The process must have given up new privileges before (`privileges.give_up`).
    """
    number = version()
    if number == 0:
        return
    can = can_deny(number)
    ports = 0 if rules.has_tcp else can.ports
    asked = _Ruleset(can.files, ports, can.scopes)
    ruleset = _call(CREATE_RULESET, ctypes.byref(asked), ctypes.c_size_t(can.attribute_bytes), ctypes.c_uint32(0))
    try:
        for path, right in allowed(rules):
            _allow(ruleset, path, right & can.files)
        _call(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, right: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # it is not here, so nothing has to be allowed
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            right &= OF_FILES
        rule = _Beneath(right, descriptor)
        _call(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(RULE_PATH_BENEATH), ctypes.byref(rule), ctypes.c_uint32(0))
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    answer: int = _libc().syscall(number, *arguments)
    if answer < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return answer


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
