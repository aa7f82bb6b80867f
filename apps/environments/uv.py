"""uv, confined: it resolves an app's requirements to a lock, and installs a lock into a new environment.

From wheels only, so that no code of a library runs, and from one index. It gets no variable of the hub but how the
network is reached; a home, a temporary folder and a cache of its own; limits; and, where the machine has it, a sandbox
in which nothing of the store or the hub is to be seen, and no network but the road to the index. The index's address
goes by the environment, not by the command line, which other users can read.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps import sandbox
from vitrina.apps.environments.index import HOSTS
from vitrina.apps.environments.road import Road
from vitrina.apps.environments.room import ALL, NO_SPACE, ONE, ExcessError
from vitrina.apps.errors import AppError
from vitrina.apps.levels import Level, Network
from vitrina.apps.sandbox import Plan
from vitrina.store.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vitrina.apps.environments.index import Index
    from vitrina.apps.environments.room import Watch

BUILD_TIMEOUT_S = 900.0
LARGEST_FILE_BYTES = 4 * 2**30
MOST_CPU_S = 1800
MOST_OPEN_FILES = 4096

LIMITED = (
    f"umask 022; ulimit -c 0; ulimit -n {MOST_OPEN_FILES}; ulimit -t {MOST_CPU_S}; "
    f'ulimit -f {LARGEST_FILE_BYTES // 512}; exec "$@"'
)
"""Limits for what follows. What is made may be read by the users that apps run as."""

ROAD = "vitrina.apps.environments.road"
SHORT_PLACE = "/tmp"  # noqa: S108  a private folder is made in it

SANDBOX = "Traceback (most recent call last)"
"""uv is no Python program: what ended so began it."""

COMPILE = "import compileall, sys; compileall.compile_dir(sys.argv[1], quiet=2, workers=0)"
"""What is no Python of this release stays as it is: that is no failure."""

OTHER_LIBRARY = "Leave out the library that was asked for last, or take another release of it."
SEE_LOG = "The hub's operator finds more in the log of its environment."
FREE_SPACE = "Free some space where the hub is."
SMALLER = f"Let it need fewer or smaller libraries; how much there may be the hub's operator says: {ONE}, {ALL}"

CERTIFICATES = "SSL_CERT_FILE"

SAYS_NO_SPACE = re.compile(r"os error 28\b|No space left on device", re.IGNORECASE)
CAUSE = re.compile(r"^\s*(?:cause:|Caused by:|╰─▶|×)\s*", re.MULTILINE)
CAUSE_BYTES = 600
LONGEST_LINE_BYTES = 2**20


class BuildError(AppError):
    """An app's environment could not be built; `log` is where all that was said is kept."""

    status = 502

    def __init__(self, message: str, *, log: Path, hint: str | None = None) -> None:
        self.log = log
        super().__init__(message, hint=hint)


class TooLargeError(BuildError):
    """An app's environment would take more disk than one may."""


def _beginning(made: Path) -> tuple[Path, bytes]:
    """What decides which program an environment's Python is, and where it finds its own library."""
    return (made / "bin" / "python").readlink(), (made / "pyvenv.cfg").read_bytes()


def find_uv() -> Path:
    """uv's program: beside this Python, or on the path. Raises MissingExtraError."""
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.is_file() else shutil.which("uv")
    if found is None:
        raise MissingExtraError("uv", extra="environments", purpose="An environment for an app")
    return Path(found)


