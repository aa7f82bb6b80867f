"""The one click by which a version gets the apps that nobody has to write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from vitrina.hub import access, demos
from vitrina.hub.access import Action, Subject
from vitrina.hub.pages.paths import href
from vitrina.hub.pages.visit import Here, Visit
from vitrina.store.demos import DEMO, PREDICT
from vitrina.store.errors import NotFoundError
from vitrina.store.records import App, Version
from vitrina.store.refs import Noun

router = APIRouter()

_SEE_OTHER = 303


@router.post("/{owner}/{project}/models/{name}/demo", include_in_schema=False)
def make(here: Here, owner: str, project: str, name: str) -> Response:
    """Makes them, and shows them on the version's page. Raises ForbiddenError, NoSignatureError."""
    ref = f"{owner}/{project}/{Noun.MODEL}/{name}"
    version = here.find(ref)[0].version
    if version is None:
        raise NotFoundError(f"version of {ref}")
    access.demand(cast("Subject", here.subject), Action.WRITE, version)
    demos.make(here.store, version)
    return RedirectResponse(f"{href(version.ref)}#apps", status_code=_SEE_OTHER)


def offer(here: Visit, version: Version, apps: Sequence[App]) -> str | None:
    """Where the button leads that makes them; None where there is none: who looks may not, or they are there."""
    has_both = {DEMO.name, PREDICT.name} <= {app.name for app in apps}
    if has_both or not demos.can_have(version) or not here.may(Action.WRITE, version):
        return None
    return f"{href(version.ref)}/demo"
