"""Which app revision a reference that moves leads to: the newest, or the last that worked where that does not start.

`@latest`, an alias, a stage or a range names another version from one day to the next, and an app without its revision
another revision. Each revision has instances and an origin of its own: whoever is inside stays where they are when a
name moves on, and newcomers get what it names now. Unless that cannot start, or its code fails when it is rehearsed
(see `vitrina.hub.proxy.rehearsals`): then they get the one before.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from vitrina.apps.life import State
from vitrina.store.lookup import Found
from vitrina.store.opening import Store
from vitrina.store.records import App
from vitrina.store.versions import Wanted, wanted

MOST_VERSIONS = 20
"""So far back something that works is looked for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is opened. `instead_of` is what was asked for and does not work, `reason` why, in one line."""

    app: App
    instead_of: App | None = None
    reason: str = ""
    fails_to: str = "start"
    """What it does not do: `start`, or `work` though it starts."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an app revision is not what newcomers get; see `Choice`."""

    reason: str
    fails_to: str


def choose(store: Store, found: Found) -> Choice:
    """The app revision to open for a reference to an app."""
    app = found.app
    assert app is not None, "the reference names an app"
    failure = _failure(store, app) if moves(found) else None
    if failure is None:
        return Choice(app)
    earlier = _earlier(store, found, app)
    numbers = [one.revision_id for one in earlier]
    worked = store.instances.worked(numbers) - store.instances.unfit(numbers).keys()
    return decided(app, failure, earlier, worked)


def moves(found: Found) -> bool:
    """Whether the reference may name another revision tomorrow."""
    return _moves_over_versions(found) or found.ref.app_revision is None


def _moves_over_versions(found: Found) -> bool:
    return wanted(found.ref.selector) is not Wanted.EXACT


def decided(asked: App, failure: Failure, earlier: Sequence[App], worked: Collection[int]) -> Choice:
    """Pure. `failure` is how `asked` failed; `earlier` are those before it, the newest first; `worked` are revisions
    that were ready once."""
    last = next((app for app in earlier if app.revision_id in worked), None)
    return Choice(asked) if last is None else Choice(last, asked, failure.reason, failure.fails_to)


def _failure(store: Store, app: App) -> Failure | None:
    """Why an app revision is not what newcomers get; None: it is, as far as is known.

    What crashed after it had worked is opened again: that it starts, is known.
    """
    number = app.revision_id
    if (unfit := store.instances.unfit([number]).get(number)) is not None:
        return Failure(unfit, "work")
    running = store.instances.of_revisions([number]).get(number)
    if running is None or running.state != State.CRASHED.value or number in store.instances.worked([number]):
        return None
    return Failure(running.reason, "start")


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
