"""`vitrina app …`"""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.apps.levels import Level
from vitrina.hub.cli import app_serving, environments, printing
from vitrina.hub.cli.nouns import noun
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.pages import data
from vitrina.hub.pages.paths import href
from vitrina.store.errors import InvalidError, NotFoundError, VitrinaError
from vitrina.store.refs import COLLECTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vitrina.apps.interpreter import Interpreter
    from vitrina.hub.looking import BrowserError, Look
    from vitrina.store.bundles import Bundle
    from vitrina.store.opening import Store
    from vitrina.store.records import App, Project, Running

app = noun("Apps: develop, log, open, stop them.")
app.command("set")(app_serving.set_)
app.command()(app_serving.status)
app.add_typer(environments.app, name="environments")

AppRef = Annotated[str, typer.Argument(metavar="REF", help="owner/project/models/NAME@VERSION/apps/APP")]
Source = Annotated[Path, typer.Argument(metavar="PATH", help="The app's file, or its folder.")]
Entry = Annotated[str | None, typer.Option(metavar="FILE", help="The app's file in the folder.")]
Framework = Annotated[str | None, typer.Option(help="Found from the source when left out.")]
Model = Annotated[str | None, typer.Option(metavar="REF", help="The version that the app is given.")]
Cwd = Annotated[str | None, typer.Option(metavar="DIR", help="Where it runs, in the folder (of a file also above it).")]
Requirements = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="A requirements file; auto: what it imports, at the versions installed here."),
]
Include = Annotated[
    list[str] | None,
    typer.Option(metavar="GLOB", help="Files to take along that only show when it runs. May be said again."),
]
Command = Annotated[
    str | None,
    typer.Option(
        metavar="LINE",
        help="The app is a program, run there; {port} or {socket} in its command line is where it is to listen.",
    ),
]
AllowSecret = Annotated[
    list[str] | None, typer.Option(metavar="PATH", help="A file to keep although it looks like a secret.")
]

COLD = "cold"
"""The state of an app that no hub has spoken of (see `vitrina.apps.life`)."""

AUTO = "auto"

APPS_FOLDER = "apps"
"""Below the home: what apps are given, and what they wrote. The hub's own (see `vitrina.hub.front`)."""


class TrialFailedError(VitrinaError):
    """An app does not start."""


class NoLogError(NotFoundError):
    """An app has written nothing on this machine."""

    def __init__(self, ref: str) -> None:
        super().__init__(
            f"log of {ref} on this machine", hint=f"It is written when the app runs: vitrina app open {ref}"
        )


@app.command("list")
def list_(
    ref: Annotated[
        str | None, typer.Argument(metavar="[REF]", help="A project, or a version; all projects if left out")
    ] = None,
    json: Json = False,
) -> None:
    """The apps of a version, of a project, or of all; and how they are."""
    with opened() as store:
        apps = _apps(store, ref)
        running = store.instances.of_revisions([one.revision_id for one in apps])
    if json:
        printing.as_json([data.app(one, _state(one, running)) for one in apps])
        return
    rows = [(one.ref, one.framework, one.revision, _state(one, running), one.title) for one in apps]
    printing.table(("APP", "FRAMEWORK", "REVISION", "STATE", "TITLE"), rows, empty="There is no app here yet.")


