"""The environments of a hub: which Python an app starts in, built when nothing that is there will do.

    needs ──▶ the hub's own has them ──▶ that one
       └────▶ wish ──(resolved once)──▶ lock ──(built once)──▶ environment, shared by all apps with this lock

A wish is what an app asks for on this Python and index; what it was resolved to is kept, so that an app has the same
libraries in two years. Apps only read environments; each is looked over when it is first used, and again when an app in
it did not start (`doubt`). All together take no more disk than the operator allows: those that were unused for longest
make room for new ones.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import platform
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO

from vitrina.apps.environments import installed, runner
from vitrina.apps.environments.index import Index
from vitrina.apps.environments.room import ALL, Room, Watch, shown
from vitrina.apps.environments.shelf import Kept, Shelf, libraries
from vitrina.apps.environments.uv import BuildError, TooLargeError, Uv, find_uv
from vitrina.apps.errors import AppError
from vitrina.apps.interpreter import OWN, Interpreter
from vitrina.apps.levels import Level
from vitrina.store import requirements as requirements_of
from vitrina.store.frameworks import ENTRY_POINTS

FORMAT = 1
"""Of how environments are built; another one makes all of them anew."""

KEY_DIGITS = 32
TURN_S = 0.1
"""How often somebody who waits for another process's build looks again."""

BUILDS_AT_ONCE = 2
"""Fifty apps may be opened at once: those that run need the machine more."""

SERVERS = {
    "streamlit": ("streamlit", "uvicorn", "websockets"),
    "gradio": ("gradio", "uvicorn", "websockets"),
    "dash": ("dash", "waitress"),
    "panel": ("panel",),
    "shiny": ("shiny", "uvicorn", "websockets"),
    "marimo": ("marimo", "uvicorn", "websockets"),
    "asgi": ("starlette", "uvicorn", "websockets"),
    "wsgi": ("waitress",),
    "static": ("starlette", "uvicorn"),
}
"""What serving an app of a framework takes, whether the app names it or not."""

UNUSED_S = 30 * 24 * 3600.0

OnStep = Callable[[str], None]

Timing = Callable[[str], AbstractContextManager[None]]
"""Is held while libraries are looked up (`resolve`) or installed (`install`)."""


def untimed(_: str) -> AbstractContextManager[None]:
    """Nobody wants to know."""
    return nullcontext()


class PythonError(AppError):
    """An app needs another Python than the hub has."""


@dataclass(frozen=True, slots=True)
class _Wish:
    lines: tuple[str, ...]
    name: str


