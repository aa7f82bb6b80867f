"""`/metrics`: everything that is counted, for Prometheus, and who may read it.

Programs of this machine are told totals. Names of apps, which tell of private projects, are for those who show a key:
the hub's own, or the one that allows nothing but this.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from ipaddress import ip_address

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError

from vitrina import __version__
from vitrina.hub import keyfile
from vitrina.hub.access import HUB, Action
from vitrina.hub.front_line import NoFrontError
from vitrina.hub.measures import told
from vitrina.hub.measures.families import Family, as_text, counter, gauge
from vitrina.hub.measures.told import GarbledAnswerError
from vitrina.hub.state import PortalState, portal_of
from vitrina.store.errors import VitrinaError

PATH = "/metrics"

SAID_BY_PROXIES = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")
"""Whoever sends one of these asks for somebody else."""

router = APIRouter(include_in_schema=False)


class NoScrapeError(VitrinaError):
    """Somebody who may not asks for the hub's figures."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "The figures of this hub are for programs of its own machine, and for those that show a key.",
            hint=f"Send the content of {keyfile.METRICS} in the hub's home: Authorization: Bearer …",
        )


class Scope(Enum):
    """What an asker is told."""

    TOTALS = "no app by name"
    NAMES = "everything"


@router.get(PATH)
def metrics(request: Request) -> Response:
    """Raises NoScrapeError."""
    from prometheus_client.exposition import CONTENT_TYPE_LATEST

    portal = portal_of(request)
    scope = scope_of(request, portal)
    body = as_text(families(portal, scope))
    return Response(body, headers={"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"})


def scope_of(request: Request, portal: PortalState) -> Scope:
    """What this asker is told. Raises NoScrapeError."""
    given = request.headers.get("authorization")
    if given is not None and hmac.compare_digest(_bearer(given), portal.metrics_key.encode()):
        return Scope.NAMES
    if portal.may(portal.subject(request), Action.MANAGE, HUB):
        return Scope.NAMES
    if _is_of_this_machine(request, portal):
        return Scope.TOTALS
    raise NoScrapeError


def families(portal: PortalState, scope: Scope) -> Iterator[Family]:
    """All of them. One question to the front and one to the store, whatever there is."""
    yield gauge("build_info", "The release that runs.", {(__version__,): 1}, labels=("release",))
    yield from portal.requests.families()
    yield from _of_store(portal)
    front = None
    with suppress(NoFrontError, GarbledAnswerError):
        front = portal.front.figures()
    yield gauge("front_up", "Whether the part that runs apps answers.", {(): front is not None})
    if front is None:
        return
    yield from front.families
    if scope is Scope.NAMES:
        yield from told.of_apps(front.running)


def _of_store(portal: PortalState) -> Iterator[Family]:
    refused: int | None = None
    with suppress(VitrinaError, SQLAlchemyError):
        refused = portal.store.feedback.refused()
    yield gauge("store_up", "Whether the store answers.", {(): refused is not None})
    if refused is not None:
        sentence = "Feedback of apps that was not kept, since it was too much, in all the store's time."
        yield counter("feedback_refused", sentence, {(): refused})


def _bearer(authorization: str) -> bytes:
    scheme, _, token = authorization.partition(" ")
    return token.strip().encode() if scheme.lower() == "bearer" else b""


def _is_of_this_machine(request: Request, portal: PortalState) -> bool:
    """Whether a program here asks for itself. Where a proxy stands before the hub, nobody can tell."""
    if portal.settings.is_proxied or request.client is None or any(name in request.headers for name in SAID_BY_PROXIES):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