@app.command()
def log(
    path: Source,
    model: Annotated[str, typer.Option(metavar="REF", help="The version that the app belongs to.")],
    name: Annotated[str | None, typer.Option(help="By default the name of the file.")] = None,
    entry: Entry = None,
    cwd: Cwd = None,
    framework: Framework = None,
    requirements: Requirements = None,
    include: Include = None,
    allow_secret: AllowSecret = None,
    title: Annotated[str, typer.Option(help="What people call it.")] = "",
    network: Annotated[
        str | None, typer.Option(metavar="none|loopback|full", help="Whom it may connect to; a new one: none.")
    ] = None,
    command: Command = None,
    json: Json = False,
) -> None:
    """Keep an app with a version of a model."""
    from vitrina import tracking

    with opened() as store:
        version = store.find(model).version
    if version is None:
        raise InvalidError(f"{model!r} is no version.", hint="A version is owner/project/models/NAME@VERSION.")
    logged = tracking.log_app(
        name or path.resolve().stem.lower(),
        path,
        model=version.ref,
        framework=framework,
        entry=entry,
        cwd=cwd,
        requirements=_requirements(requirements),
        include=include or (),
        allow_secrets=allow_secret or (),
        title=title,
        network=network,
        command=command,
    )
    if json:
        printing.as_json(data.app(logged, COLD))
    else:
        print(f"{logged.ref}: revision {logged.revision} ({logged.framework}).")


@app.command()
def run(
    path: Source,
    model: Model = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 0,
    entry: Entry = None,
    framework: Framework = None,
) -> None:
    """Run an app here while it is written, without a hub, until Ctrl-C."""
    from vitrina.apps.local import run_local

    run_local(path, served=_served(model), port=port, framework=framework, entry=entry)


@app.command()
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
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that it may take to start.")] = 60,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open its page in a Chromium, too.")] = True,
) -> None:
    """Start an app once as the hub would, run its code as for a person who comes, and say how that went."""
    from vitrina.hub.looking import find_chromium
    from vitrina.hub.trial import try_app
    from vitrina.store import bundles
    from vitrina.tracking.apps import requirements_text

    bundle = bundles.pack(
        path,
        entry=entry,
        cwd=cwd,
        framework=framework,
        requirements=requirements_text(_requirements(requirements)),
        include=include or (),
        allow_secrets=allow_secret or (),
        command=command,
    )
    chromium = find_chromium() if browser else None
    interpreter = _interpreter(bundle)
    trial = try_app(
        bundle,
        served=_served(model),
        timeout_s=timeout,
        on_step=print,
        chromium=chromium,
        interpreter=interpreter,
    )
    for step, seconds in trial.steps:
        print(f"  {seconds:5.1f} s  {step}")
    if not trial.works:
        for line in trial.lines:
            print(f"  {line}", file=sys.stderr)
        raise TrialFailedError(f"{path} does not work. {trial.reason}")
    print(f"{path} works ({bundle.framework}): its server answered after {trial.seconds:.1f} s.")
    if browser:
        _tell_hosts(trial.look)


def _interpreter(bundle: Bundle) -> Interpreter:
    """The Python that has what an app needs, made as the hub would make it."""
    import asyncio

    from vitrina.apps import trial
    from vitrina.hub.proxy.libraries import environments_of
    from vitrina.store.home import place

    level = trial.available().strongest if bundle.requirements else Level.PROCESS
    kept = environments_of(place().home / APPS_FOLDER, level=level)
    try:
        made = asyncio.run(kept.prepare(bundle.requirements, framework=bundle.framework, on_step=print))
    finally:
        kept.close()
    if made.environment is not None:
        print("It runs in an environment of its own, since the libraries here are not what it needs.")
    return made


def _tell_hosts(look: Look | BrowserError | None) -> None:
    """What an app's page asked of other hosts, or that nobody looked."""
    from vitrina.hub.looking import Look

    not_seen = "NOT CHECKED: which other hosts its page asks."
    match look:
        case None:
            print(f"{not_seen} There is no Chromium here. Install it: apt-get install chromium", file=sys.stderr)
        case VitrinaError():
            print(f"{not_seen} {look}", file=sys.stderr)
        case Look(hosts=[*_, _]):
            print("Its page asks other hosts, which browsers will refuse on the hub: " + ", ".join(look.hosts))
        case Look(seconds=None):
            print("Its page did not come to rest; so far it asked no other host.")
        case Look():
            print(f"Its page asks no other host; it had loaded after {look.seconds:.1f} s.")


