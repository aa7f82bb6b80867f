"""The status page: what runs, from which store, and which protections are on, for whoever may manage the hub."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from vitrina import __version__
from vitrina.apps.attempts import ATTEMPTS
from vitrina.apps.environments.index import configured
from vitrina.apps.environments.uv import find_uv
from vitrina.apps.levels import Level
from vitrina.apps.life import State
from vitrina.apps.pictures import photographer
from vitrina.hub.access import HUB, Action
from vitrina.hub.front_line import NoFrontError
from vitrina.hub.measures import told
from vitrina.hub.pages import data
from vitrina.hub.pages.app_cards import SAID, state_of
from vitrina.hub.pages.render import Crumb
from vitrina.hub.pages.visit import Here
from vitrina.hub.settings import NO_PICTURES
from vitrina.hub.sites import OwnOrigins, SharedOrigin, Sites
from vitrina.hub.state import Asking, PortalState
from vitrina.store import migrations
from vitrina.store.errors import MissingExtraError
from vitrina.store.opening import Store
from vitrina.store.records import App, Running
from vitrina.store.usage import SHOWN_DAYS, since

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
class Attempted:
    """Something that a hostile app may try (see `vitrina.apps.attempts`)."""

    what: str
    fails: bool
    level: str
    """From which level of isolation on it fails."""


@dataclass(frozen=True, slots=True)
class RunningApp:
    ref: str
    state: State
    said: str
    reason: str
    pid: int | None
    number: int = 1
    people: int | None = None
    """Sessions inside; None: the part that runs apps does not say."""

    memory_bytes: int | None = None
    """As last weighed; None: it was not."""


@dataclass(frozen=True, slots=True)
class FrameworkUse:
    """What all apps of a framework had in the last days."""

    framework: str
    apps: int
    openings: int
    requests: int
    errors: int
    starts: int
    crashes: int
    ready_mean_s: float | None
    ready_most_s: float | None
    memory_most_bytes: int | None


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
    isolation: str
    """The level of isolation of apps."""

    pictures: str
    """Why no pictures are taken of apps; empty: they are."""

    attempts: Sequence[Attempted]
    instances: Sequence[RunningApp]
    use: Sequence[FrameworkUse]
    use_days: int


OWN_ORIGINS = Protection("An origin of its own for each app", True, "An app's page cannot read the hub or another app.")
ONE_ORIGIN = Protection(
    "An origin of its own for each app",
    False,
    "Apps are paths of one origin. This is weaker: a page of one app can act at another as whoever looks at it. "
    "A wildcard name gives each its own: vitrina hub --apps-url https://*.apps.example.org",
)

PROTECTIONS = (
    Protection("A clean environment", True, "Apps inherit no variable, cookie or token of the hub."),
    Protection("A folder of its own for each start", True, "What an app writes beside its script is its own."),
    Protection("End with the hub", True, "No app outlives the hub, even when that is killed."),
    Protection("Warm starts (nursery)", True, "An app is forked from a process that has imported its framework."),
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
    read_now: dict[str, Any] = asdict(read(asking))
    return data.answer({**read_now, "libraries": dict(read_now["libraries"])})


def read(asking: Asking) -> Status:
    settings, store = asking.portal.settings, asking.store
    return Status(
        release=__version__,
        schema=migrations.HEAD,
        store=store.database.where,
        home=str(settings.home),
        portal=settings.portal_url,
        apps=settings.sites.source,
        python=f"{platform.python_version()} on {sys.platform}",
        libraries=[(name, release) for name in LIBRARIES if (release := _release(name)) is not None],
        protections=(of_sites(settings.sites), *of_level(settings.isolation), *PROTECTIONS, of_environments()),
        pictures=photographer.lacking(settings.isolation) if settings.takes_pictures else f"Not taken: {NO_PICTURES}",
        isolation=settings.isolation.value,
        attempts=[Attempted(one.what, one.fails_at(settings.isolation), one.fails_from.value) for one in ATTEMPTS],
        instances=_instances(asking.portal),
        use=_use(store, asking.portal.now().astimezone(UTC).date()),
        use_days=SHOWN_DAYS,
    )


def of_environments() -> Protection:
    """Whether an app may have other libraries than the hub, and where they would come from."""
    what = "Libraries of its own for each app"
    try:
        find_uv()
    except MissingExtraError as error:
        return Protection(what, False, f"Apps run with the libraries of the hub, or not at all. {error}")
    index = configured(os.environ, home=Path.home())
    return Protection(what, True, f"What the hub does not have is installed, read-only, from {index.shown}.")


def of_sites(sites: Sites) -> Protection:
    """What the places of apps keep apart."""
    match sites:
        case OwnOrigins():
            return OWN_ORIGINS
        case SharedOrigin():
            return ONE_ORIGIN


def of_level(level: Level) -> Sequence[Protection]:
    """What the walls around apps hold, and what they do not."""
    has_landlock, is_sandboxed = level.has(Level.LANDLOCK), level is Level.SANDBOX
    return (
        Protection("Limits", True, "Of memory, open files, sizes of files and folders, and output; no privileges."),
        Protection("Walls around files (Landlock)", has_landlock, _FILES if has_landlock else _NO_FILES),
        Protection("A sandbox (bubblewrap)", is_sandboxed, _SANDBOX if is_sandboxed else _NO_SANDBOX),
    )


_FILES = "An app reads its files, its libraries and its own folder, writes in its folder, and signals nobody else."
_NO_FILES = "An app can read and change what the hub's user can. It takes Linux 6.12: vitrina hub --isolation landlock"
_SANDBOX = "An app sees no process, socket, user or network but its own (its network is a setting), nor more processes."
_NO_SANDBOX = (
    "An app can reach hosts by UDP and sockets that it knows, and make processes without end. "
    "It takes bubblewrap: vitrina hub --isolation sandbox"
)


def _instances(portal: PortalState) -> list[RunningApp]:
    noted = portal.store.instances.list()
    apps = portal.store.apps.by_revisions([running.revision_id for running in noted])
    weighed = _weighed(portal)
    return [
        _of(app, running, weighed.get((app.label, running.number)))
        for running in noted
        if (app := apps.get(running.revision_id)) is not None
    ]


def _weighed(portal: PortalState) -> dict[tuple[str, int], told.RunningApp]:
    """What the front says of what runs there now, by label and number; nothing while it does not answer."""
    try:
        return {(one.label, one.number): one for one in portal.front.figures().running}
    except (NoFrontError, told.GarbledAnswerError):
        return {}


def _of(app: App, running: Running, weighed: told.RunningApp | None) -> RunningApp:
    state = state_of(running)
    return RunningApp(
        app.ref,
        state,
        SAID.get(state, state.value),
        running.reason,
        running.pid,
        number=running.number,
        people=weighed.people if weighed else None,
        memory_bytes=weighed.memory_bytes if weighed else None,
    )


def _use(store: Store, today: date) -> list[FrameworkUse]:
    return [
        FrameworkUse(
            framework=one.framework,
            apps=one.apps,
            openings=one.figures.openings,
            requests=one.figures.requests,
            errors=one.figures.errors,
            starts=one.figures.starts,
            crashes=one.figures.crashes,
            ready_mean_s=one.figures.ready_mean_s,
            ready_most_s=one.figures.ready_most_s if one.figures.ready else None,
            memory_most_bytes=one.figures.memory_most_bytes or None,
        )
        for one in store.use.by_framework(since=since(today))
    ]


def _release(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
