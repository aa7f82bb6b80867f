"""The source of an app that is being written: what belongs to it, and what changed since it was looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vitrina.store import bundles, frameworks
from vitrina.store.errors import VitrinaError
from vitrina.store.gathering import Wanted, gather


@dataclass(frozen=True)
class Stamp:
    """How a file was. What counts is the digest of its content; the rest only spares reading it again."""

    changed_ns: int
    size_bytes: int
    number: int
    digest: bytes

    def is_of(self, path: Path) -> bool:
        """Whether the file seems untouched since."""
        now = path.stat()
        return (now.st_mtime_ns, now.st_size, now.st_ino) == (self.changed_ns, self.size_bytes, self.number)


@dataclass(frozen=True)
class Looked:
    """What belonged to an app when it was looked at: its files, and the folders in which more may appear."""

    files: Mapping[Path, Stamp] = field(default_factory=dict[Path, Stamp])
    folders: frozenset[Path] = frozenset()

    def changed(self, now: Looked) -> tuple[Path, ...]:
        """What another look finds new, gone or of another content, in the order of their names."""
        every = {**self.files, **now.files}
        return tuple(sorted(path for path in every if _digest(self, path) != _digest(now, path)))


@dataclass(frozen=True)
class Source:
    """An app's file or folder, as `bundles.pack` is told of it."""

    path: Path
    entry: str | None = None
    cwd: str | None = None
    framework: str | None = None
    include: Sequence[str] = ()
    command: str | None = None

    def meant(self) -> Wanted:
        """Which files that means. Raises BundleError."""
        return bundles.meant(self.path, entry=self.entry, cwd=self.cwd, include=self.include, command=self.command)

    def kind(self) -> str:
        """The name of its framework. Raises DetectionError, UnknownFrameworkError."""
        if self.command is not None:
            return frameworks.known("command")
        wanted = self.meant()
        return frameworks.known(self.framework) if self.framework else frameworks.detect(wanted.root, str(wanted.entry))

    def look(self, before: Looked | None = None) -> Looked:
        """How it is now. While it cannot be read as an app (a half-written line), what belonged to it still does.

        Only a file that seems to have been touched since `before` is read again.
        """
        before = before or Looked()
        try:
            wanted = self.meant()
            members = [path for _, path in gather(wanted)]
            folders = {wanted.root, *(path if path.is_dir() else path.parent for path in members)}
        except (VitrinaError, OSError):
            members, folders = list(before.files), set(before.folders)
        found = {path: stamp for path in members if (stamp := _stamp(path, before.files.get(path))) is not None}
        return Looked(found, frozenset(folder for folder in folders if folder.is_dir()))


def _stamp(path: Path, before: Stamp | None) -> Stamp | None:
    """None: there is no such file (any more)."""
    try:
        if before is not None and before.is_of(path):
            return before
        if not path.is_file():
            return None
        now = path.stat()
        return Stamp(now.st_mtime_ns, now.st_size, now.st_ino, hashlib.sha256(path.read_bytes()).digest())
    except OSError:
        return None


def _digest(looked: Looked, path: Path) -> bytes | None:
    stamp = looked.files.get(path)
    return stamp.digest if stamp is not None else None