class Environments:
    """Environments below one folder. Lives in one event loop; other hubs may use the folder too."""

    def __init__(
        self,
        folder: Path,
        *,
        index: Index,
        level: Level = Level.PROCESS,
        room: Room = Room(),  # noqa: B008  it is frozen
        python: Path = Path(sys.executable),
        clock: Callable[[], float] = time.time,
        timing: Timing = untimed,
    ) -> None:
        self.shelf = Shelf(folder.resolve())
        self._index, self._level, self._python, self._clock = index, level, python, clock
        self._room, self._timing = room, timing
        self._builds = asyncio.Semaphore(BUILDS_AT_ONCE)
        self._turns: dict[str, asyncio.Lock] = {}
        self._held: dict[str, IO[str]] = {}
        self._doubted: set[str] = set()
        self._looked_over: set[str] = set()
        self._too_large: dict[str, TooLargeError] = {}

    async def prepare(self, requirements: str, *, framework: str, on_step: OnStep = lambda _: None) -> Interpreter:
        """The Python for an app with these requirements (text), its environment built if it has to be; `on_step` gets
        lines for people meanwhile. May be cancelled.

        Raises BuildError with the reason, PythonError, RequirementsError, MissingExtraError without uv.
        """
        needs = requirements_of.parse(requirements)
        if not needs.lines and not needs.python:
            return OWN
        if await asyncio.to_thread(installed.lacking, needs) is None:
            return OWN
        if why := installed.wrong_python(needs):
            raise PythonError(why, hint="Run the hub on such a Python, or ask for another one in the app.")
        wish = self._wish(needs.lines, framework)
        await asyncio.to_thread(self.shelf.prepare)
        try:
            key = await self._ready(wish, on_step)
            path = await asyncio.to_thread(runner.place, self.shelf.folder / "runner")
        except OSError as error:
            message = f"Its environment cannot be kept: {error.strerror or error}."
            raise BuildError(message, log=self.shelf.log(wish.name), hint="Look at the disk of the hub.") from error
        return Interpreter(self.shelf.environment(key) / "bin" / "python", (path,), key)

    async def releases(self, requirements: str, *, framework: str, on_step: OnStep = lambda _: None) -> list[str]:
        """What an app with these requirements would get if it asked for the first time now: `name==version` of each
        library. Nothing is installed, and nothing is kept. Raises BuildError, MissingExtraError without uv."""
        wish = self._wish(requirements_of.parse(requirements).lines, framework)
        await asyncio.to_thread(self.shelf.prepare)
        async with self._place(on_step):
            on_step("Asking the index for releases.")
            with self._uv(wish, self._room.one_bytes) as uv:
                return libraries(await uv.resolve(wish.lines, on_step=on_step))

    def doubt(self, key: str) -> None:
        """An app in this environment did not start: look at all of its content before it is used again."""
        self._doubted.add(key)

    def list(self) -> list[Kept]:
        """All environments, those used last first."""
        return self.shelf.list()

    async def collect(self, *, unused_for_s: float = UNUSED_S) -> list[Kept]:
        """Remove what no app was started in for so long, and none runs in, and what is beyond the room that all have;
        gives those removed."""
        self.close()  # what was taken lately is not old, and where an app runs is seen
        if not self.shelf.folder.is_dir():
            return []
        await asyncio.to_thread(self.shelf.prepare)
        await asyncio.to_thread(self.shelf.clear_caches)
        old = await asyncio.to_thread(self.shelf.collect, unused_for_s=unused_for_s, now=self._clock())
        return [*old, *await self._shrink()]

    def close(self) -> None:
        """Let others collect what this one used."""
        self._looked_over.clear()
        while self._held:
            self._held.popitem()[1].close()

    def _hold(self, key: str) -> None:
        """Take it again each time: that also says when it was used last."""
        before, self._held[key] = self._held.get(key), self.shelf.hold(key)
        if before:
            before.close()

    def _wish(self, lines: tuple[str, ...], framework: str) -> _Wish:
        whole = (*lines, *_serving(framework, lines))
        told = json.dumps([FORMAT, sorted(whole), _machine(), self._index.shown])
        return _Wish(whole, hashlib.sha256(told.encode()).hexdigest()[:KEY_DIGITS])

    async def _ready(self, wish: _Wish, on_step: OnStep) -> str:
        """The key of a wish's environment, which is there then and whole."""
        lock = self.shelf.lock(wish.name)
        if lock is not None and await self._is_usable(key_of(lock)):
            return key_of(lock)
        async with self._turn(f"wish-{wish.name}", on_step):
            lock = self.shelf.lock(wish.name) or await self._resolve(wish, on_step)
        key = key_of(lock)
        if await self._is_usable(key):
            return key
        async with self._turn(f"build-of-{key}", on_step):
            if not await self._is_usable(key):  # nobody else built it meanwhile
                await self._build(wish, lock, on_step)
        return key

    async def _is_usable(self, key: str) -> bool:
        if not self.shelf.environment(key).is_dir():
            return False
        self._hold(key)  # first: from now on nobody collects it
        if key in self._looked_over and key not in self._doubted:
            return True
        is_whole = await asyncio.to_thread(self.shelf.is_whole, key, thoroughly=key in self._doubted)
        if is_whole:
            self._doubted.discard(key)
            self._looked_over.add(key)
        return is_whole

    async def _resolve(self, wish: _Wish, on_step: OnStep) -> str:
        async with self._place(on_step):
            on_step("Finding out which libraries it needs.")
            with self._timing("resolve"), self._uv(wish, self._room.one_bytes) as uv:
                lock = await uv.resolve(wish.lines, on_step=on_step)
        self.shelf.keep_lock(wish.name, lock)
        return lock

    async def _build(self, wish: _Wish, lock: str, on_step: OnStep) -> None:
        key = key_of(lock)
        if key in self._too_large:
            raise self._too_large[key].with_traceback(None)
        async with self._place(on_step):
            limit_bytes = await asyncio.to_thread(self._room_for_one, wish)
            on_step(f"Installing {len(libraries(lock))} libraries: the first time only.")
            try:
                with self._timing("install"), self._uv(wish, limit_bytes) as uv:
                    made = await uv.install(lock, on_step=on_step)
                    self._hold(key)
                    await asyncio.to_thread(self.shelf.put, key, made, lock=lock)
            except BuildError as error:
                await asyncio.to_thread(self.shelf.clear_caches)
                if isinstance(error, TooLargeError) and limit_bytes == self._room.one_bytes:
                    self._too_large[key] = error
                raise
        self._doubted.discard(key)
        self._looked_over.add(key)
        if await asyncio.to_thread(self.shelf.size_bytes) > self._room.all_bytes:
            await self._shrink()

    def _room_for_one(self, wish: _Wish) -> int:
        """How many bytes one more may take. Raises BuildError when those in use leave none."""
        used_bytes = sum(kept.size_bytes for kept in self.shelf.in_use(now=self._clock()))
        if used_bytes >= self._room.all_bytes:
            most = shown(self._room.all_bytes)
            message = f"There is no room for its environment: all may take {most}, and those in use take that."
            raise BuildError(message, log=self.shelf.log(wish.name), hint=f"The hub's operator may allow more: {ALL}")
        return min(self._room.one_bytes, self._room.all_bytes - used_bytes)

    async def _shrink(self) -> list[Kept]:
        self.close()  # what was taken lately is seen, and where an app runs too
        return await asyncio.to_thread(self.shelf.shrink, to_bytes=self._room.all_bytes, now=self._clock())

    @asynccontextmanager
    async def _place(self, on_step: OnStep) -> AsyncGenerator[None]:
        """One of the few builds at a time."""
        if self._builds.locked():
            on_step("Waiting until environments of other apps are built.")
        async with self._builds:
            yield

    def _uv(self, wish: _Wish, limit_bytes: int) -> _Workplace:
        log = self.shelf.log(wish.name)
        return _Workplace(self.shelf, self._index, self._python, self._level, log, limit_bytes)

    @asynccontextmanager
    async def _turn(self, name: str, on_step: OnStep) -> AsyncGenerator[None]:
        """One at a time, among tasks and among processes. Waiting may be cancelled."""
        async with self._turns.setdefault(name, asyncio.Lock()):
            while (turn := self.shelf.take_turn(name)) is None:
                on_step("Waiting for its environment, which another hub builds.")
                await asyncio.sleep(TURN_S)
            with turn:
                yield


