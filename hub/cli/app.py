"""`vitrina app …`: the verbs on apps. Those with more to them have modules of their own, named `app_…`."""

from __future__ import annotations

import sys
import webbrowser
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli import (
    app_checking,
    app_developing,
    app_logging,
    app_output,
    app_serving,
    app_upgrading,
    environments,
    printing,
)
from vitrina.hub.cli.app_named import AppRef, app_of, state_of
from vitrina.hub.cli.nouns import noun
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.pages import data
from vitrina.hub.pages.paths import href
from vitrina.store.refs import COLLECTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vitrina.store.opening import Store
    from vitrina.store.records import App, Project

app = noun("Apps: develop, log, open, stop them.")
app.command()(app_developing.run)
app.command()(app_checking.check)
app.command()(app_logging.log)
app.command()(app_upgrading.upgrade)
app.command()(app_upgrading.restore)


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
        printing.as_json([data.app(one, state_of(one, running)) for one in apps])
        return
    rows = [(one.ref, one.framework, one.revision, state_of(one, running), one.title) for one in apps]
    printing.table(("APP", "FRAMEWORK", "REVISION", "STATE", "TITLE"), rows, empty="There is no app here yet.")


@app.command("open")
def open_(
    ref: AppRef,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open it in a browser, where there is a terminal.")
    ] = True,
) -> None:
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
        printing.as_json(data.app(found, state_of(found, running)))
    else:
        print(f"{found.ref}: the hub takes a new picture of it in its next quiet moment.")


app.command()(app_output.logs)
app.command("set")(app_serving.set_)
app.command()(app_serving.status)
app.add_typer(environments.app, name="environments")


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
