"""An app in its case: a slim bar of the portal's, and below it the app's own origin in a frame."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from vitrina.hub.access import Action
from vitrina.hub.pages import app_cards, data
from vitrina.hub.pages.chips import chip_of
from vitrina.hub.pages.paths import Form, href
from vitrina.hub.pages.visit import Here
from vitrina.store.errors import NotFoundError
from vitrina.store.refs import Noun

router = APIRouter()


@router.get("/{owner}/{project}/models/{name}/apps/{app}", include_in_schema=False)
def app(here: Here, owner: str, project: str, name: str, app: str) -> Response:
    """The frame asks `…/open`, which decides once more and sends it on to the app's origin with a ticket."""
    found, form = here.find(f"{owner}/{project}/{Noun.MODEL}/{name}/apps/{app}")
    assert found.app is not None
    if not here.may(Action.OPEN_APP, found.app):
        raise NotFoundError(f"app {app!r} in {owner}/{project}/{Noun.MODEL}/{name}")
    running = here.store.instances.of_revisions([found.app.revision_id]).get(found.app.revision_id)
    match form:
        case Form.JSON:
            return data.answer(data.app(found.app, app_cards.state_of(running).value))
        case Form.MARKDOWN:
            raise NotFoundError(f"README of the app {app!r}")
        case Form.PAGE:
            pass
    card = app_cards.card(found.app, running)
    exact = f"{found.app.ref}@{found.app.revision}" if found.ref.app_revision is not None else found.app.ref
    return here.render(
        "app.html",
        here.around(f"{card.title} · {found.app.version.ref}", json_href=Form.JSON.of(found.app.ref)),
        app=card,
        ref=found.app.ref,
        model=chip_of(found.app.version),
        version_href=href(found.app.version.ref),
        open_href=f"{href(exact)}/open",
    )
