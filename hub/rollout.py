"""Which app revision a reference that moves leads to: the newest, or the last that worked where that does not start.

`@latest`, an alias, a stage or a range names another version from one day to the next, and an app without its revision
another revision. Each revision has instances and an origin of its own: whoever is inside stays where they are when a
name moves on, and newcomers get what it names now. Unless that cannot start: then they get the one before.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from vitrina.apps.life import State
from vitrina.store.lookup import Found
from vitrina.store.opening import Store
from vitrina.store.records import App, Running
from vitrina.store.versions import Wanted, wanted

MOST_VERSIONS = 20
"""So far back something that works is looked for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is opened. `instead_of` is what was asked for and does not start, `reason` why, in one line."""

    app: App
    instead_of: App | None = None
    reason: str = ""


def choose(store: Store, found: Found) -> Choice:
    """The app revision to open for a reference to an app."""
    app = found.app
    assert app is not None, "the reference names an app"
    running = store.instances.of_revisions([app.revision_id]).get(app.revision_id)
    if not moves(found) or running is None or running.state != State.CRASHED.value:
        return Choice(app)
    earlier = _earlier(store, found, app)
    worked = store.instances.worked([one.revision_id for one in (app, *earlier)])
    return decided(app, running, earlier, worked)


def moves(found: Found) -> bool:
    """Whether the reference may name another revision tomorrow."""
    return _moves_over_versions(found) or found.ref.app_revision is None


def _moves_over_versions(found: Found) -> bool:
    return wanted(found.ref.selector) is not Wanted.EXACT


def decided(asked: App, running: Running, earlier: Sequence[App], worked: Collection[int]) -> Choice:
    """Pure. `earlier` are those before `asked`, the newest first; `worked` are revisions that were ready once.

    What crashed after it had worked is opened again: that it starts, is known.
    """
    last = next((app for app in earlier if app.revision_id in worked), None)
    if running.state != State.CRASHED.value or asked.revision_id in worked or last is None:
        return Choice(asked)
    return Choice(last, asked, running.reason)


def _earlier(store: Store, found: Found, app: App) -> list[App]:
    """The revisions before this one; with a name that moves over versions, then the same app of lower versions."""
    revisions = [one for one in store.apps.revisions(app) if one.revision < app.revision]
    if not _moves_over_versions(found):
        return revisions
    collection = app.version.collection
    versions = [one.id for one in store.registry.versions([collection.id])[collection.id]]
    below = versions[versions.index(app.version.id) + 1 :][:MOST_VERSIONS]
    found_apps = store.apps.of_versions(below)
    return revisions + [one for number in below for one in found_apps[number] if one.name == app.name]
