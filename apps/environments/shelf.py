"""Where environments lie, and what is known of each.

    built/KEY         an environment, read-only; KEY names what its lock, its Python and its platform are
    records/KEY.json  what was installed: the lock, and size, time and digest of every file
    uses/KEY          touched whenever somebody takes it, and locked (shared) while a hub may start apps in it
    locks/WISH.txt    the lock that the wish of an app was resolved to, once and for all
    logs/WISH.log     what uv said at the last attempt
    turns/…           files that are locked while one thing is made
    work/             private folders of builds, and uv's caches

An environment appears by a rename, so it is there whole or not at all.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

BUILT = "built"
FOLDERS = (BUILT, "records", "uses", "locks", "logs", "turns", "work")
BUILD = "build-"
CACHES = "caches"

RECENT_S = 600.0
"""An environment that was taken so lately may belong to an app that is still starting: nothing of it shows yet."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An environment that was built. Times are seconds since 1970, sizes bytes."""

    key: str
    lock: str
    made_at: float
    used_at: float
    size_bytes: int

    @property
    def libraries(self) -> list[str]:
        """What is installed, as NAME==VERSION."""
        return libraries(self.lock)


@dataclass(frozen=True, slots=True)
class _File:
    size: int
    changed_ns: int
    digest: str


class Shelf:
    """Environments below one folder. Synchronous; for several threads and processes at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Make the folders."""
        for name in FOLDERS:
            (self.folder / name).mkdir(mode=0o755, parents=True, exist_ok=True)

    def environment(self, key: str) -> Path:
        """Where an environment lies, or would."""
        return self.folder / BUILT / key

    def log(self, wish: str) -> Path:
        """What was said when a wish was last tried."""
        return self.folder / "logs" / f"{wish}.log"

    def lock(self, wish: str) -> str | None:
        """What a wish was resolved to; None: it never was."""
        path = self.folder / "locks" / f"{wish}.txt"
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def keep_lock(self, wish: str, lock: str) -> None:
        _write(self.folder / "locks" / f"{wish}.txt", lock)

    def take_turn(self, name: str) -> IO[str] | None:
        """One at a time has this, also among processes, until the file is closed; None: somebody else has it."""
        file = (self.folder / "turns" / name).open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

    @contextmanager
    def workplace(self) -> Generator[Path]:
        """A private folder, gone afterwards. Those that killed processes left go first."""
        for left in (self.folder / "work").glob(f"{BUILD}*"):
            if turn := self.take_turn(left.name):
                with turn:
                    remove(left)
                    (self.folder / "turns" / left.name).unlink(missing_ok=True)
        name = f"{BUILD}{secrets.token_hex(6)}"
        turn, place = self.take_turn(name), self.folder / "work" / name
        assert turn is not None, "nobody else has this name"
        with turn, (self.folder / "turns" / CACHES).open("w") as caches:
            fcntl.flock(caches, fcntl.LOCK_SH)
            place.mkdir(mode=0o700)
            try:
                yield place
            finally:
                remove(place)
                (self.folder / "turns" / name).unlink(missing_ok=True)

    def put(self, key: str, made: Path, *, lock: str) -> Path:
        """Take a finished environment over: recorded, read-only, and from now on there."""
        _make_read_only(made)
        record = {"lock": lock, "made_at": time.time(), "files": {name: asdict(f) for name, f in _files(made)}}
        _write(self.folder / "records" / f"{key}.json", json.dumps(record))
        place = self.environment(key)
        if place.exists():  # damaged: nobody may find half of each
            damaged = place.with_name(f".{key}.{secrets.token_hex(4)}")
            place.rename(damaged)
            remove(damaged)
        made.chmod(0o755)  # a folder that may not be written cannot be moved
        made.rename(place)
        place.chmod(0o555)
        return place

    def is_whole(self, key: str, *, thoroughly: bool) -> bool:
        """Whether an environment is as it was made: by size and time of each file, `thoroughly` by content too."""
        record = self._record(key)
        if record is None or not (self.environment(key) / "bin" / "python").exists():
            return False
        there = dict(_files(self.environment(key), with_digests=thoroughly))
        known: dict[str, dict[str, object]] = record["files"]  # pyright: ignore[reportAssignmentType]  `put` wrote it
        if there.keys() != known.keys():
            return False
        return all(
            (file.size, file.changed_ns) == (known[name]["size"], known[name]["changed_ns"])
            and (not thoroughly or file.digest == known[name]["digest"])
            for name, file in there.items()
        )

    def hold(self, key: str) -> IO[str]:
        """Note that an environment is used now, and keep it from being collected until this file is closed."""
        path = self.folder / "uses" / key
        file = path.open("a")
        fcntl.flock(file, fcntl.LOCK_SH)
        os.utime(path)
        return file

    def list(self) -> list[Kept]:
        """All environments, those used last first."""
        found = [self._kept(path.name) for path in (self.folder / BUILT).glob("[!.]*")]
        return sorted((kept for kept in found if kept), key=lambda kept: kept.used_at, reverse=True)

    def size_bytes(self) -> int:
        """What all environments take together."""
        return sum(kept.size_bytes for kept in self.list())

    def collect(self, *, unused_for_s: float, now: float) -> list[Kept]:
        """Remove the environments that nobody took for so long, that no hub holds and in which nothing runs, and what
        a process that was killed left of others; gives those removed."""
        for left in (self.folder / BUILT).glob(".*"):
            remove(left)
        running, removed = self.running(), list[Kept]()
        for kept in self.list():
            if now - kept.used_at >= unused_for_s and kept.key not in running and self._remove(kept.key):
                removed.append(kept)
        return removed

    def shrink(self, *, to_bytes: int, now: float) -> list[Kept]:
        """Remove what was unused for longest until all take no more than that together, but nothing that is in use;
        gives those removed."""
        spared = {kept.key for kept in self.in_use(now=now)}
        there, removed = self.list(), list[Kept]()
        total = self.size_bytes()
        for kept in reversed(there):
            if total <= to_bytes:
                break
            if kept.key not in spared and self._remove(kept.key):
                removed.append(kept)
                total -= kept.size_bytes
        return removed

    def in_use(self, *, now: float) -> list[Kept]:
        """Those in which something runs, or which were taken so lately that an app may be starting."""
        running = self.running()
        return [kept for kept in self.list() if kept.key in running or now - kept.used_at < RECENT_S]

    def clear_caches(self) -> None:
        """Remove what uv keeps to be faster, unless something is built just now: it is as large as all environments."""
        if turn := self.take_turn(CACHES):
            with turn:
                for cache in (self.folder / "work").glob("cache-*"):
                    remove(cache)

    def running(self) -> frozenset[str]:
        """The environments in whose Python a process of this machine was started: an app may outlive its hub."""
        begin = os.fsencode(self.folder / BUILT) + b"/"
        found: set[str] = set()
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):  # it ended in between
                _, started, rest = path.read_bytes().partition(begin)
                if started:
                    found.add(os.fsdecode(rest.partition(b"/")[0]))
        return frozenset(found)

    def _remove(self, key: str) -> bool:
        with (self.folder / "uses" / key).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            leaving = self.environment(key).with_name(f".{key}.{secrets.token_hex(4)}")
            self.environment(key).rename(leaving)
            (self.folder / "records" / f"{key}.json").unlink(missing_ok=True)
        remove(leaving)  # which may take long: nobody who wants to hold it waits for that
        return True

    def _kept(self, key: str) -> Kept | None:
        record = self._record(key)
        if record is None:
            return None
        use = self.folder / "uses" / key
        used_at = use.stat().st_mtime if use.exists() else float(str(record["made_at"]))
        files: dict[str, dict[str, int]] = record["files"]  # pyright: ignore[reportAssignmentType]  `put` wrote it
        size = sum(file["size"] for file in files.values())
        return Kept(key, str(record["lock"]), float(str(record["made_at"])), used_at, size)

    def _record(self, key: str) -> dict[str, object] | None:
        try:
            return json.loads((self.folder / "records" / f"{key}.json").read_bytes())
        except (OSError, ValueError):
            return None


def libraries(lock: str) -> list[str]:
    """What a lock names, as NAME==VERSION."""
    return [line.split(" ")[0] for line in lock.splitlines() if line and line[0] not in "# "]


def remove(folder: Path) -> None:
    """Remove a folder whose folders may be read-only."""
    for inner, _, _ in os.walk(folder):
        with suppress(OSError):
            Path(inner).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _make_read_only(folder: Path) -> None:
    for inner, _, names in os.walk(folder):
        for name in names:
            path = Path(inner, name)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & 0o555)
        Path(inner).chmod(0o555)


def _files(folder: Path, *, with_digests: bool = True) -> Iterator[tuple[str, _File]]:
    for inner, _, names in os.walk(folder):
        for name in names:
            path = Path(inner, name)
            if path.is_symlink():
                yield str(path.relative_to(folder)), _File(0, 0, str(path.readlink()))
                continue
            status = path.stat()
            digest = _digest(path) if with_digests else ""
            yield str(path.relative_to(folder)), _File(status.st_size, status.st_mtime_ns, digest)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
