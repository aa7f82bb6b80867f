"""Starting a hub: what must be true first, what is printed, and the parent that then keeps it alive."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from vitrina.apps import trial
from vitrina.apps.levels import Level
from vitrina.apps.trial import Found
from vitrina.hub import keyfile, running
from vitrina.hub.peers import Peers
from vitrina.hub.settings import (
    APPS_URL,
    DEFAULT_HOST,
    FEEDBACK_ENTRIES,
    FEEDBACK_MB,
    IDLE_S,
    PORT,
    PUBLIC_URL,
    UPLOAD_MB,
    Settings,
    is_loopback,
)
from vitrina.store.errors import MissingExtraError, VitrinaError
from vitrina.store.home import Place, place

if TYPE_CHECKING:
    from vitrina.hub.processes.care import Patience

NEEDED = ("fastapi", "uvicorn", "aiohttp", "jinja2")
"""Libraries of the extra `hub` without which no process of it starts."""


class Browser(Enum):
    """Whether a browser is opened."""

    YES = "yes"
    NO = "no"
    IF_WATCHED = "where somebody watches: on a terminal with a screen"


class OpenAddressError(VitrinaError):
    """The hub was to listen where others can connect."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} can be reached by other machines, and nobody is an administrator of this hub yet.",
            hint="Leave out --host, or give an address of this machine alone, such as 127.0.0.1.",
        )


