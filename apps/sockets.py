"""Where the sockets of apps lie: short random names in a folder that nobody else can enter."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import tempfile
from pathlib import Path

from vitrina.apps.errors import AppError

MAX_PATH_BYTES = 107
"""`sun_path` has 108 bytes, one of which ends the string."""

NAME_BYTES = 6
OWNER_ONLY = 0o700


class SocketFolderError(AppError):
    """The folder for the apps' sockets cannot be trusted."""


def prepare(folder: Path) -> Path:
    """The folder for sockets: below `folder`, or, where that path is too long, in the system's temporary folder.

    It is the same for every hub with the same `folder`. Raises SocketFolderError when somebody else holds the place in
    the temporary folder.
    """
    sockets = folder / "s"
    if len(os.fsencode(sockets / new_name())) > MAX_PATH_BYTES:
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()
        sockets = Path(tempfile.gettempdir()) / f"vitrina-{os.getuid()}-{digest[:12]}"
    sockets.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    _must_be_ours(sockets)
    return sockets


def new_name() -> str:
    """A name that cannot be guessed."""
    return secrets.token_hex(NAME_BYTES)


def _must_be_ours(folder: Path) -> None:
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise SocketFolderError(
            f"{folder} belongs to somebody else: apps cannot be served from there.", hint="Remove it or set TMPDIR."
        )
    folder.chmod(OWNER_ONLY)
