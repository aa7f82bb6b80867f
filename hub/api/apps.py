"""Apps and what runs of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from vitrina.hub.access import Action
from vitrina.hub.api.runs import LONGEST_PAGE
from vitrina.hub.api.shapes import App, Instance, Listing
from vitrina.hub.api.versions import PROJECT, Versioned, version_of
from vitrina.hub.state import Asking, RowNumber
from vitrina.store import records

router = APIRouter(tags=["apps"])

VERSION = PROJECT + "/{name}/versions/{selector}"
APP = VERSION + "/apps/{app}"


@router.get("/projects/{owner}/{project}/apps")
def list_apps(
    asking: Asking,
    owner: str,
    project: str,
    after: RowNumber | None = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 50,
) -> Listing[App]:
    """All apps of a project, those made last first."""
    page = asking.store.apps.list(asking.project(owner, project), after=after, limit=limit)
    return Listing(items=_with_states(asking, page.items), after=page.after)


@router.get(VERSION + "/apps")
def list_apps_of_version(
    asking: Asking, owner: str, project: str, noun: Versioned, name: str, selector: str
) -> Listing[App]:
    """The apps that were logged with a version, by name."""
    version = version_of(asking, f"{owner}/{project}/{noun}/{name}@{selector}")
    return Listing(items=_with_states(asking, asking.store.apps.of_versions([version.id])[version.id]))


@router.get(APP)
def show_app(asking: Asking, owner: str, project: str, noun: Versioned, name: str, selector: str, app: str) -> App:
    """One app at its newest revision, or at the one after `@`."""
    found = _app(asking, f"{owner}/{project}/{noun}/{name}@{selector}/apps/{app}")
    return App.of(found, _running(asking, found))


@router.get(APP + "/instance")
def show_instance(
    asking: Asking, owner: str, project: str, noun: Versioned, name: str, selector: str, app: str
) -> Instance:
    """What runs of an app now."""
    found = _app(asking, f"{owner}/{project}/{noun}/{name}@{selector}/apps/{app}")
    return Instance.of(found, _running(asking, found))


@router.post(APP + "/instance/stop", status_code=202)
def stop_instance(
    asking: Asking, owner: str, project: str, noun: Versioned, name: str, selector: str, app: str
) -> Instance:
    """Asks the hub to stop an app, which takes some seconds; it starts again when somebody opens it."""
    found = _app(asking, f"{owner}/{project}/{noun}/{name}@{selector}/apps/{app}")
    asking.demand(Action.MANAGE, found)
    asking.portal.front.stop(found.label, reason=f"{asking.subject.name} stopped it.")
    return Instance.of(found, _running(asking, found))


def _app(asking: Asking, ref: str) -> records.App:
    found = asking.find(ref).app
    assert found is not None
    return found


def _running(asking: Asking, app: records.App) -> records.Running | None:
    return asking.store.instances.of_revisions([app.revision_id]).get(app.revision_id)


def _with_states(asking: Asking, apps: Sequence[records.App]) -> list[App]:
    running = asking.store.instances.of_revisions([app.revision_id for app in apps])
    return [App.of(app, running.get(app.revision_id)) for app in apps]
