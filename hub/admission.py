"""A click on "Open app": the decision, and the ticket with which the browser goes to the app's own origin.

The portal never serves an app, and an app never sees the portal's cookie: all that passes from one origin to the other
is a ticket, good for one entrance within a minute.
"""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from vitrina.hub import rollout
from vitrina.hub.access import Action
from vitrina.hub.proxy.routes import ENTER
from vitrina.hub.settings import Settings
from vitrina.hub.state import Asking, Caller
from vitrina.store.errors import NotFoundError, VitrinaError
from vitrina.store.records import App

_SEE_OTHER = 303

_NAVIGATIONS = frozenset({"document", "iframe", "frame"})
"""What a browser says in Sec-Fetch-Dest when somebody goes to an address; a program says nothing."""


class NotANavigationError(VitrinaError):
    """A page fetches an app's entrance in the background."""

    status = 403

    def __init__(self) -> None:
        super().__init__("An app is opened by going to its address, not by fetching it.", hint="Use a link or a frame.")


router = APIRouter(include_in_schema=False)


@router.get("/{owner}/{project}/{noun}/{thing}/apps/{app}/open")
def open_app(asking: Asking, request: Request, owner: str, project: str, noun: str, thing: str, app: str) -> Response:
    """Sends the browser to the app of the exact version that the selector asks for now (see `vitrina.hub.rollout`).

    Whoever may not open it gets the same answer as for an app that does not exist. `?to=` is a path inside the app; the
    front looks at it, since it sends on.
    """
    ref = f"{owner}/{project}/{noun}/{thing}/apps/{app}"
    found = asking.find(ref)
    chosen = rollout.choose(asking.store, found).app if found.app is not None else None
    return _admit(asking, request, chosen, called=ref)


@router.get("/-/apps/{label}/open")
def open_app_of_origin(asking: Asking, request: Request, label: str) -> Response:
    """The same for the app with this origin: where the front sends whoever comes there without having been let in."""
    return _admit(asking, request, asking.store.apps.by_label(label), called=label)


def _admit(asking: Caller, request: Request, found: App | None, *, called: str) -> Response:
    if request.headers.get("sec-fetch-dest", "document") not in _NAVIGATIONS:
        raise NotANavigationError
    if found is None or not asking.may(Action.OPEN_APP, found):
        raise NotFoundError(f"app {called}")
    user = asking.subject.user
    ticket = asking.store.instances.make_ticket(found.revision_id, user.id if user is not None else None)
    address = entrance(asking.portal.settings, found, ticket=ticket, to=request.query_params.get("to", "/"))
    return RedirectResponse(address, status_code=_SEE_OTHER, headers={"cache-control": "no-store"})


def entrance(settings: Settings, app: App, *, ticket: str, to: str = "/") -> str:
    """Where a browser shows its ticket; `to` is the path inside the app that it goes on to."""
    return settings.sites.of(app).url(f"{ENTER}?{urlencode({'ticket': ticket, 'to': to})}")
