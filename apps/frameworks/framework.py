"""The framework: the seam between Vitrina and a library in which people write apps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from vitrina.apps.errors import AppError

if TYPE_CHECKING:
    from pathlib import Path

    from vitrina.apps.stage import Stage
    from vitrina.store.frameworks import Signs


class NoAppError(AppError):
    """An app's file was run to its end, and made nothing that could be served."""


class Framework(Protocol):
    """Serves apps of one library, unchanged, on a socket that is given.

    The verbs are called in this order, once, in the main thread of a process that serves one app and nothing else:
    `environ`, `load`, `settle`, `serve`. A nursery calls `load` and `warm` once, and each of its forks goes on with
    `limber` (where it has to wait for its app), `environ`, `settle` and `serve`. Making the object and asking for
    `name` and `signs` must not import the library.
    """

    @property
    def name(self) -> str:
        """The name in commands, tables and the registry."""
        ...

    @property
    def signs(self) -> Signs:
        """How its apps are known."""
        ...

    def environ(self, *, origin: str, scratch: Path) -> Mapping[str, str]:
        """The environment variables that must be set before the library is imported.

        They keep the library from writing outside `scratch` (a private folder), from asking other hosts, and from
        opening a browser. `origin` is where people see the app, such as `http://label.localhost:8401`.
        """
        ...

    def load(self) -> None:
        """Import the library and what serving needs, and nothing of the app: a nursery does this before it forks.

        Raises MissingExtraError when it is not installed.
        """
        ...

    def warm(self) -> None:
        """Import and compute beforehand, after `load`, what the library only does when the first app is served.

        Here a nursery's forks begin: no thread, event loop, socket or open file may stay, and nothing that one app
        must not share with another.
        """
        ...

    def limber(self) -> None:
        """In the app's own process, while nobody waits: go once through what the start of any app goes through.

        It costs no app memory that its start would not take. Nothing of it may be seen by the app.
        """
        ...

    def settle(self, *, scratch: Path) -> None:
        """Put right what the library keeps from its import about where it is: `environ` is set to the app's own now."""
        ...

    def serve(self, stage: Stage) -> None:
        """Run the app's file and serve what it made, until the process is told to end (SIGTERM, SIGINT).

        The file runs as if it were started directly: `stage.run()`, or the library's own way of running a script.
        The server listens on the socket that `stage.listen(health)` gives, asked for exactly once, as soon as the app
        is there; `health` is the path whose GET answers 200 when the app is served. A call in the file that starts a
        server and blocks (`demo.launch()`) serves there and then, so that what stands behind it runs when it would.

        Raises NoAppError when the file made nothing to serve; what the file itself raises passes through.
        """
        ...
