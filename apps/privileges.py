"""Giving up, for good, what a process may do beyond its user: capabilities, and new ones by set-user-ID programs."""

from __future__ import annotations

import ctypes
import os

PR_SET_NO_NEW_PRIVS = 38
PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

CAPABILITY_VERSION_3 = 0x20080522
CAP_SETPCAP = 8
LAST_POSSIBLE = 63


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    """The effective, permitted and inheritable capabilities: 0 to 31 in the first, 32 to 63 in the second half."""

    _fields_ = (("halves", ctypes.c_uint32 * 6),)


def give_up() -> None:
    """Drop all capabilities, also those that a root user's programs would begin with. Raises OSError.

    A process of root is then root by name only: it owns root's files, and may do nothing else that others may not.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    _check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
    header, held = _Header(CAPABILITY_VERSION_3, 0), _Sets()
    _check(libc.capget(ctypes.byref(header), ctypes.byref(held)))
    if held.halves[0] >> CAP_SETPCAP & 1:
        for capability in range(LAST_POSSIBLE + 1):
            if libc.prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1:
                _check(libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))
    _check(libc.capset(ctypes.byref(header), ctypes.byref(_Sets())))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
