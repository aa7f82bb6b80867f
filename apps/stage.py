"""The stage of one app: its file, where it runs, and the socket on which it will be served."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Stage:
    """What a framework is given for one app.

    `script` is the app's file (absolute), `origin` where people see the app; the working directory is already the
    app's. `prefix` is the path of `origin` below which the app lies, without a slash at the end; empty: at its root.
    Requests come with it. `listener` is bound and listens, so that nobody who connects is refused while the app is
    still loading.
    """

    script: Path
    origin: str
    listener: socket.socket
    on_listen: Callable[[str, str | None], None]
    prefix: str = ""

    @property
    def hosts(self) -> list[str]:
        """Host and port as browsers send them, such as `label.localhost:8401`; on loopback by either of its names."""
        url = urlsplit(self.origin)
        names = ("127.0.0.1", "localhost") if url.hostname == "127.0.0.1" else (url.hostname,)
        return [f"{name}:{url.port}" if url.port else f"{name}" for name in names]

    @property
    def origins(self) -> list[str]:
        """The origins of these hosts."""
        return [f"{urlsplit(self.origin).scheme}://{host}" for host in self.hosts]

    def run(self) -> dict[str, Any]:
        """Run the script as the program's main module, as `python script` does; returns its names.

        One that lies in a package is run as a part of it, as `python -m package.script` does, so that it may import
        what lies beside it by `from .other import`.

        It stays `sys.modules["__main__"]`: apps unpickle by that name, and Dash and Flask find their folders by it.
        """
        loader = SourceFileLoader("__main__", str(self.script))
        code = loader.source_to_code(loader.get_data(str(self.script)), str(self.script))
        module = ModuleType("__main__")
        module.__dict__.update(__file__=str(self.script), __builtins__=__builtins__, __loader__=loader, __spec__=None)
        if package := _package(self.script):
            module.__package__ = package
        self.find_modules()
        sys.modules["__main__"] = module
        exec(code, module.__dict__)  # noqa: S102 - running the app's file is what this is for
        return module.__dict__

    def find_modules(self) -> None:
        """Let the script's modules be found where its author has them: beside it, in the folder that it is run in, and
        from above the package that it lies in."""
        sys.argv = [str(self.script)]
        package = _package(self.script)
        above = [str(self.script.parents[package.count(".") + 1])] if package else []
        sys.path[:0] = [*above, str(self.script.parent)]
        if (here := os.getcwd()) not in sys.path:  # noqa: PTH109 - a link stays what it is
            sys.path.append(here)

    def listen(self, health: str, *, rehearsal: str | None = None) -> socket.socket:
        """The app is there: the socket to serve it on. A GET of the path `health` will show when it is served.

        `rehearsal` is a path whose GET runs the app's code as for a person who comes, and answers 200 when that went
        well (None: its code has run before it is served).
        """
        self.on_listen(health, rehearsal)
        return self.listener


def _package(script: Path) -> str:
    """The package that a script lies in, by its dotted name; empty: none."""
    names: list[str] = []
    folder = script.parent
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        names.insert(0, folder.name)
        folder = folder.parent
    return ".".join(names)
