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
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from vitrina.store import frameworks, secret_files, sources
from vitrina.store import requirements as needs
from vitrina.store.gathering import MAX_FILES, BundleError, Wanted, gather

MAX_BYTES = 200 * 2**20
"""An app's source is small; what is larger is data or a model, which have a place of their own."""

TIME = 315_532_800
"""1980-01-01, as the time of every file: zip archives, which apps make of their files, know nothing earlier."""

NAMED = 5
"""So many files are named in an error."""

ENTRY_NAMES = (
    *(frameworks.COMMAND_FILE, "app.py", "streamlit_app.py", "main.py", "demo.py", "dashboard.py"),
    *("index.html", "server.py", "asgi.py", "wsgi.py", "__main__.py"),
)
"""What the entry of a folder is called when nobody says it, first come first served."""


class SecretError(BundleError):
    """An app's files hold what looks like a secret; `files` are their names in the bundle."""

    def __init__(self, found: Mapping[str, str]) -> None:
        self.files = tuple(found)
        told = ", ".join(list(found.values())[:NAMED])
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        super().__init__(
            f"The app holds what looks like a secret: {told}{more}. Nothing was kept.",
            hint="Whoever opens the app could read it. Take it out, or name the file in a .vitrinaignore; to keep it "
            f"all the same: allow_secrets=[{self.files[0]!r}] in code, --allow-secret {self.files[0]}",
        )


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
    include: Sequence[str] = (),
    allow_secrets: Collection[str] = (),
    command: str | None = None,
) -> Bundle:
    """Make a bundle of an app's file or folder.

    Of a file alone, the bundle holds that file and the modules that it imports, from its own folder or from `cwd`; an
    app that needs other files is given as a folder, or names them by `include` (globs relative to the folder). `entry`
    and `cwd` are relative to the folder; by default the entry is found by its usual names and run from its own folder.
    The `cwd` of a file alone may lie above it (`..`): the bundle then begins there. Without `framework` it is found
    from the source. `requirements` is text, or `auto`: the libraries that it imports, at the versions installed here;
    without it, what the app says by itself (see `requirements.of_app`). `allow_secrets` names files, as the bundle has
    them, that are kept although they look like secrets. With `command`, a command line (see
    `vitrina.apps.frameworks.command`), the app is that program, run among these files; then there is no entry to name.

    What is left out says `vitrina.store.ignoring`. Raises BundleError, SecretError, SourceError, RequirementsError,
    DetectionError, UnknownFrameworkError.
    """
    wanted = meant(path, entry=entry, cwd=cwd, include=include, command=command)
    header = {
        "entry": str(wanted.entry),
        "cwd": str(wanted.cwd),
        "framework": frameworks.known(framework) if framework else frameworks.detect(wanted.root, str(wanted.entry)),
    }
    try:
        members = gather(wanted)
        header["requirements"] = _needs(wanted, requirements, members)
        _refuse_too_large(members)
        data = _archive(members, header, made=wanted.made, allow_secrets=allow_secrets)
    except OSError as error:
        raise BundleError(
            f"{error.filename or path} cannot be read: {error.strerror}.", hint="See who owns it."
        ) from error
    return Bundle(**header, data=data, digest=hashlib.sha256(data).hexdigest())


def meant(
    path: Path | str,
    *,
    entry: str | None = None,
    cwd: str | None = None,
    include: Sequence[str] = (),
    command: str | None = None,
) -> Wanted:
    """Which app these words of `pack` mean, for `gathering.gather`. Raises BundleError."""
    if command is None:
        return _wanted(Path(path), entry=entry, cwd=cwd, include=include)
    return _of_command(Path(path), command, cwd=cwd, include=include)


def _wanted(path: Path, *, entry: str | None, cwd: str | None, include: Sequence[str]) -> Wanted:
    """Which app is meant. Raises BundleError."""
    path = Path(os.path.abspath(path))  # noqa: PTH100  links stay what they are
    if path.is_dir():
        root, main = path, find_entry(path, entry)
        where = PurePosixPath(cwd) if cwd else main.parent
    elif path.is_file():
        runs_in = Path(os.path.normpath(path.parent / (cwd or ".")))
        if PurePosixPath(cwd or ".").is_absolute() or not runs_in.is_dir():
            raise BundleError(f"There is no folder {cwd} to run in.", hint="Give it relative to the app's file.")
        root = Path(os.path.commonpath([path.parent, runs_in]))
        main, where = PurePosixPath(path.relative_to(root)), PurePosixPath(runs_in.relative_to(root))
    else:
        raise BundleError(f"There is no file or folder {path}.", hint="Give the path of the app's source.")
    if where.is_absolute() or ".." in where.parts or not (root / where).is_dir():
        raise BundleError(
            f"The folder to run in, {cwd}, is not in {root}.", hint="Give it relative to the app's folder."
        )
    return Wanted(root, main, where, is_whole=path.is_dir(), include=include)


