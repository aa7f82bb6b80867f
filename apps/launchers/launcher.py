"""The launcher: the seam between deciding that an app must run and making it run somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from vitrina.apps.levels import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from vitrina.apps.life import Address
    from vitrina.apps.spec import AppSpec


@dataclass(frozen=True)
class Exit:
    """How a process ended: by itself with `code`, or by `signal`; both are None when that cannot be known.

    `is_with_nursery`: not the app is to blame; the process that it was forked from, and had to end with, ended.
    """

    code: int | None = None
    signal: int | None = None
    is_with_nursery: bool = False


@dataclass(frozen=True)
class Draining:
    """That an instance takes nobody new, why (one line for people), and until when (UTC) who is inside may stay.

    `inside` names the sessions that are.
    """

    reason: str
    until: datetime
    inside: tuple[str, ...] = ()


class Launched(Protocol):
    """One instance of one app. It belongs to whoever launched or adopted it, who awaits `stop` in the end.

    Or who leaves it to the next supervisor: by closing the launcher without having stopped it.
    """

    @property
    def address(self) -> Address:
        """Where it serves, on this machine or another; open for requests once `ready` has returned."""
        ...

    @property
    def pid(self) -> int | None:
        """The app's process on this machine; None until it is known, and for good when it runs elsewhere."""
        ...

    async def ready(self, on_step: Callable[[str], None]) -> None:
        """Return once the app's server has answered a GET of its health path at `address`.

        Before that, `on_step` gets one line for people at each step reached. Raises StartError when the app failed,
        or ended, before. Never gives up by time: the caller sets the limit. May be cancelled. Asked again, also of an
        adopted one, it asks the health path anew.
        """
        ...

    async def rehearse(self) -> None:
        """After `ready`: return once the app's code has run as it does for a person who comes.

        At once where it ran before the app was served. Raises StartError when the code failed. Never gives up by time.
        """
        ...

    def drains(self, how: Draining) -> None:
        """It drains from now on. Whoever adopts it is told so, where anybody can."""
        ...

    async def ended(self) -> Exit:
        """Wait for the end of the app's own process. May be awaited by several, also after the end."""
        ...

    async def memory_bytes(self) -> int | None:
        """The memory of everything that it started, shared pages counted in parts (PSS); None when nobody knows."""
        ...

    async def stop(self, *, grace_s: float) -> None:
        """Ask it to end, after `grace_s` seconds make it end, and return when nothing is left of it.

        Nothing: no process that it started, no socket, no private folder; the log stays. Calling it again is harmless.
        """
        ...


@dataclass(frozen=True)
class Adopted:
    """An instance that an earlier supervisor of the same hub had launched, and that runs on.

    `key`, `ref`, `bundle_digest`, `origin`, `prefix` and `network` are the spec's that it was launched with, `number`
    the instance's; `started_at` (UTC) is when it was launched, all as noted then. `is_serving` says whether its server
    was there, by its own word. `born` is when its process `launched.pid` began, in clock ticks since boot
    (`apps.births.born`), noted then too: whoever takes it over compares it with that of the process which has the pid
    now. None when it runs elsewhere; the launcher then vouches for it being the same.
    `draining` is what it was told last of that (None: it takes newcomers).
    """

    key: str
    number: int
    ref: str
    bundle_digest: str
    origin: str
    started_at: datetime
    born: int | None
    launched: Launched
    prefix: str = ""
    network: Network = Network.NONE
    is_serving: bool = True
    draining: Draining | None = None


class Launcher(Protocol):
    """Starts apps, on this machine or another. All verbs are called from one event loop; many starts may be under way.

    An app that was launched gets the bundle as a private writable folder, `spec.served` as VITRINA_SERVED (readable,
    never writable), and nothing of the hub's environment, tokens or database. It does not outlive the hub (its parent
    process; a launcher for another machine: the hub's lease), even when that one is killed.
    """

    async def adopt(self) -> Sequence[Adopted]:
        """The instances that an earlier supervisor left running, each once; the caller stops those it does not want.

        Called once, before the first `launch`; empty where none can be left. Among them may be some that were just
        starting. What is left and cannot be reported (nobody knows what it is) is ended by the launcher.
        """
        ...

    async def launch(self, spec: AppSpec, *, number: int) -> Launched:
        """Begin the start of instance `number` (1 or more) of this key; return without waiting for the app.

        No two instances of a key have the same number at a time. Raises StartError when it cannot even begin.
        """
        ...

    def log(self, key: str, *, number: int) -> Path | None:
        """Where the output of this instance is kept; None when it is not a file of this machine.

        The next instance of the same key and number writes on in the same place.
        """
        ...

    async def log_tail(self, key: str, *, number: int, lines: int) -> list[str]:
        """The newest `lines` lines that this instance and its forerunners wrote, oldest first; also after its end."""
        ...

    async def close(self) -> None:
        """Give back what the launcher itself holds. Called last; ends no instance that was left running on purpose."""
        ...
