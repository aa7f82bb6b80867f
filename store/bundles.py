"""Bundles: what is kept of an app's source, as one archive that is the same wherever and whenever it is made.

The archive is an uncompressed tar (a compressor's next release may write other bytes) with fixed order, times, modes
and owners, so that equal files have equal digests. It holds folders and plain files only: a link inside the folder is
stored as what it points to, so `unpack` can refuse every link. How the app is started (entry, cwd, framework,
requirements) stands in the archive's own header: two apps that start differently are two bundles.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import stat
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import IO

from vitrina.store import frameworks, sources
from vitrina.store.errors import InvalidError

MAX_BYTES = 200 * 2**20
"""An app's source is small; what is larger is data or a model, which have a place of their own."""

MAX_FILES = 20_000

TIME = 315_532_800
"""1980-01-01, as the time of every file: zip archives, which apps make of their files, know nothing earlier."""

IGNORED = (
    *(".git", ".hg", ".svn", ".DS_Store"),
    *("__pycache__", "*.py[co]", "*.egg-info", ".ipynb_checkpoints", ".*_cache", ".tox", ".nox", ".hypothesis"),
    *(".venv", "venv", "node_modules", ".gradio", ".vitrina"),
    *(".env", ".env.*", "secrets.toml"),  # secrets stay on the machine of whoever logs the app
)
"""Names of files and folders that are left out, wherever they lie."""

ENTRY_NAMES = ("app.py", "streamlit_app.py", "main.py", "demo.py", "dashboard.py")
"""What the entry of a folder is called when nobody says it, first come first served."""


class BundleError(InvalidError):
    """An app's files cannot be made into a bundle, or a bundle cannot be unpacked."""


@dataclass(frozen=True)
class Bundle:
    """An app's source with all that starting it needs; `digest` is the SHA-256 of `data`, the archive, in hex.

    `entry` and `cwd` are relative to the archive's root ("." is the root itself). `requirements` is the text of a
    requirements file; empty when there is none.
    """

    entry: str
    cwd: str
    framework: str
    requirements: str
    data: bytes
    digest: str

    @property
    def size_bytes(self) -> int:
        """The archive's length."""
        return len(self.data)


def pack(
    path: Path | str,
    *,
    entry: str | None = None,
    cwd: str | None = None,
    framework: str | None = None,
    requirements: str | None = None,
) -> Bundle:
    """Make a bundle of an app's file or folder.

    Of a file alone, the bundle holds that file and the modules beside it that it imports; an app that needs other files
    is given as a folder. `entry` and `cwd` are relative to the folder; by default the entry is found by its usual names
    and run from its own folder. Without `framework` it is found from the source. `requirements` is text; without it, a
    folder's requirements.txt is kept. Raises BundleError, SourceError, DetectionError, UnknownFrameworkError.
    """
    path = Path(path)
    if path.is_dir():
        root, main = path, find_entry(path, entry)
        members = _walk(path, PurePosixPath(), above=())
        requirements = requirements if requirements is not None else _text(path / "requirements.txt")
    elif path.is_file():
        root, main = path.parent, PurePosixPath(path.name)
        members = _beside(path)
    else:
        raise BundleError(f"There is no file or folder {path}.", hint="Give the path of the app's source.")
    where = PurePosixPath(cwd) if cwd else main.parent
    if where.is_absolute() or ".." in where.parts or not (root / where).is_dir():
        raise BundleError(
            f"The folder to run in, {cwd}, is not in {root}.", hint="Give it relative to the app's folder."
        )
    header = {
        "entry": str(main),
        "cwd": str(where),
        "framework": frameworks.known(framework) if framework else frameworks.detect(root, str(main)),
        "requirements": requirements or "",
    }
    data = _archive(members, header)
    return Bundle(**header, data=data, digest=hashlib.sha256(data).hexdigest())


def find_entry(folder: Path, entry: str | None = None) -> PurePosixPath:
    """The app's file in a folder, relative to it.

    It is the one that is named, else the one with a usual name, else the only one at the top. Raises BundleError when
    it is not there or cannot be told.
    """
    if entry is not None:
        wanted = PurePosixPath(entry)
        if wanted.is_absolute() or ".." in wanted.parts or not (folder / wanted).is_file():
            raise BundleError(f"There is no file {entry} in {folder}.", hint="Give the entry relative to the folder.")
        return wanted
    files = sorted(path.name for path in folder.glob("*.py") if path.is_file())
    named = [name for name in (*ENTRY_NAMES, f"{folder.resolve().name}.py") if name in files]
    if named:
        return PurePosixPath(named[0])
    if len(files) == 1:
        return PurePosixPath(files[0])
    seen = ", ".join(files) if files else "no Python file"
    raise BundleError(f"Which file of {folder} is the app's entry? There is {seen}.", hint="Say it: --entry FILE")


