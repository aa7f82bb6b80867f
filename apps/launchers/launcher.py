"""The launcher: the seam between deciding that an app must run and making it run somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vitrina.apps.life import Address
    from vitrina.apps.spec import AppSpec


@dataclass(frozen=True)
class Exit:
    """How a process ended: by itself with `code`, or by `signal`; both are None when that cannot be known."""

    code: int | None = None
    signal: int | None = None


class Launched(Protocol):
    """One start of one app. It belongs to whoever launched it, who must await `stop` in the end, whatever happened."""

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
        or ended, before. Never gives up by time: the caller sets the limit. May be cancelled.
        """
        ...

    async def rehearse(self) -> None:
        """After `ready`: return once the app's code has run as it does for a person who comes.

        At once where it ran before the app was served. Raises StartError when the code failed. Never gives up by time.
        """
        ...

    async def ended(self) -> Exit:
        """Wait for the end of the app's own process. May be awaited by several, also after the end."""
        ...

    async def stop(self, *, grace_s: float) -> None:
        """Ask it to end, after `grace_s` seconds make it end, and return when nothing is left of it.

        Nothing: no process that it started, no socket, no private folder; the log stays. Calling it again is harmless.
        """
        ...


class Launcher(Protocol):
    """Starts apps. All verbs are called from one event loop; several starts may be under way at once.

    An app that was launched gets the bundle as a private writable folder, `spec.served` as VITRINA_SERVED (readable,
    never writable), and nothing of the hub's environment, tokens or database. It does not outlive the launcher's
    process, even when that one is killed.
    """

    async def launch(self, spec: AppSpec) -> Launched:
        """Begin a start; return without waiting for the app. Raises StartError when it cannot even begin."""
        ...

    def log(self, key: str) -> Path | None:
        """Where the output of this key's instances is kept; None when it is not a file of this machine."""
        ...

    async def log_tail(self, key: str, *, lines: int) -> list[str]:
        """The newest `lines` lines that instances of this key wrote, oldest first; also after their end."""
        ...

    async def close(self) -> None:
        """Give back what the launcher itself holds. Called last, when every Launched was stopped."""
        ...
