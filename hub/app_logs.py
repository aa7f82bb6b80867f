"""Where the output of an app's instances is kept on this machine: one log each, which goes on over its starts."""

from __future__ import annotations

import re
from pathlib import Path

from vitrina.apps import logs
from vitrina.store.opening import Store
from vitrina.store.records import App

FOLDER = ("apps", "logs")
"""Below the home of the hub (see `vitrina.hub.front`)."""


def log_of(store: Store, app: App, *, home: Path, number: int | None = None) -> Path:
    """The log of an instance, whether it is there or not; None: of the instance that says most of how the app is."""
    if number is None:
        foremost = store.instances.of_revisions([app.revision_id]).get(app.revision_id)
        told = [foremost] if foremost is not None else []
    else:
        told = [one for one in store.instances.of_revision(app.revision_id) if one.number == number]
    said = next((one.log for one in told if one.log), None)
    return Path(said) if said else home.joinpath(*FOLDER, logs.name(app.label, number=number or 1))


def numbers_of(store: Store, app: App, *, home: Path) -> list[int]:
    """The instances of which there is a log, or will be one: those that hubs speak of, and those that ran before."""
    told = {one.number for one in store.instances.of_revision(app.revision_id)}
    of_app = re.compile(rf"{re.escape(app.label)}(?:\.(?P<number>\d+))?\.log")
    folder = home.joinpath(*FOLDER)
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    kept = {int(found["number"] or 1) for name in names if (found := of_app.fullmatch(name)) is not None}
    return sorted(told | kept)
