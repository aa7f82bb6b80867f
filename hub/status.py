"""The status page: what runs, from which store, and which protections are on, for whoever may manage the hub."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from vitrina import __version__
from vitrina.apps.life import State
from vitrina.hub.access import HUB, Action
from vitrina.hub.pages import data
from vitrina.hub.pages.app_cards import SAID, state_of
from vitrina.hub.pages.render import Crumb
from vitrina.hub.pages.visit import Here
from vitrina.hub.state import Asking
from vitrina.store import migrations
from vitrina.store.opening import Store
from vitrina.store.records import App, Running

PATH = "/-/status"

LIBRARIES = ("sqlalchemy", "fastapi", "uvicorn", "aiohttp", "gradio", "streamlit", "dash", "panel", "weasyprint")
"""Those whose release explains most of what people ask about."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Protection:
    """One thing that stands between an app and the hub."""

    name: str
    is_on: bool
    meaning: str
    """What that means for whoever opens the hub to others."""


@dataclass(frozen=True, slots=True)
class RunningApp:
    ref: str
    state: State
    said: str
    reason: str
    pid: int | None


@dataclass(frozen=True, slots=True)
class Status:
    release: str
    schema: str
    store: str
    """Without its password."""

    home: str
    portal: str
    apps: str
    python: str
    libraries: Sequence[tuple[str, str]]
    protections: Sequence[Protection]
    instances: Sequence[RunningApp]


PROTECTIONS = (
    Protection("An origin of its own for each app", True, "An app's page cannot read the hub or another app."),
    Protection("A clean environment", True, "Apps inherit no variable, cookie or token of the hub."),
    Protection("A folder of its own for each start", True, "What an app writes beside its script is its own."),
    Protection("End with the hub", True, "No app outlives the hub, even when that is killed."),
    Protection("Warm starts (nursery)", False, "Each start imports its framework anew and takes seconds."),
    Protection("Walls around files and network", False, "An app can read what the hub's user can, and reach any host."),
    Protection("Limits of memory and processor", False, "An app can take all that the machine has."),
    Protection("An environment for each app", False, "Apps use the libraries of the hub; requirements are kept only."),
)
"""As this release is built; nothing here hangs on the machine."""


@router.get(PATH)
def page(here: Here, asking: Asking) -> Response:
    asking.demand(Action.MANAGE, HUB)
    around = here.around("Status", crumbs=(Crumb("Status"),), json_href=f"{PATH}.json")
    return here.render("status.html", around, hub=read(asking))


@router.get(f"{PATH}.json")
def as_data(asking: Asking) -> Response:
    asking.demand(Action.MANAGE, HUB)
    told: dict[str, Any] = asdict(read(asking))
    return data.answer({**told, "libraries": dict(told["libraries"])})


def read(asking: Asking) -> Status:
    settings, store = asking.portal.settings, asking.store
    return Status(
        release=__version__,
        schema=migrations.HEAD,
        store=store.database.where,
        home=str(settings.home),
        portal=settings.portal_url,
        apps=settings.apps_url,
        python=f"{platform.python_version()} on {sys.platform}",
        libraries=[(name, release) for name in LIBRARIES if (release := _release(name)) is not None],
        protections=PROTECTIONS,
        instances=_instances(store),
    )


def _instances(store: Store) -> list[RunningApp]:
    told = store.instances.list()
    apps = store.apps.by_revisions([running.revision_id for running in told])
    return [_of(apps[running.revision_id], running) for running in told if running.revision_id in apps]


def _of(app: App, running: Running) -> RunningApp:
    state = state_of(running)
    return RunningApp(app.ref, state, SAID.get(state, state.value), running.reason, running.pid)


def _release(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