class _Workplace:
    """uv in a private folder that is gone afterwards."""

    def __init__(self, shelf: Shelf, index: Index, python: Path, level: Level, log: Path, limit_bytes: int) -> None:
        self._shelf, self._index, self._python, self._level, self._log = shelf, index, python, level, log
        self._limit_bytes = limit_bytes
        self._stack = ExitStack()

    def __enter__(self) -> Uv:
        work = self._stack.enter_context(self._shelf.workplace())
        self._log.write_text("", encoding="utf-8")
        cache = self._shelf.folder / "work" / f"cache-{self._level.value}"  # each belongs to another user
        watch = Watch(self._limit_bytes, work=work, cache=cache)
        return Uv(find_uv(), self._index, self._python, work, cache, self._log, watch, self._level)

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def key_of(lock: str) -> str:
    """The name of the environment that a lock makes on this machine's Python."""
    return hashlib.sha256(json.dumps([FORMAT, lock, _machine()]).encode()).hexdigest()[:KEY_DIGITS]


def _machine() -> list[str]:
    return [platform.python_implementation(), platform.python_version(), sys.platform, platform.machine()]


def _serving(framework: str, lines: tuple[str, ...]) -> list[str]:
    """What serving takes beyond what an app names, in the releases that Vitrina is made for."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    named = {canonicalize_name(Requirement(line).name) for line in lines}
    wanted = SERVERS.get(framework) or _of_another_package(framework)
    known = [Requirement(line) for line in metadata.requires("vitrina") or () if "extra" in line]
    ranges = {canonicalize_name(one.name): f"{one.name}{one.specifier}" for one in known}
    return [ranges.get(canonicalize_name(name), name) for name in wanted if canonicalize_name(name) not in named]


def _of_another_package(framework: str) -> tuple[str, ...]:
    points = metadata.entry_points(group=ENTRY_POINTS, name=framework)
    return tuple({point.dist.name for point in points if point.dist is not None})
