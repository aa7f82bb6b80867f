"""A trial of an app: started once as the hub would, until its code has run or failed; then nothing is left of it."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from vitrina.apps import relay
from vitrina.apps.errors import StartError
from vitrina.apps.interpreter import OWN, Interpreter
from vitrina.apps.job import Step
from vitrina.apps.launchers.subprocess import SubprocessLauncher
from vitrina.apps.life import Instance, State
from vitrina.apps.spec import AppSpec
from vitrina.apps.supervisor import Supervisor, SupervisorSettings
from vitrina.apps.trial import available
from vitrina.hub import looking
from vitrina.hub.looking import BrowserError, Look
from vitrina.store.bundles import Bundle

KEY = "trial"
BUNDLES = "bundles"
LINES = 20
LOOK_S = 15.0
"""So long a page may take to come to rest."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How a start, and a run of the app's code, went."""

    works: bool
    reason: str
    """Why it does not work, as one line; empty when it does."""

    seconds: float
    """From the start to the first answer, or to the failure."""

    lines: Sequence[str]
    """The last that the app wrote."""

    steps: Sequence[tuple[str, float]] = ()
    """What was done, in order, and the seconds that it took."""

    look: Look | BrowserError | None = None
    """What a browser saw of its page, or why it did not; None: there is no browser here, or nothing to look at."""


def try_app(
    bundle: Bundle,
    *,
    served: Path | None,
    timeout_s: float,
    on_step: Callable[[str], None],
    chromium: Path | None = None,
    interpreter: Interpreter = OWN,
) -> Trial:
    """Starts an app from its bundle. `served` is the folder of its version (None: it has none); `on_step` gets a line
    for each step; `chromium` looks at its page (None: nobody does); `interpreter` has what it needs. Must be called in
    the main thread."""
    with tempfile.TemporaryDirectory(prefix="vitrina-trial-") as folder, closing(relay.listener()) as port:
        archive = Path(folder) / BUNDLES / "bundle.tar"
        archive.parent.mkdir()
        archive.write_bytes(bundle.data)
        spec = AppSpec(
            key=KEY,
            ref="this app",
            framework=bundle.framework,
            entry=bundle.entry,
            cwd=bundle.cwd,
            bundle=archive,
            bundle_digest=bundle.digest,
            served=served,
            origin=f"http://{KEY}.localhost:{port.getsockname()[1]}",
            interpreter=interpreter,
        )
        attempt = _Attempt(spec, Path(folder), port=port, on_step=on_step)
        return asyncio.run(attempt.made(timeout_s=timeout_s, chromium=chromium))


class _Attempt:
    """One start, with the time that each step takes."""

    def __init__(self, spec: AppSpec, folder: Path, *, port: socket.socket, on_step: Callable[[str], None]) -> None:
        self._spec, self._folder, self._port = spec, folder, port
        self._on_step = on_step
        self._began: dict[str, float] = {}  # when each step began, in seconds, in their order

    async def made(self, *, timeout_s: float, chromium: Path | None) -> Trial:
        launcher = SubprocessLauncher(
            self._folder,
            hub_environment=os.environ,
            level=available().strongest,  # as a hub on this machine would
            readable=_read_by(self._spec),
        )
        supervisor = Supervisor(
            launcher, settings=SupervisorSettings(start_timeout_s=timeout_s), on_change=self._note_start
        )
        clock = asyncio.get_running_loop().time
        begun_s, look = clock(), None
        try:
            await supervisor.open(self._spec)
            # The supervisor itself gives up after `timeout_s`; the rest is for ending the app.
            instance = await supervisor.wait_ready(KEY, timeout_s=timeout_s + supervisor.settings.stop_timeout_s + 10)
            seconds, reason = clock() - begun_s, instance.reason
            if instance.state is State.READY:
                self._note(Step.REHEARSING.value)
                reason = await _rehearsed(supervisor, timeout_s=timeout_s)
                if chromium is not None and not reason:
                    self._note("Opening its page in a browser.")
                    look = await self._look(instance, chromium)
            ended_s = clock()
            lines = await supervisor.log_tail(KEY, lines=LINES)
        finally:
            await supervisor.close()
        return Trial(not reason, reason, seconds, lines, self._steps(ended_s), look)

    def _note_start(self, instance: Instance) -> None:
        if instance.state is State.STARTING:
            self._note(instance.reason)

    def _note(self, step: str) -> None:
        if step not in self._began:
            self._began[step] = asyncio.get_running_loop().time()
            self._on_step(step)

    def _steps(self, ended_s: float) -> list[tuple[str, float]]:
        ends = [*list(self._began.values())[1:], ended_s]
        return [(step, end - began) for (step, began), end in zip(self._began.items(), ends, strict=True)]

    async def _look(self, instance: Instance, chromium: Path) -> Look | BrowserError:
        url = f"{self._spec.origin}/"
        async with relay.relay(self._port, to=lambda: instance.address):
            try:
                return await looking.look_at(url, chromium=chromium, hub_environment=os.environ, timeout_s=LOOK_S)
            except BrowserError as error:  # the app works all the same
                return error


def _read_by(spec: AppSpec) -> list[Path]:
    """All that an app is given to read, besides the hub's Python."""
    of_environment = [] if spec.interpreter.environment is None else [spec.interpreter.python.parent.parent]
    return [spec.bundle.parent, *([spec.served] if spec.served else []), *of_environment, *spec.interpreter.path]


async def _rehearsed(supervisor: Supervisor, *, timeout_s: float) -> str:
    """Why the app's code fails for a person who comes; empty when it does not."""
    try:
        await supervisor.rehearse(KEY, timeout_s=timeout_s)
    except StartError as error:
        return str(error)
    return ""
