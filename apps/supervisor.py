"""The supervisor: which apps run, which may start, which have to go.

What is decided is in `life` (pure, a table); here the decisions are carried out. Every app has one `_Life` and, while
it has a process, one task (`_live`) that alone sees it from starting to its end. Everything happens in one event loop.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vitrina.apps import endings
from vitrina.apps.errors import AppError, StartError, UnknownAppError
from vitrina.apps.life import Backoff, Event, Instance, Place, State, advance, is_idle, may_start, may_stop

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from vitrina.apps.launchers.launcher import Launched, Launcher
    from vitrina.apps.spec import AppSpec

log = logging.getLogger(__name__)

SWEEPS_PER_IDLE_TIME = 10
"""An idle app is stopped at most a tenth of the idle time late."""


@dataclass(frozen=True)
class SupervisorSettings:
    """The times of an app's life, in seconds.

    An app without people for `idle_s` is stopped; one that is not ready after `start_timeout_s` is ended; one that was
    asked to stop and is still there after `stop_timeout_s` is killed.
    """

    idle_s: float = 900.0
    start_timeout_s: float = 60.0
    stop_timeout_s: float = 5.0
    backoff: Backoff = field(default_factory=Backoff)


@dataclass
class _Life:
    spec: AppSpec
    instance: Instance
    launched: Launched | None = None
    task: asyncio.Task[None] | None = None
    is_wanted_again: bool = False
    """Somebody opened it while it was draining."""
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while nothing is under way: ready, crashed or stopped."""


def _now() -> datetime:
    return datetime.now(UTC)


