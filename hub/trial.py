"""A trial of an app: started once as the hub would, until its code has run or failed; then nothing is left of it."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vitrina.apps.errors import StartError
from vitrina.apps.job import Step
from vitrina.apps.launchers.subprocess import SubprocessLauncher
from vitrina.apps.life import Instance, State
from vitrina.apps.spec import AppSpec
from vitrina.apps.supervisor import Supervisor, SupervisorSettings
from vitrina.store.bundles import Bundle

KEY = "trial"
ORIGIN = f"http://{KEY}.localhost"
LINES = 20


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


def try_app(bundle: Bundle, *, served: Path | None, timeout_s: float, on_step: Callable[[str], None]) -> Trial:
    """Starts an app from its bundle. `served` is the folder of its version (None: it has none); `on_step` gets a line
    for each step. Must be called in the main thread."""
    with tempfile.TemporaryDirectory(prefix="vitrina-trial-") as folder:
        archive = Path(folder) / "bundle.tar"
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
            origin=ORIGIN,
        )
        return asyncio.run(_try(spec, Path(folder), timeout_s=timeout_s, on_step=on_step))


async def _try(spec: AppSpec, folder: Path, *, timeout_s: float, on_step: Callable[[str], None]) -> Trial:
    said: list[str] = []

    def tell(instance: Instance) -> None:
        if instance.state is State.STARTING and instance.reason not in said:
            said.append(instance.reason)
            on_step(instance.reason)

    launcher = SubprocessLauncher(folder, hub_environment=os.environ)
    supervisor = Supervisor(launcher, settings=SupervisorSettings(start_timeout_s=timeout_s), on_change=tell)
    clock = asyncio.get_running_loop().time
    begun_s = clock()
    try:
        await supervisor.open(spec)
        # The supervisor itself gives up after `timeout_s`; the rest is for ending the app.
        instance = await supervisor.wait_ready(spec.key, timeout_s=timeout_s + supervisor.settings.stop_timeout_s + 10)
        seconds, reason = clock() - begun_s, instance.reason
        if instance.state is State.READY:
            on_step(Step.REHEARSING.value)
            reason = await _rehearsed(supervisor, timeout_s=timeout_s)
        lines = await supervisor.log_tail(spec.key, lines=LINES)
    finally:
        await supervisor.close()
    return Trial(not reason, reason, seconds, lines)


async def _rehearsed(supervisor: Supervisor, *, timeout_s: float) -> str:
    """Why the app's code fails for a person who comes; empty when it does not."""
    try:
        await supervisor.rehearse(KEY, timeout_s=timeout_s)
    except StartError as error:
        return str(error)
    return ""
