"""The digest of what a version or bundle holds: SHA-256 over a manifest of paths and digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from vitrina.store.errors import InvalidError, NotFoundError


def content_digest(files: Iterable[tuple[str, str]]) -> str:
    """Of (path, SHA-256) pairs in any order. Newlines in paths cannot forge an entry: paths are checked before."""
    manifest = hashlib.sha256()
    for path, digest in sorted(files):
        manifest.update(f"{digest}  {path}\n".encode())
    return manifest.hexdigest()


def files_below(path: Path) -> list[tuple[str, Path]]:
    """The files of a folder (or the one file) with their relative POSIX paths, sorted.

    Links are followed only to files inside; raises NotFoundError when there is nothing, InvalidError for a path that
    cannot be kept.
    """
    if not path.exists():
        raise NotFoundError(f"file or folder {path}")
    if path.is_file():
        return [(checked_path(path.name), path)]
    root = path.resolve()
    found = [(checked_path(item.relative_to(path).as_posix()), item) for item in path.rglob("*") if item.is_file()]
    for name, item in found:
        if not item.resolve().is_relative_to(root):
            raise InvalidError(
                f"{name} in {path} is a link that leaves the folder.", hint="Copy the file into the folder."
            )
    if not found:
        raise NotFoundError(f"file in the folder {path}")
    return sorted(found)


def checked_path(path: str) -> str:
    """A relative POSIX path that stays inside its folder on every machine; raises InvalidError."""
    parts = PurePosixPath(path).parts
    if not path or path.startswith("/") or ".." in parts or "\\" in path or any(ord(letter) < 32 for letter in path):
        raise InvalidError(f"{path!r} cannot be kept as the path of a file.", hint="Use a plain relative path.")
    return path