class Supervisor:
    """Starts apps when they are opened and stops them when nobody uses them any more.

    `on_change` is called in the event loop with every new snapshot (each move, each step of a start), and must return
    quickly. Make it, use it and close it in one event loop, run by the main thread (a launcher may need that).
    """

    def __init__(
        self,
        launcher: Launcher,
        *,
        settings: SupervisorSettings | None = None,
        clock: Callable[[], datetime] = _now,
        on_change: Callable[[Instance], None] | None = None,
    ) -> None:
        self.settings = settings or SupervisorSettings()
        self._launcher = launcher
        self._clock = clock
        self._on_change = on_change
        self._lives: dict[str, _Life] = {}
        self._is_closed = False

    async def open(self, spec: AppSpec) -> Instance:
        """Somebody wants this app: start it unless it runs, and return at once with the current snapshot.

        A hundred calls start one process. A crashed app starts again only when its `retry_at` has passed, an app that
        is draining when it has ended. Raises AppError when the supervisor was closed.
        """
        if self._is_closed:
            raise AppError("The hub is stopping: no app can be opened any more.", hint="Try again in a moment.")
        now = self._clock()
        life = self._lives.get(spec.key) or self._born(spec, now)
        life.instance = replace(life.instance, last_used_at=now)
        if life.instance.state is State.DRAINING:
            life.is_wanted_again = True
        elif may_start(life.instance, now):
            life.spec = spec
            self._start(life)
        return life.instance

    async def wait_ready(self, key: str, *, timeout_s: float) -> Instance:
        """Wait until nothing is under way, at most `timeout_s` seconds, and return the snapshot as it is then.

        The caller looks at its state: ready, crashed, stopped, or still starting when the time was over. Raises
        UnknownAppError for a key that was never opened.
        """
        life = self._life(key)
        try:
            async with asyncio.timeout(timeout_s):
                await life.settled.wait()
        except TimeoutError:
            pass
        return life.instance

    async def rehearse(self, key: str, *, timeout_s: float) -> None:
        """Run a ready app's code once as for a person who comes: that it is served does not say that it works.

        Raises StartError when the code fails or has not run after `timeout_s` seconds; the app goes on either way.
        Raises UnknownAppError for a key that was never opened, AppError for an app that is not ready.
        """
        life = self._life(key)
        if life.launched is None or life.instance.state is not State.READY:
            raise AppError(
                f"{life.instance.ref} is {life.instance.state.value}, so it cannot be tried.", hint="Open it."
            )
        try:
            async with asyncio.timeout(timeout_s):
                await life.launched.rehearse()
        except TimeoutError:
            raise StartError(endings.not_rehearsed(timeout_s), hint=endings.SEE_LOG) from None

    @contextmanager
    def using(self, key: str) -> Generator[None]:
        """Hold this for as long as a request or socket that a person caused is open; the app is not idle meanwhile."""
        self._count_use(key, +1)
        try:
            yield
        finally:
            self._count_use(key, -1)

    def get(self, key: str) -> Instance | None:
        """The snapshot of one app; None if it was never opened."""
        life = self._lives.get(key)
        return life.instance if life else None

    def instances(self) -> list[Instance]:
        """The snapshots of all apps that were opened since the supervisor began, by key."""
        return [self._lives[key].instance for key in sorted(self._lives)]

    async def stop(self, key: str, *, reason: str) -> Instance:
        """Stop an app and return when its process is gone; nothing to do for one that has none.

        `reason` is one line for people, such as "Nobody used it for 15 minutes."
        """
        life = self._life(key)
        self._drain(life, reason)
        return await self._gone(life)

    async def log_tail(self, key: str, *, lines: int = 40) -> list[str]:
        """The newest lines that the app wrote, oldest first; also of one that was never opened by this supervisor."""
        return await self._launcher.log_tail(key, number=1, lines=lines)

    async def sweep(self) -> list[Instance]:
        """Stop the apps that nobody has used for the idle time; returns them, stopped."""
        now = self._clock()
        idle_s = self.settings.idle_s
        idle = [life for life in self._lives.values() if is_idle(life.instance, now, idle_s=idle_s)]
        for life in idle:  # all before the first await: nobody can come in between
            self._drain(life, f"Nobody used it for {endings.duration(idle_s)}.")
        return list(await asyncio.gather(*(self._gone(life) for life in idle)))

    async def run(self) -> None:
        """Stop idle apps, until cancelled."""
        while True:
            await asyncio.sleep(self.settings.idle_s / SWEEPS_PER_IDLE_TIME)
            await self.sweep()

    async def close(self) -> None:
        """Stop every app and return when no process is left; nothing can be opened afterwards."""
        self._is_closed = True
        lives = list(self._lives.values())
        for life in lives:
            life.is_wanted_again = False
            self._drain(life, "The hub stopped.")
        await asyncio.gather(*(self._gone(life) for life in lives))
        await self._launcher.close()

    def _life(self, key: str) -> _Life:
        life = self._lives.get(key)
        if life is None:
            raise UnknownAppError(key)
        return life

    def _born(self, spec: AppSpec, now: datetime) -> _Life:
        instance = Instance(
            key=spec.key,
            ref=spec.ref,
            state=State.COLD,
            reason="",
            address=None,
            pid=None,
            started_at=None,
            changed_at=now,
            last_used_at=now,
            log=self._launcher.log(spec.key, number=1),
        )
        return self._lives.setdefault(spec.key, _Life(spec, instance))

    def _count_use(self, key: str, change: int) -> None:
        life = self._life(key)
        life.instance = replace(life.instance, uses=life.instance.uses + change, last_used_at=self._clock())

    def _drain(self, life: _Life, reason: str) -> None:
        if may_stop(life.instance):
            life.settled.clear()
            self._move(life, Event.STOP, reason=reason)

    async def _gone(self, life: _Life) -> Instance:
        """Make a draining app end; return when it has. One that is not draining is left as it is."""
        if life.instance.state is State.DRAINING:
            if life.launched:
                await life.launched.stop(grace_s=self.settings.stop_timeout_s)
            if life.task:
                await asyncio.shield(life.task)
        return life.instance

    def _start(self, life: _Life) -> None:
        life.is_wanted_again = False
        life.settled.clear()
        self._move(life, Event.OPEN, reason="Starting.")
        life.task = asyncio.create_task(self._live(life), name=f"app {life.spec.key}")

    async def _live(self, life: _Life) -> None:
        reason = await self._until_end(life)
        life.launched = None
        self._move(life, Event.END, reason=life.instance.reason if life.instance.state is State.DRAINING else reason)
        if life.is_wanted_again:
            self._start(life)
        else:
            life.settled.set()

    async def _until_end(self, life: _Life) -> str:
        """Start an app and stay with it to its end; the answer is why it ended, as one line."""
        try:
            launched = life.launched = await self._launcher.launch(life.spec, number=1)
            try:
                return await self._attend(life, launched)
            finally:
                await launched.stop(grace_s=0)
        except AppError as error:
            return str(error)
        except Exception as error:  # a launcher may be anybody's: its mistake must not leave an app "starting" for ever
            log.exception("launcher failed", extra={"action": "launcher_failed", "app": life.spec.key})
            return f"Vitrina could not run it: {type(error).__name__}: {error}"

    async def _attend(self, life: _Life, launched: Launched) -> str:
        if life.instance.state is State.DRAINING:
            return ""
        try:
            async with asyncio.timeout(self.settings.start_timeout_s):
                await launched.ready(lambda step: self._progress(life, step))
        except TimeoutError:
            return endings.not_ready(self.settings.start_timeout_s, life.instance.reason)
        if life.instance.state is State.STARTING:
            self._move(life, Event.ANSWER)
            life.settled.set()
        return endings.ended(await launched.ended())

    def _progress(self, life: _Life, step: str) -> None:
        if life.instance.state is State.STARTING:
            self._move(life, Event.PROGRESS, reason=step)

    def _move(self, life: _Life, event: Event, *, reason: str = "") -> None:
        place = Place(life.launched.address, life.launched.pid) if life.launched else None
        life.instance = after = advance(
            life.instance, event, now=self._clock(), reason=reason, backoff=self.settings.backoff, at=place
        )
        log.info("%s is %s. %s", after.ref, after.state.value, reason, extra={"action": f"app_{after.state.value}"})
        if self._on_change:
            self._on_change(after)
