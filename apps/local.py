"""Running an app outside the hub, while it is being written: `vitrina app run FILE --model REF`."""

from __future__ import annotations

import errno
import os
import signal
import socket
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps import failures
from vitrina.apps.errors import AppError, StartError
from vitrina.apps.frameworks import registry
from vitrina.apps.job import Step
from vitrina.apps.served import VARIABLE
from vitrina.apps.stage import Stage
from vitrina.store import bundles, frameworks
from vitrina.store.errors import VitrinaError

if TYPE_CHECKING:
    from collections.abc import Callable

LISTEN_BACKLOG = 128


class PortError(AppError):
    """A port cannot be listened on."""


def _print_at_once(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what it is for: the person who runs the app reads it


def run_local(
    path: Path | str,
    *,
    served: Path | None,
    port: int,
    host: str = "127.0.0.1",
    framework: str | None = None,
    entry: str | None = None,
    announce: Callable[[str], None] = _print_at_once,
) -> None:
    """Run an app's file or folder in place and in this process, unchanged, until Ctrl-C (or SIGTERM).

    `served` is a folder that `write_served` made (None: the app gets no version); `port` 0 takes any that is free.
    `announce` gets one line with the address. The process is the app's from then on: its working directory, environment
    and main module change. Raises PortError, StartError (after the traceback) and what `bundles.pack` raises.
    """
    root, main = _whole(Path(path).resolve(), entry)
    adapter = registry.load(framework or frameworks.detect(root, main))
    script = root / main
    with _listener(host, port) as listener, tempfile.TemporaryDirectory(prefix="vitrina-app-") as scratch:
        origin = f"http://{host}:{listener.getsockname()[1]}"
        os.environ.update(adapter.environ(origin=origin, scratch=Path(scratch)))
        if served:
            os.environ[VARIABLE] = str(served.resolve())
        os.chdir(script.parent)

        def is_served(_health: str, _rehearsal: str | None) -> None:
            announce(f"{script.name} is served at {origin} (Ctrl-C ends it)")

        stage = Stage(script, origin, listener, is_served)
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the private folder goes then, too
        try:
            adapter.load()
            adapter.serve(stage)
        except KeyboardInterrupt:
            return
        except VitrinaError:
            raise
        except Exception as error:  # the app's own mistake: its author gets the traceback, then the one line
            traceback.print_exc()
            raise StartError(failures.explain(error, step=Step.RUNNING, folder=root), step=Step.RUNNING) from error


def _whole(path: Path, entry: str | None) -> tuple[Path, str]:
    """The app's folder, and its file in it."""
    if path.is_dir():
        return path, str(bundles.find_entry(path, entry))
    if not path.is_file():
        raise bundles.BundleError(f"There is no file or folder {path}.", hint="Give the path of the app's source.")
    return path.parent, path.name


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(LISTEN_BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        hint = "Stop what listens there, or take another: --port N" if error.errno == errno.EADDRINUSE else None
        raise PortError(f"Port {port} of {host} cannot be used: {error.strerror}.", hint=hint) from error
    return listener
