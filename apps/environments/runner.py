"""The runner for other environments: our own modules that an app's process needs, as a folder for Python's path.

An app's environment has the app's libraries and none of ours. So the rooms `apps` and `store` are copied, without
anything else that lies beside them where Vitrina is installed; what of them runs in an app's process imports the
standard library and the app's framework only (a test runs one so). Named by what it holds: each release of the hub has
its own, and what runs goes on with the one that it began with.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from pathlib import Path

import vitrina

ROOMS = ("apps", "store")
DIGEST_DIGITS = 16


def place(folder: Path) -> Path:
    """The folder for Python's path, below `folder`; made if it is not there."""
    files = sorted(_files())
    digest = hashlib.sha256()
    for name, path in files:
        digest.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    made = folder / digest.hexdigest()[:DIGEST_DIGITS]
    if not made.exists():
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        making = folder / f".{made.name}.{secrets.token_hex(4)}"
        try:
            _copy(files, making)
            making.rename(made)
        except OSError:
            shutil.rmtree(making, ignore_errors=True)
            if not made.exists():  # another one was quicker
                raise
    return made


def _files() -> list[tuple[str, Path]]:
    package = Path(vitrina.__path__[0])
    rooms = [(room, path) for room in ROOMS for path in (package / room).resolve().rglob("*") if path.is_file()]
    inside = [
        (f"{room}/{path.relative_to((package / room).resolve())}", path)
        for room, path in rooms
        if "__pycache__" not in path.parts
    ]
    return [("__init__.py", package / "__init__.py"), *inside]


def _copy(files: list[tuple[str, Path]], making: Path) -> None:
    for name, path in files:
        target = making / "vitrina" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        target.chmod(0o444)
