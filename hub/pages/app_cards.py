"""Apps as objects on a shelf or in a rail: title, framework, and how the instance is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vitrina.apps.life import State
from vitrina.hub.pages.paths import href
from vitrina.reports.addresses import picture_path
from vitrina.store.opening import Store
from vitrina.store.records import App, AppPicture, Running

FRAMEWORKS = {
    "streamlit": "Streamlit",
    "gradio": "Gradio",
    "dash": "Dash",
    "panel": "Panel",
    "shiny": "Shiny",
    "marimo": "marimo",
    "asgi": "ASGI",
    "wsgi": "WSGI",
    "static": "HTML",
    "command": "Program",
}
"""Frameworks whose name is written with a capital; others are shown as they are called."""

SAID = {State.READY: "ready", State.STARTING: "starting", State.CRASHED: "stopped by an error"}
"""An instance's state in words; in all others the app is asleep."""


@dataclass(frozen=True)
class AppCard:
    title: str
    href: str
    description: str
    framework: str
    revision: int
    model: str
    """The version that it serves, in short: `classifier 1.3.0`."""

    state: str
    is_live: bool = False
    is_broken: bool = False
    picture: str | None = None
    """Address of its picture; None: none was taken."""

    width: int = 0
    height: int = 0
    """Of the picture, in pixels."""


def shown(store: Store, apps: Sequence[App]) -> list[AppCard]:
    """The cards of apps, with two questions to the store for all of them."""
    revisions = [app.revision_id for app in apps]
    running, pictures = store.instances.of_revisions(revisions), store.pictures.of_revisions(revisions)
    return [card(app, running.get(app.revision_id), pictures.get(app.revision_id)) for app in apps]


def card(app: App, running: Running | None, picture: AppPicture | None = None) -> AppCard:
    state = state_of(running)
    return AppCard(
        title=title_of(app),
        href=href(app.ref),
        description=app.description,
        framework=FRAMEWORKS.get(app.framework, app.framework),
        revision=app.revision,
        model=f"{app.version.collection.name} {app.version.number}",
        state=SAID.get(state, "asleep, opens in a moment"),
        is_live=state is State.READY,
        is_broken=state is State.CRASHED,
        picture=picture_href(picture),
        width=picture.width if picture else 0,
        height=picture.height if picture else 0,
    )


def picture_href(picture: AppPicture | None) -> str | None:
    """Where the picture is served; another picture has another address, so that browsers may keep each."""
    if picture is None or picture.blob is None:
        return None
    return picture_path(picture.revision_id, picture.blob.digest)


def title_of(app: App) -> str:
    """Its title; without one its name as words: `what-if` is What if."""
    return app.title or app.name.replace("-", " ").replace("_", " ").capitalize()


def state_of(running: Running | None) -> State:
    """The state that a front last told; cold where none did, or where it spoke a word of a later release."""
    try:
        return State(running.state) if running is not None else State.COLD
    except ValueError:
        return State.COLD
