"""`vitrina app check`: starting an app once as the hub would, and saying how that went."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli.app_named import APPS_FOLDER, served_of
from vitrina.hub.cli.app_source import (
    AllowSecret,
    Command,
    Cwd,
    Entry,
    Framework,
    Include,
    Model,
    Requirements,
    Source,
    requirements_of,
)
from vitrina.store.errors import VitrinaError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vitrina.apps.interpreter import Interpreter
    from vitrina.hub.looking import BrowserError, Look
    from vitrina.store.bundles import Bundle


class TrialFailedError(VitrinaError):
    """An app does not start."""


Timeout = Annotated[float, typer.Option(min=1, help="Seconds that it may take to start.")]
Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Open its page in a Chromium, too.")]


def check(
    path: Source,
    model: Model = None,
    entry: Entry = None,
    cwd: Cwd = None,
    framework: Framework = None,
    requirements: Requirements = None,
    include: Include = None,
    allow_secret: AllowSecret = None,
    command: Command = None,
    timeout: Timeout = 60,
    browser: Browser = True,
) -> None:
    """Start an app once as the hub would, run its code as for a person who comes, and say how that went."""
    from vitrina.store import bundles
    from vitrina.tracking.apps import requirements_text

    bundle = bundles.pack(
        path,
        entry=entry,
        cwd=cwd,
        framework=framework,
        requirements=requirements_text(requirements_of(requirements)),
        include=include or (),
        allow_secrets=allow_secret or (),
        command=command,
    )
    tried(bundle, what=str(path), served=served_of(model), timeout_s=timeout, browser=browser)


def tried(
    bundle: Bundle,
    *,
    what: str,
    served: Path | None,
    timeout_s: float,
    browser: bool,
    say: Callable[[str], None] = print,
) -> None:
    """Start an app from its bundle as the hub would, and say how that went. Raises TrialFailedError, after its log."""
    from vitrina.hub.looking import find_chromium
    from vitrina.hub.trial import try_app

    trial = try_app(
        bundle,
        served=served,
        timeout_s=timeout_s,
        on_step=say,
        chromium=find_chromium() if browser else None,
        interpreter=interpreter_of(bundle, say=say),
    )
    for step, seconds in trial.steps:
        say(f"  {seconds:5.1f} s  {step}")
    if not trial.works:
        for line in trial.lines:
            print(f"  {line}", file=sys.stderr)
        raise TrialFailedError(f"{what} does not work. {trial.reason}")
    say(f"{what} works ({bundle.framework}): its server answered after {trial.seconds:.1f} s.")
    if browser:
        _tell_hosts(trial.look, say)


def interpreter_of(bundle: Bundle, *, say: Callable[[str], None]) -> Interpreter:
    """The Python that has what an app needs, made as the hub would make it."""
    import asyncio

    from vitrina.apps import trial
    from vitrina.apps.levels import Level
    from vitrina.hub.proxy.libraries import environments_of
    from vitrina.store.home import place

    level = trial.available().strongest if bundle.requirements else Level.PROCESS
    kept = environments_of(place().home / APPS_FOLDER, level=level)
    try:
        made = asyncio.run(kept.prepare(bundle.requirements, framework=bundle.framework, on_step=say))
    finally:
        kept.close()
    if made.environment is not None:
        say("It runs in an environment of its own, since the libraries here are not what it needs.")
    return made


def _tell_hosts(look: Look | BrowserError | None, say: Callable[[str], None]) -> None:
    """What an app's page asked of other hosts, or that nobody looked."""
    from vitrina.hub.looking import Look

    not_seen = "NOT CHECKED: which other hosts its page asks."
    match look:
        case None:
            print(f"{not_seen} There is no Chromium here. Install it: apt-get install chromium", file=sys.stderr)
        case VitrinaError():
            print(f"{not_seen} {look}", file=sys.stderr)
        case Look(hosts=[*_, _]):
            say("Its page asks other hosts, which browsers will refuse on the hub: " + ", ".join(look.hosts))
        case Look(seconds=None):
            say("Its page did not come to rest; so far it asked no other host.")
        case Look():
            say(f"Its page asks no other host; it had loaded after {look.seconds:.1f} s.")
