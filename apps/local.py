"""Running an app outside the hub and in place, among its author's files (see also `vitrina.apps.develop`)."""

from __future__ import annotations

import errno
import os
import signal
import socket
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps import failures
from vitrina.apps.develop.source import Source
from vitrina.apps.errors import AppError, StartError
from vitrina.apps.frameworks import registry
from vitrina.apps.job import Step
from vitrina.apps.served import OF_PRODUCTION, VARIABLE
from vitrina.apps.stage import Stage
from vitrina.store.errors import VitrinaError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LISTEN_BACKLOG = 128


class PortError(AppError):
    """A port cannot be listened on."""


def _print_at_once(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what it is for: the person who runs the app reads it


@dataclass(frozen=True)
class InPlace:
    """An app among its author's files. All paths are absolute.

    `root` is its folder, whose lines are named in errors, `script` its file, `cwd` where it runs; `origin` is where
    people see it, `scratch` a private folder for what its framework keeps; `served` its version's files (None: it has
    no version), `production` those of the version in production (None: there is no other one).
    """

    framework: str
    root: Path
    script: Path
    cwd: Path
    origin: str
    scratch: Path
    served: Path | None
    production: Path | None


def run_local(
    path: Path | str,
    *,
    served: Path | None,
    port: int,
    production: Path | None = None,
    host: str = "127.0.0.1",
    framework: str | None = None,
    entry: str | None = None,
    cwd: str | None = None,
    include: Sequence[str] = (),
    command: str | None = None,
    announce: Callable[[str], None] = _print_at_once,
) -> None:
    """Run an app's file or folder in place and in this process, unchanged, until Ctrl-C (or SIGTERM).

    `served` is a folder that `write_served` made (None: the app gets no version), `production` that of the version in
    production, if it is another one; `port` 0 takes any that is free; the rest as for `bundles.pack`. `announce` gets
    one line with the address. The process is the app's from then on: its working directory, environment and main
    module change. Raises PortError, StartError (after the traceback) and what `bundles.pack` raises.
    """
    source = Source(Path(path), entry, cwd, framework, include, command)
    with listener(host, port) as bound, tempfile.TemporaryDirectory(prefix="vitrina-app-") as scratch:
        origin = f"http://{host}:{bound.getsockname()[1]}"
        place = in_place(source, origin=origin, scratch=Path(scratch), served=served, production=production)

        def is_served(_health: str, _rehearsal: str | None) -> None:
            announce(f"{place.script.name} is served at {origin} (Ctrl-C ends it)")

        signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the private folder goes then, too
        try:
            perform(place, bound, is_served)
        except KeyboardInterrupt:
            return
        except VitrinaError:
            raise
        except Exception as error:  # the app's own mistake: its author gets the traceback, then the one line
            traceback.print_exc()
            raise StartError(
                failures.explain(error, step=Step.RUNNING, folder=place.root), step=Step.RUNNING
            ) from error


def in_place(
    source: Source, *, origin: str, scratch: Path, served: Path | None, production: Path | None = None
) -> InPlace:
    """Where and what a source is now. Raises BundleError, DetectionError, UnknownFrameworkError."""
    wanted, framework = source.meant(), source.kind()
    script = wanted.root / wanted.entry
    if wanted.made is not None:  # a command line, which is no file of its author's
        script = scratch / wanted.entry
        script.write_bytes(wanted.made)
    whole, beside = (folder.resolve() if folder else None for folder in (served, production))
    return InPlace(framework, wanted.root, script, wanted.root / wanted.cwd, origin, scratch, whole, beside)


def perform(place: InPlace, bound: socket.socket, on_listen: Callable[[str, str | None], None]) -> None:
    """Be this app in this process, served on a socket that listens, until the process is told to end."""
    adapter = registry.load(place.framework)
    os.environ.update(adapter.environ(origin=place.origin, scratch=place.scratch))
    if place.served:
        os.environ[VARIABLE] = str(place.served)
    if place.production:
        os.environ[OF_PRODUCTION] = str(place.production)
    os.chdir(place.cwd)
    adapter.load()
    adapter.serve(Stage(place.script, place.origin, bound, on_listen))


def listener(host: str, port: int) -> socket.socket:
    """A socket that listens on a port (0: any that is free). Raises PortError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(LISTEN_BACKLOG)
        bound.setblocking(False)
    except OSError as error:
        bound.close()
        hint = "Stop what listens there, or take another: --port N" if error.errno == errno.EADDRINUSE else None
        raise PortError(f"Port {port} of {host} cannot be used: {error.strerror}.", hint=hint) from error
    return bound
