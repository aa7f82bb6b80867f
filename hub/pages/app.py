"""An app in its case: a slim bar of the portal's, and below it the app's own origin in a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from vitrina.hub import rollout
from vitrina.hub.access import Action
from vitrina.hub.pages import app_cards, data
from vitrina.hub.pages import log as logs
from vitrina.hub.pages import use as uses
from vitrina.hub.pages.paths import Form, href
from vitrina.hub.pages.visit import Here, Visit
from vitrina.hub.rollout import Choice
from vitrina.store.errors import NotFoundError
from vitrina.store.lookup import Found
from vitrina.store.opening import Store
from vitrina.store.records import App, Version
from vitrina.store.refs import Noun

router = APIRouter()

MOST_SIBLINGS = 60
"""Versions among which one can switch; more are on the model's page."""


@dataclass(frozen=True, slots=True)
class Sibling:
    """The same app of a version of the same model."""

    version: Version
    href: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class News:
    """A sentence across the page, and the way on."""

    text: str
    link: str
    href: str
    is_bad: bool = False


@router.get("/{owner}/{project}/models/{name}/apps/{app}", include_in_schema=False)
def app(here: Here, owner: str, project: str, name: str, app: str) -> Response:
    """The frame asks `…/open`, which decides once more and sends it on to the app's origin with a ticket."""
    found, form = here.find(f"{owner}/{project}/{Noun.MODEL}/{name}/apps/{app}")
    assert found.app is not None
    if not here.may(Action.OPEN_APP, found.app):
        raise NotFoundError(f"app {app!r} in {owner}/{project}/{Noun.MODEL}/{name}")
    match form:
        case Form.JSON:
            running = here.store.instances.of_revisions([found.app.revision_id]).get(found.app.revision_id)
            return data.answer(data.app(found.app, app_cards.state_of(running).value))
        case Form.MARKDOWN:
            raise NotFoundError(f"README of the app {app!r}")
        case Form.PAGE:
            return _page(here, found)


def _page(here: Visit, found: Found) -> Response:
    choice = rollout.choose(here.store, found)
    app = choice.app
    card = app_cards.card(app, here.store.instances.of_revisions([app.revision_id]).get(app.revision_id))
    others = siblings(here.store, app)
    return here.render(
        "app.html",
        here.around(f"{card.title} · {app.version.ref}", json_href=Form.JSON.of(app.ref)),
        app=card,
        ref=app.ref,
        project=app.version.collection.project,
        project_href=href(app.version.collection.project.ref),
        model=app.version.collection.name,
        version=app.version,
        version_href=href(app.version.ref),
        others=others,
        keeps_feedback=app.serving.feedback,
        news=news_of(app, choice, others),
        open_href=f"{href(_exact(app))}/open",
        use_href=f"{href(app.ref)}/use" if uses.is_shown(here, app) else "",
        log_href=f"{href(_exact(app))}/log" if logs.is_shown(here, app) else "",
    )


def siblings(store: Store, app: App) -> list[Sibling]:
    """The app of the same name in all versions of its model that have one, the highest first; this one too."""
    collection = app.version.collection
    versions = store.registry.versions([collection.id])[collection.id][:MOST_SIBLINGS]
    apps = store.apps.of_versions([version.id for version in versions])
    return [
        Sibling(one.version, href(one.ref), is_here=one.version.id == app.version.id)
        for version in versions
        for one in apps[version.id]
        if one.name == app.name
    ]


def news_of(app: App, choice: Choice, others: Sequence[Sibling]) -> News | None:
    """What to know who looks at this one: that what they asked for does not start, or that a newer one exists."""
    if (failed := choice.instead_of) is not None:
        what = _named(failed, beside=app)
        reason, this = choice.reason.rstrip("."), _named(app, beside=failed)
        text = (
            f"{what[0].upper()}{what[1:]} does not {choice.fails_to}: {reason}. This is {this}, the last that worked."
        )
        return News(text, f"Open {what} all the same", href(_exact(failed)), is_bad=True)
    newer = _newer(app, others)
    if newer is not None:
        return News(
            f"This is {app.version.number}. {newer.version.number} is newer.",
            f"Open {newer.version.number}",
            newer.href,
        )
    if app.revision < app.revisions:
        text = f"This is revision {app.revision} of the app. Revision {app.revisions} is newer."
        return News(text, f"Open revision {app.revisions}", href(app.ref))
    return None


def _newer(app: App, others: Sequence[Sibling]) -> Sibling | None:
    """The newest release that is higher than this version; nobody is sent to a pre-release."""
    numbers = [one.version.id for one in others]
    above = others[: numbers.index(app.version.id)] if app.version.id in numbers else others
    return next((one for one in above if "-" not in one.version.number), None)


def _named(app: App, *, beside: App) -> str:
    """In few words what tells it from the other one."""
    if app.version.id == beside.version.id:
        return f"revision {app.revision}"
    return f"{app.version.collection.name} {app.version.number}"


def _exact(app: App) -> str:
    return f"{app.ref}@{app.revision}"
