"""`vitrina app upgrade` and `vitrina app restore`: one more revision of an app, and the way back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.app_checking import Browser, Timeout, tried
from vitrina.hub.cli.app_named import APPS_FOLDER, COLD, AppRef, app_of, placed
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.pages import data
from vitrina.store.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.requirements import Requirement

    from vitrina.store.opening import Store
    from vitrina.store.records import App

To = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME==VERSION",
        help="Another release of its framework, or of any library that it needs. May be said again. "
        "Default: the newest of its framework that the index has.",
    ),
]


class NothingNewerError(InvalidError):
    """An app has what it could be given."""


def upgrade(ref: AppRef, to: To = None, timeout: Timeout = 60, browser: Browser = True, json: Json = False) -> None:
    """Give an app a newer release of its framework: checked first, as a new revision; the one before is kept."""
    from vitrina.hub import upgrading

    def say(line: str) -> None:
        print(line, file=sys.stderr if json else sys.stdout, flush=True)

    with opened() as store:
        found = app_of(store, ref)
        wanted = [upgrading.asked_for(text) for text in to] if to else [_newest(store, found, say)]
        requirements = upgrading.rewritten(found.requirements, wanted)
        if requirements == upgrading.rewritten(found.requirements, []):
            raise NothingNewerError(f"{found.ref} needs {_named(wanted)} already.")
        bundle = upgrading.bundle_with(store, found, requirements)
        tried(
            bundle,
            what=f"{found.ref} with {_named(wanted)}",
            served=placed(store, found.version),
            timeout_s=timeout,
            browser=browser,
            say=say,
        )
        made = upgrading.keep(store, found, bundle)
    before = ", ".join(
        f"{one.name}{upgrading.said_of(found.requirements, one.name) or ' as the hub has it'}" for one in wanted
    )
    _say_made(made, f"{_named(wanted)}; before: {before}", former=found, json=json)


def restore(ref: AppRef, json: Json = False) -> None:
    """Make an earlier revision of an app (REF@N) the newest again, as one more revision."""
    from vitrina.hub import upgrading

    with opened() as store:
        found = app_of(store, ref)
        newest = store.apps.get(found.version, found.name)
        if found.revision == newest.revision:
            raise NothingNewerError(
                f"{found.ref}@{found.revision} is the newest revision.", hint="Name an earlier one: REF@N"
            )
        made = upgrading.restore(store, found)
    _say_made(made, f"as revision {found.revision} was", former=newest, json=json)


def _newest(store: Store, app: App, say: Callable[[str], None]) -> Requirement:
    """What it is to be given when nobody says it. Raises NoLibraryError, NothingNewerError, and what asking raises."""
    from vitrina.apps import trial
    from vitrina.hub import upgrading
    from vitrina.hub.proxy.libraries import environments_of

    library = upgrading.library_of(app)
    said = upgrading.said_of(app.requirements, library)
    if said is None:
        own = upgrading.own_release(library)
        raise NothingNewerError(
            f"{app.ref} asks for no release of {library}: it runs with the hub's own{f', {own}' if own else ''}.",
            hint=f"To give it one of its own: --to {library}==VERSION",
        )
    environments = environments_of(store.place.home / APPS_FOLDER, level=trial.available().strongest)
    try:
        newest = upgrading.newest(app, library, environments, on_step=say)
    finally:
        environments.close()
    if not upgrading.is_newer(newest, said):
        raise NothingNewerError(
            f"{app.ref} needs {library}{said}, and the newest that goes with all else it needs is {newest}.",
            hint="To take another all the same: --to NAME==VERSION",
        )
    return newest


def _named(wanted: list[Requirement]) -> str:
    return ", ".join(str(one) for one in wanted)


def _say_made(made: App, what: str, *, former: App, json: bool) -> None:
    kept = f"{former.ref}@{former.revision}"
    if json:
        told: dict[str, Any] = data.app(made, COLD) | {"requirements": made.requirements, "former": kept}
        printing.as_json(told)
        return
    print(f"{made.ref}: revision {made.revision} ({what}).")
    print(f"Revision {former.revision} is kept: {kept}. To go back to it: vitrina app restore {kept}")