@dataclass(frozen=True)
class Uv:
    """One way to call uv. `work` is a private folder, `cache` uv's own; `python` the interpreter to build for; `watch`
    sees to it that not too much comes to lie in either."""

    program: Path
    index: Index
    python: Path
    work: Path
    cache: Path
    log: Path
    watch: Watch
    level: Level = Level.PROCESS
    timeout_s: float = BUILD_TIMEOUT_S

    async def resolve(self, lines: Sequence[str], *, on_step: Callable[[str], None]) -> str:
        """The lock of requirements: every library with its version and the digests of its files. Raises BuildError."""
        wish, lock = self.work / "wish.txt", self.work / "lock.txt"
        wish.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        plain = ("--no-header", "--no-annotate", "--generate-hashes", "--quiet")
        words = ("pip", "compile", *plain, "--no-build", "--python", str(self.python), "-o", str(lock), str(wish))
        await self._call(words, on_step=on_step, purpose="Its libraries cannot be found")
        return lock.read_text(encoding="utf-8")

    async def install(self, lock: str, *, on_step: Callable[[str], None]) -> Path:
        """A new environment with exactly what a lock says, in the private folder. Raises BuildError (too large: that of
        its own)."""
        made, file = self.work / "made", self.work / "lock.txt"
        file.write_text(lock, encoding="utf-8")
        purpose = "Its environment cannot be made"
        words = ("venv", "--quiet", "--relocatable", "--python", str(self.python), str(made))
        await self._call(words, on_step=on_step, purpose=purpose)
        begins = _beginning(made)
        # Copies, not links: what one environment holds must be nobody else's.
        exactly = ("--require-hashes", "--no-deps", "--no-build", "--link-mode", "copy")
        words = ("pip", "install", *exactly, "--python", str(made / "bin" / "python"), "-r", str(file))
        await self._call(words, on_step=on_step, purpose=purpose)
        if _beginning(made) != begins:  # a wheel may bring any file, and this Python is started before an app's walls
            raise BuildError(f"{purpose}: a library would replace its Python.", log=self.log, hint=OTHER_LIBRARY)
        # Compiled, since it will be read-only; by the hub's Python, since the environment's would run what is in it.
        words = (str(self.python), "-I", "-S", "-W", "ignore", "-c", COMPILE, str(made / "lib"))
        await self._run(self._prefix(), words, on_step=on_step, purpose=purpose)
        try:
            await asyncio.to_thread(self.watch.look)
        except ExcessError as error:
            raise self._exceeded(error, purpose) from None
        return made

    async def _call(self, words: Sequence[str], *, on_step: Callable[[str], None], purpose: str) -> None:
        self._prepare()
        words = (str(self.program), *words)
        if self.level is not Level.SANDBOX or self.index.folder:
            return await self._run(self._prefix(), words, on_step=on_step, purpose=purpose)
        road = Road(self.index)
        with tempfile.TemporaryDirectory(prefix="road-", dir=SHORT_PLACE) as place:  # a socket's path has to be short
            async with road.open(Path(place) / "s"):
                self._give(place)
                prefix = (*self._prefix(Path(place)), sys.executable, "-P", "-m", ROAD, f"{place}/s", "--")
                try:
                    await self._run(prefix, words, on_step=on_step, purpose=purpose)
                except BuildError as error:
                    raise self._led_astray(error, road, purpose) from error

    async def _run(
        self, prefix: Sequence[str], words: Sequence[str], *, on_step: Callable[[str], None], purpose: str
    ) -> None:
        process = await asyncio.create_subprocess_exec(
            *("sh", "-c", LIMITED, "sh", *prefix, *words),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self.work,
            env=self._variables(),
            limit=LONGEST_LINE_BYTES,
            start_new_session=True,
        )
        said: list[str] = []
        try:
            async with asyncio.timeout(self.timeout_s):
                code = await self.watch.over(self._ended(process, said, on_step))
        except ExcessError as error:
            raise self._exceeded(error, purpose) from None
        except TimeoutError:
            raise BuildError(f"{purpose}: it took more than {self.timeout_s:.0f} s.", log=self.log) from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            with suppress(OSError), self.log.open("a", encoding="utf-8") as log:
                log.writelines(said)
        if code != 0:
            raise self._failed(purpose, "".join(said))

    async def _ended(self, process: asyncio.subprocess.Process, said: list[str], on_step: Callable[[str], None]) -> int:
        """The exit code, after all that it said."""
        assert process.stdout is not None
        async for line in process.stdout:
            said.append(self._without_secrets(line.decode(errors="replace")))
            if what := self.watch.hear(said[-1]):
                on_step(f"Downloading {what}.")
        return await process.wait()

    def _exceeded(self, error: ExcessError, purpose: str) -> BuildError:
        message = f"{purpose}: {error}."
        if error.is_own:
            return TooLargeError(message, log=self.log, hint=SMALLER)
        return BuildError(message, log=self.log, hint=FREE_SPACE)

    def _failed(self, purpose: str, said: str) -> BuildError:
        if SAYS_NO_SPACE.search(said):
            return BuildError(f"{purpose}: {NO_SPACE}.", log=self.log, hint=FREE_SPACE)
        if SANDBOX in said:
            return BuildError(f"{purpose}: the sandbox for uv does not work here.", log=self.log, hint=SEE_LOG)
        *_, last = CAUSE.split(said.strip())
        cause = " ".join(last.split())[:CAUSE_BYTES].rstrip(".") or "uv said nothing"
        return BuildError(f"{purpose}: {cause}.", log=self.log, hint="Correct its requirements and log it again.")

    def _led_astray(self, error: BuildError, road: Road, purpose: str) -> BuildError:
        if not road.refused:
            return error
        host = road.refused[0]
        return BuildError(
            f"{purpose}: the index leads to {host}, from where nothing may be fetched.",
            log=self.log,
            hint=f"If it belongs to the index, the hub's operator names it: {HOSTS}={host}",
        )

    def _without_secrets(self, line: str) -> str:
        return line.replace(self.index.url, self.index.shown)

    def _prepare(self) -> None:
        """The folders, given to the user that uv runs as."""
        for folder in (self.work / "home", self.work / "tmp", self.cache):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._give(str(self.work))
        self._give(str(self.cache), is_deep=False)

    def _give(self, folder: str, *, is_deep: bool = True) -> None:
        """Let a folder, and all that is in it, belong to the user that uv runs as."""
        uid = self._uid()
        if uid is None:
            return
        os.chown(folder, uid, uid)
        for inner, folders, names in os.walk(folder) if is_deep else ():
            for name in (*folders, *names):
                os.chown(Path(inner, name), uid, uid, follow_symlinks=False)

    def _road(self) -> dict[str, str]:
        """How the network is reached; a certificate of the company's own is copied to where uv sees it."""
        road = dict(self.index.road)
        if authority := road.get(CERTIFICATES):
            copied = self.work / "authorities.pem"
            shutil.copyfile(authority, copied)
            copied.chmod(0o644)
            road[CERTIFICATES] = str(copied)
        return road

    def _uid(self) -> int | None:
        return sandbox.uid_for(self.cache, hub_uid=os.getuid()) if self.level is Level.SANDBOX else None

    def _prefix(self, *writable: Path) -> tuple[str, ...]:
        """The sandbox, in which there is no network."""
        if self.level is not Level.SANDBOX:
            return ()
        readable = (self.program.parent, *([self.index.folder] if self.index.folder else []))
        return sandbox.argv_prefix(Plan(Network.NONE, readable, (self.work, self.cache, *writable), self._uid()))

    def _variables(self) -> dict[str, str]:
        home, temporary = str(self.work / "home"), str(self.work / "tmp")
        return {
            **self._road(),
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": home,
            "TMPDIR": temporary,
            "UV_NO_CONFIG": "1",
            "UV_CACHE_DIR": str(self.cache),
            "UV_DEFAULT_INDEX": self.index.url,
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_NO_PROGRESS": "1",
        }