def unpack(archive: Path, into: Path, *, digest: str | None = None) -> None:
    """Write a bundle's files into the folder `into`, which must not exist; nothing is ever written outside it.

    With `digest` the archive is compared with it first. Raises BundleError for an archive that is damaged, too large,
    or holds anything but folders and plain files with relative paths; then `into` is not there.
    """
    into.mkdir(parents=True)
    try:
        with archive.open("rb") as file:
            if digest and hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise BundleError(f"The app's bundle is damaged on disk: {archive.name}.", hint="Log the app again.")
            file.seek(0)
            _extract(file, into)
    except (tarfile.TarError, EOFError, FileExistsError, NotADirectoryError) as error:
        shutil.rmtree(into, ignore_errors=True)
        raise BundleError(f"The app's bundle cannot be read: {error}.", hint="Log the app again.") from error
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def _beside(entry: Path) -> Iterator[tuple[PurePosixPath, Path]]:
    """A file's own modules: packages with all they hold, since they may read files of theirs."""
    names = {path.relative_to(entry.parent).parts[0] for path in sources.local(entry)}
    for name in sorted(names):
        path = entry.parent / name
        if path.is_dir():
            yield PurePosixPath(name), path
            yield from _walk(path, PurePosixPath(name), above=())
        else:
            yield PurePosixPath(name), path


def _walk(folder: Path, inside: PurePosixPath, *, above: tuple[Path, ...]) -> Iterator[tuple[PurePosixPath, Path]]:
    """What a folder holds, in a fixed order; links are followed as long as they stay inside and do not go round."""
    above = (*above, folder.resolve())
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if any(fnmatch(path.name, pattern) for pattern in IGNORED):
            continue
        target = Path(os.path.realpath(path))  # resolve() raises on a link to itself
        if path.is_symlink() and (not target.is_relative_to(above[0]) or not target.exists()):
            raise BundleError(
                f"The link {inside / path.name} points outside the folder, to {target}.",
                hint="Put what it points to into the folder, or remove the link.",
            )
        if target in above:
            raise BundleError(f"The link {inside / path.name} goes round in a circle.", hint="Remove it.")
        if path.is_dir():
            yield inside / path.name, path
            yield from _walk(path, inside / path.name, above=above)
        elif path.is_file():
            yield inside / path.name, path


def _archive(members: Iterable[tuple[PurePosixPath, Path]], header: dict[str, str]) -> bytes:
    buffer, count = io.BytesIO(), 0
    pax = {f"VITRINA.{name}": value for name, value in header.items()}
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, pax_headers=pax) as tar:
        for name, path in members:
            count += 1
            info, content = _member(name, path)
            if count > MAX_FILES or buffer.tell() + len(content) > MAX_BYTES:
                raise BundleError(
                    f"The app is too large: more than {MAX_FILES:,} files or {MAX_BYTES // 2**20} MB (at {name}).",
                    hint="Keep data and models out of its folder: log them as dataset, artifact or model.",
                )
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def _member(name: PurePosixPath, path: Path) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(str(name))
    info.mtime = TIME
    if path.is_dir():
        info.type, info.mode = tarfile.DIRTYPE, 0o755
        return info, b""
    content = path.read_bytes()
    info.mode = 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644
    info.size = len(content)
    return info, content


def _extract(file: io.BufferedReader, into: Path) -> None:
    total = count = 0
    with tarfile.open(fileobj=file, mode="r:") as tar:
        for count, info in enumerate(tar, start=1):
            total += info.size
            name = PurePosixPath(info.name)
            if count > MAX_FILES or total > MAX_BYTES:
                raise BundleError(f"The app's bundle is too large: more than {MAX_FILES:,} files or {MAX_BYTES} bytes.")
            if name.is_absolute() or ".." in name.parts or not (info.isdir() or info.isreg()):
                raise BundleError(f"The app's bundle holds what no bundle may hold: {info.name!r}.")
            target = into / name
            if info.isdir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                _write(target, tar.extractfile(info), mode=info.mode & 0o755)
    if not count:
        raise tarfile.ReadError("it is empty")


def _write(target: Path, content: IO[bytes] | None, *, mode: int) -> None:
    assert content is not None, "a plain file has content"
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        shutil.copyfileobj(content, file)
    os.utime(target, (TIME, TIME))