class NoAppsAddressError(VitrinaError):
    """The hub has a public address, and its apps have none."""

    def __init__(self) -> None:
        super().__init__(
            f"{PUBLIC_URL} says where people find the hub; where they find its apps is not said.",
            hint=f"Say it too: {APPS_URL} https://*.apps.example.org gives each app an origin of its own; "
            f"a name without * is shared by all, which is weaker.",
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `vitrina hub` was asked for; None: not said."""

    host: str = DEFAULT_HOST
    port: int = PORT
    apps_port: int | None = None
    """None: the port after `port`."""

    store: str | None = None
    blobs: str | None = None
    home: Path | None = None
    browser: Browser = Browser.IF_WATCHED
    idle_s: float = IDLE_S
    """Seconds after which an app that nobody uses is stopped."""

    isolation: Level | None = None
    """How strongly apps are isolated; None: as strongly as this machine can."""

    public_url: str | None = None
    apps_url: str | None = None
    proxies: Sequence[str] = ()
    """See `Settings.public_url`, `Settings.public_apps_url` and `Settings.proxies`."""

    upload_mb: int = UPLOAD_MB
    takes_pictures: bool = True
    feedback_entries: int = FEEDBACK_ENTRIES
    feedback_mb: int = FEEDBACK_MB
    """See `Settings`."""


def print_at_once(line: str) -> None:
    """Also where nobody but a file or another program reads it."""
    print(line, flush=True)  # noqa: T201


def serve(
    wanted: Wanted,
    *,
    say: Callable[[str], None] = print_at_once,
    prepare: Callable[[Place], None] = lambda _: None,
    patience: Patience | None = None,
) -> int:
    """Runs a hub until it is asked to end; gives its exit code.

    `say` gets lines for people. `prepare` is called when both ports are taken and nothing runs yet. `patience` is the
    parent's with its children.

    Raises OpenAddressError, MissingExtraError, LevelError, AlreadyRunningError, PortError, and what opening the store
    raises.
    """
    if not is_loopback(wanted.host):
        raise OpenAddressError(wanted.host)
    for library in NEEDED:
        if find_spec(library) is None:
            raise MissingExtraError(library, extra="hub", purpose="The hub")
    from vitrina.hub.processes import succession
    from vitrina.hub.processes.keeper import Kept
    from vitrina.hub.processes.parent import Parent
    from vitrina.hub.processes.ports import listen, port_of, taken
    from vitrina.hub.processes.succession import Estate

    if succession.is_trial():
        return _try_out(wanted)
    succession.hear_later()
    estate = succession.inherit()
    where = place(url=wanted.store, blobs=wanted.blobs, home=wanted.home)
    apps_port = wanted.apps_port if wanted.apps_port is not None else (wanted.port + 1 if wanted.port else 0)
    with (
        running.claim(where.home, held=estate and estate.claim) as claim,
        taken(estate.portal) if estate else listen(wanted.host, wanted.port, option="--port") as portal,
        taken(estate.front) if estate else listen(wanted.host, apps_port, option="--apps-port") as front,
    ):
        if estate is None:
            prepare(where)
        secret = keyfile.kept(where.home / keyfile.SECRET)
        level, said_of_level = (Level(estate.isolation), "") if estate else _tried_level(wanted.isolation)
        ports = (port_of(portal), port_of(front))
        settings = _settings(wanted, where, ports=ports, secret=secret, isolation=level)
        starts = estate.starts if estate else 0
        claim.tell(settings.local_url, starts=starts)
        links = None if estate else _links(settings)

        told = starts

        def announce() -> None:
            nonlocal told
            told = starts + 1
            claim.tell(settings.local_url, starts=told)
            if links is None:
                say(f"Vitrina is at {settings.portal_url} again (apps: {settings.apps_url}).")
                return
            printed, opened = links
            say(f"Vitrina is at {settings.portal_url} (apps: {settings.apps_url}). Ctrl-C ends it.")
            say(said_of_level)
            say(f"This link signs you in, once: {printed}")
            if _is_opened(wanted.browser, os.environ):
                webbrowser.open(opened)

        def left(kept: Sequence[Kept] = ()) -> Estate:
            files = (portal.fileno(), front.fileno(), claim.file.fileno())
            return Estate(os.getpid(), *files, starts + 1, level.value, kept)

        def replace(kept: Sequence[Kept]) -> NoReturn:
            say("Vitrina restarts; its apps go on.")
            succession.replace(left(kept))

        refused = count(1)

        def refuse(reason: str) -> None:
            claim.tell(settings.local_url, starts=told, refusals=next(refused), refusal=reason)

        return Parent(
            settings,
            portal=portal,
            front=front,
            announce=announce,
            say=say,
            trial=lambda: succession.trial(left()),
            replace=replace,
            refuse=refuse,
            kept=estate.kept if estate else (),
            patience=patience,
        ).run()


def _try_out(wanted: Wanted) -> int:
    """Whether this program could take a running hub over: all that may fail, without a port, a home or a process."""
    from vitrina.apps.launchers import starter
    from vitrina.hub.processes.parent import MODULES
    from vitrina.store.opening import open_store

    for module in (*MODULES.values(), starter.MODULE):
        import_module(module)
    where = place(url=wanted.store, blobs=wanted.blobs, home=wanted.home)
    _settings(wanted, where, ports=(0, 0), secret="", isolation=Level.PROCESS)
    with open_store(where.url, blobs=where.blobs, home=where.home):
        return 0


def _tried_level(wanted: Level | None) -> tuple[Level, str]:
    """The level that was asked for, or the strongest, and a line about it. Raises LevelError."""
    found = trial.available()
    level = found.demand(wanted)
    return level, say_level(found, level)


def _settings(wanted: Wanted, where: Place, *, ports: tuple[int, int], secret: str, isolation: Level) -> Settings:
    """Raises SiteError and ProxyError, before anything runs."""
    if wanted.public_url is not None and wanted.apps_url is None:
        raise NoAppsAddressError
    settings = Settings(
        where,
        wanted.host,
        *ports,
        public_url=wanted.public_url,
        public_apps_url=wanted.apps_url,
        proxies=tuple(wanted.proxies),
        idle_s=wanted.idle_s,
        isolation=isolation,
        upload_mb=wanted.upload_mb,
        takes_pictures=wanted.takes_pictures,
        feedback_entries=wanted.feedback_entries,
        feedback_mb=wanted.feedback_mb,
        secret=secret,
    )
    addresses = (settings.portal_url, settings.sites, Peers.of(settings))
    assert all(addresses)
    return settings


def say_level(found: Found, level: Level) -> str:
    """The line about the isolation of apps; and why it is not stronger, where it could be."""
    is_on = f"Apps are isolated by {level.value!r}"
    if level is not found.strongest:
        return f"{is_on}, as it was asked for; this machine could do {found.strongest.value!r}."
    if not found.lacking:
        return f"{is_on}, the strongest level there is."
    reasons = [f"Not by {lacking.value!r}: {reason}" for lacking, reason in found.lacking.items()]
    return " ".join([f"{is_on}, the strongest that this machine can.", *reasons])


def _links(settings: Settings) -> tuple[str, str]:
    """Two one-time links: to print and to open. A store that cannot be used shows here, before anything runs."""
    from vitrina.store.opening import open_store

    where = settings.place
    with open_store(where.url, blobs=where.blobs, home=where.home) as store:
        printed, opened = (settings.sign_in_link(store.people.make_link(store.user)) for _ in range(2))
    return printed, opened


def _is_opened(browser: Browser, environment: Mapping[str, str]) -> bool:
    if browser is not Browser.IF_WATCHED:
        return browser is Browser.YES
    has_screen = sys.platform == "darwin" or any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    return sys.stdout.isatty() and has_screen