@app.command("open")
def open_(ref: AppRef, browser: Annotated[bool, typer.Option("--browser/--no-browser")] = True) -> None:
    """Print the address of an app on the hub that runs, and open it in a browser."""
    from vitrina.hub import running

    with opened() as store:
        found = app_of(store, ref)
        hub = running.find(store.place.home)
    address = f"{hub.url}{href(found.ref)}"
    print(address)
    if browser and sys.stdout.isatty():
        webbrowser.open(address)


@app.command()
def logs(ref: AppRef, lines: Annotated[int, typer.Option("-n", "--lines", min=1)] = 40) -> None:
    """The last lines that an app wrote."""
    from vitrina.apps.logs import tail

    with opened() as store:
        found = app_of(store, ref)
        running = store.instances.of_revisions([found.revision_id]).get(found.revision_id)
        file = Path(running.log) if running is not None and running.log else _log(store, found)
    if not (written := tail(file, lines=lines)):
        raise NoLogError(found.ref)
    for line in written:
        print(line)


@app.command()
def stop(
    ref: AppRef,
    drain: Annotated[bool, typer.Option("--drain", help="Let people who are inside finish, an hour at most.")] = False,
    json: Json = False,
) -> None:
    """Ask the hub that runs to stop an app. It starts again when somebody opens it."""
    from vitrina.hub.cli.asking import ask_hub

    with opened() as store:
        found = app_of(store, ref)
        home = store.place.home
    version = found.version
    collection = (
        f"/api/v1/projects/{version.collection.project.ref}/{version.collection.noun}/{version.collection.name}"
    )
    query = "?drain=true" if drain else ""
    answer = ask_hub(
        home, f"{collection}/versions/{version.number}/apps/{found.name}@{found.revision}/instance/stop{query}"
    )
    if json:
        printing.as_json(answer)
    else:
        print(f"The hub stops {found.ref}.")


@app.command()
def picture(ref: AppRef, json: Json = False) -> None:
    """Have the hub take a new picture of an app, in its next quiet moment; until then the old one stays."""
    with opened() as store:
        found = app_of(store, ref)
        store.pictures.ask(found)
        running = store.instances.of_revisions([found.revision_id])
    if json:
        printing.as_json(data.app(found, _state(found, running)))
    else:
        print(f"{found.ref}: the hub takes a new picture of it in its next quiet moment.")


def app_of(store: Store, ref: str) -> App:
    """The app that a reference names. Raises InvalidError when it names something else."""
    found = store.find(ref).app
    if found is None:
        raise InvalidError(f"{ref!r} is no app.", hint="An app is owner/project/models/NAME@VERSION/apps/APP.")
    return found


def _apps(store: Store, ref: str | None) -> Sequence[App]:
    if ref is None:
        return [one for project in store.projects.list() for one in _all(store, project)]
    found = store.find(ref)
    if found.ref.noun in COLLECTIONS:
        version = found.version
        return store.apps.of_versions([version.id])[version.id] if version is not None else []
    return _all(store, found.project)


def _all(store: Store, project: Project) -> list[App]:
    page = store.apps.list(project)
    found = list(page.items)
    while page.after is not None:
        page = store.apps.list(project, after=page.after)
        found += page.items
    return found


def _state(app: App, running: dict[int, Running]) -> str:
    told = running.get(app.revision_id)
    return told.state if told is not None else COLD


def _requirements(said: str | None) -> str | Path | None:
    return said if said in {None, AUTO} else Path(said or "")


def _served(model: str | None) -> Path | None:
    if model is None:
        return None
    from vitrina.hub.proxy.placing import Shelf

    with opened() as store:
        version = store.find(model).version
        if version is None:
            raise InvalidError(f"{model!r} is no version.", hint="A version is owner/project/models/NAME@VERSION.")
        return Shelf(store, store.place.home / APPS_FOLDER).served(version)


def _log(store: Store, found: App) -> Path:
    return store.place.home / APPS_FOLDER / "logs" / f"{found.label}.log"
