"""What every command on apps asks first: which app or version a reference names, and where things of apps lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.store.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vitrina.store.opening import Store
    from vitrina.store.records import App, Running, Version

AppRef = Annotated[str, typer.Argument(metavar="REF", help="owner/project/models/NAME@VERSION/apps/APP")]

COLD = "cold"
"""The state of an app that no hub has spoken of (see `vitrina.apps.life`)."""

APPS_FOLDER = "apps"
"""Below the home: what apps are given, and what they wrote. The hub's own (see `vitrina.hub.front`)."""


def app_of(store: Store, ref: str) -> App:
    """The app that a reference names. Raises InvalidError when it names something else."""
    found = store.find(ref).app
    if found is None:
        raise InvalidError(f"{ref!r} is no app.", hint="An app is owner/project/models/NAME@VERSION/apps/APP.")
    return found


def version_of(store: Store, ref: str) -> Version:
    """The version that a reference names. Raises InvalidError when it names something else."""
    version = store.find(ref).version
    if version is None:
        raise InvalidError(f"{ref!r} is no version.", hint="A version is owner/project/models/NAME@VERSION.")
    return version


def served_of(model: str | None) -> Path | None:
    """The folder of a version's files, put in place as the hub does it; None: there is no version."""
    if model is None:
        return None
    from vitrina.hub.cli.opened import opened

    with opened() as store:
        return placed(store, version_of(store, model))


def production_of(model: str | None) -> Path | None:
    """The same of the version in production beside it; None: there is no other one."""
    if model is None:
        return None
    from vitrina.hub.cli.opened import opened
    from vitrina.hub.proxy.placing import Shelf

    with opened() as store:
        return Shelf(store, store.place.home / APPS_FOLDER).production(version_of(store, model))


def placed(store: Store, version: Version) -> Path:
    """The folder that VITRINA_SERVED names for the apps of this version."""
    from vitrina.hub.proxy.placing import Shelf

    return Shelf(store, store.place.home / APPS_FOLDER).served(version)


def state_of(app: App, running: Mapping[int, Running]) -> str:
    """How an app is, of what hubs said of revisions."""
    told = running.get(app.revision_id)
    return told.state if told is not None else COLD
