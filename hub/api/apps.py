"""Apps and what runs of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from vitrina.hub.access import Action
from vitrina.hub.api.runs import LONGEST_PAGE
from vitrina.hub.api.shapes import App, Instance, Listing, Serving
from vitrina.hub.api.versions import PROJECT, Versioned, version_of
from vitrina.hub.state import Asking, RowNumber
from vitrina.store import records
from vitrina.store import serving as decided

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
    return _instance(asking, found)


@router.post(APP + "/instance/stop", status_code=202)
def stop_instance(
    asking: Asking,
    owner: str,
    project: str,
    noun: Versioned,
    name: str,
    selector: str,
    app: str,
    drain: Annotated[bool, Query(description="Let people who are inside finish, an hour at most.")] = False,
) -> Instance:
    """Asks the hub to stop an app, which takes some seconds; it starts again when somebody opens it."""
    found = _app(asking, f"{owner}/{project}/{noun}/{name}@{selector}/apps/{app}")
    asking.demand(Action.MANAGE, found)
    asking.portal.front.stop(found.label, reason=f"{asking.subject.name} stopped it.", drain=drain)
    return _instance(asking, found)


@router.get(APP + "/serving")
def show_serving(
    asking: Asking, owner: str, project: str, noun: Versioned, name: str, selector: str, app: str
) -> Serving:
    """How an app is to be served: how many instances, for how many people, how long without anybody."""
    return Serving.of(_app(asking, f"{owner}/{project}/{noun}/{name}@{selector}/apps/{app}"))


@router.put(APP + "/serving")
def set_serving(
    asking: Asking, owner: str, project: str, noun: Versioned, name: str, selector: str, app: str, serving: Serving
) -> Serving:
    """Decides that; the hub follows within seconds."""
    found = _app(asking, f"{owner}/{project}/{noun}/{name}@{selector}/apps/{app}")
    asking.demand(Action.MANAGE, found)
    return Serving.of(asking.store.apps.serve(found, decided.Serving(**serving.model_dump())))


@router.post(APP + "/picture", status_code=202)
def take_picture(asking: Asking, owner: str, project: str, noun: Versioned, name: str, selector: str, app: str) -> App:
    """Asks the hub for a new picture of an app, taken in its next quiet moment; until then the old one stays."""
    found = _app(asking, f"{owner}/{project}/{noun}/{name}@{selector}/apps/{app}")
    asking.demand(Action.WRITE, found)
    asking.store.pictures.ask(found)
    return App.of(found, _running(asking, found))


def _app(asking: Asking, ref: str) -> records.App:
    found = asking.find(ref).app
    assert found is not None
    return found


def _instance(asking: Asking, app: records.App) -> Instance:
    told, moves = asking.store.instances.of_revision(app.revision_id), asking.store.instances.moves(app.revision_id)
    return Instance.of(app, _running(asking, app), told=told, moves=moves)


def _running(asking: Asking, app: records.App) -> records.Running | None:
    return asking.store.instances.of_revisions([app.revision_id]).get(app.revision_id)


def _with_states(asking: Asking, apps: Sequence[records.App]) -> list[App]:
    running = asking.store.instances.of_revisions([app.revision_id for app in apps])
    return [App.of(app, running.get(app.revision_id)) for app in apps]