def _of_command(path: Path, command: str, *, cwd: str | None, include: Sequence[str]) -> Wanted:
    """A folder, or a file alone, with a program that is run there. Raises BundleError."""
    path = Path(os.path.abspath(path))  # noqa: PTH100  links stay what they are
    root, chosen = (path, include) if path.is_dir() else (path.parent, (path.name, *include))
    where = PurePosixPath(cwd or ".")
    if not path.exists():
        raise BundleError(f"There is no file or folder {path}.", hint="Give the path of what the program is to find.")
    if where.is_absolute() or ".." in where.parts or not (root / where).is_dir():
        raise BundleError(f"The folder to run in, {cwd}, is not in {root}.", hint="Give it relative to the folder.")
    if not command.strip() or "\n" in command.strip():
        raise BundleError("The command is not one line.", hint='Such as --command "tensorboard --port {port} ..."')
    entry = PurePosixPath(frameworks.COMMAND_FILE)
    return Wanted(root, entry, where, is_whole=path.is_dir(), include=chosen, made=f"{command.strip()}\n".encode())


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
    named = [name for name in (*ENTRY_NAMES, f"{folder.resolve().name}.py") if (folder / name).is_file()]
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


def _needs(wanted: Wanted, asked: str | None, members: Sequence[tuple[PurePosixPath, Path]]) -> str:
    """The text of what the app needs. Raises RequirementsError."""
    match asked:
        case None if wanted.entry.name == frameworks.COMMAND_FILE:
            return needs.of_folder(wanted.root) if wanted.is_whole else ""
        case None if not frameworks.is_python(wanted.root / wanted.entry):
            return ""
        case None:
            return needs.of_app(wanted.root, wanted.root / wanted.entry, is_whole=wanted.is_whole)
        case "auto":
            return needs.observed(_imported(wanted, members), own=_own(wanted, members))
        case text:
            needs.parse(text, where="The requirements,")
            return text


def _imported(wanted: Wanted, members: Sequence[tuple[PurePosixPath, Path]]) -> frozenset[str]:
    """The dotted names of all that the bundle's Python files import."""
    files = [path for name, path in members if name.suffix == ".py"]
    return frozenset[str]().union(*(sources.read_if_valid(path).modules for path in files))


def _own(wanted: Wanted, members: Sequence[tuple[PurePosixPath, Path]]) -> frozenset[str]:
    """The top-level names of the bundle's own modules, seen from its file's folder and from where it runs."""
    folders = {wanted.entry.parent, wanted.cwd}
    tops = [name for name, _ in members if name.parent in folders]
    return frozenset(name.stem if name.suffix == ".py" else name.name for name in tops)


def _refuse_too_large(members: Sequence[tuple[PurePosixPath, Path]]) -> None:
    """Look at the sizes before anything is read."""
    sizes = sorted(((path.stat().st_size, str(name)) for name, path in members if path.is_file()), reverse=True)
    total = sum(size for size, _ in sizes)
    if total > MAX_BYTES:
        largest = ", ".join(f"{name} ({_mb(size)})" for size, name in sizes[:NAMED])
        raise BundleError(
            f"The app is too large: {_mb(total)}, and a bundle holds {_mb(MAX_BYTES)}. The largest files: {largest}.",
            hint="Log data and models as dataset, artifact or model; leave files out by naming them in a "
            ".vitrinaignore.",
        )


def _mb(size: int) -> str:
    return f"{size / 2**20:,.1f} MB"


def _archive(
    members: Sequence[tuple[PurePosixPath, Path]],
    header: Mapping[str, str],
    *,
    made: bytes | None,
    allow_secrets: Collection[str],
) -> bytes:
    """The archive; `made` is the entry's content where it is no file of the members."""
    buffer, secrets = io.BytesIO(), dict[str, str]()
    pax = {f"VITRINA.{name}": value for name, value in header.items()}
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, pax_headers=pax) as tar:
        for name, path in members:
            info, content = _member(name, path)
            if info.isreg() and str(name) not in allow_secrets and (found := secret_files.secret_in(name, content)):
                secrets[str(name)] = found
            tar.addfile(info, io.BytesIO(content))
        if made is not None:
            if secret := secret_files.secret_in(PurePosixPath(header["entry"]), made):
                secrets[header["entry"]] = secret
            info = _plain(PurePosixPath(header["entry"]), 0o644, size=len(made))
            tar.addfile(info, io.BytesIO(made))
    if secrets:
        raise SecretError(secrets)
    return buffer.getvalue()


def _member(name: PurePosixPath, path: Path) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(str(name))
    info.mtime = TIME
    if path.is_dir():
        info.type, info.mode = tarfile.DIRTYPE, 0o755
        return info, b""
    content = path.read_bytes()
    return _plain(name, 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644, size=len(content)), content


def _plain(name: PurePosixPath, mode: int, *, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(str(name))
    info.mtime, info.mode, info.size = TIME, mode, size
    return info


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
