"""What the portal's routes are given: the store, the one decision, and who asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from pydantic import Field

from vitrina.hub import access
from vitrina.hub.access import Action, Subject, Thing
from vitrina.hub.front_line import FrontLine
from vitrina.hub.measures.requests import Requests
from vitrina.hub.sessions import Sessions
from vitrina.hub.settings import Settings
from vitrina.store.lookup import Found
from vitrina.store.opening import Store
from vitrina.store.records import Project, Visibility

if TYPE_CHECKING:
    from vitrina.hub.pages.visit import Documents


@dataclass(frozen=True, slots=True)
class PortalState:
    """Stands at `app.state.vitrina` of the portal."""

    settings: Settings
    store: Store
    sessions: Sessions
    documents: Documents
    front: FrontLine
    clock: Callable[[], datetime]
    requests: Requests
    """What was asked of this portal so far."""

    metrics_key: str
    """Whoever shows it may read all figures."""

    @property
    def cache(self) -> Path:
        return self.settings.cache

    def now(self) -> datetime:
        return self.clock()

    def subject(self, request: Request) -> Subject:
        """Who asks. Raises BadTokenError."""
        return self.sessions.subject(request)

    def may(self, subject: Subject, action: Action | str, thing: Thing) -> bool:
        """See `vitrina.hub.access.may`."""
        return access.may(subject, action, thing)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks the API, and what they may find."""

    portal: PortalState
    subject: Subject

    @property
    def store(self) -> Store:
        return self.portal.store

    @property
    def visible(self) -> list[Visibility]:
        return access.visible_to(self.subject)

    def may(self, action: Action, thing: Thing) -> bool:
        return access.may(self.subject, action, thing)

    def find(self, ref: str) -> Found:
        """What a reference names, for this caller; what they may not read is not found, in the same words."""
        return self.store.find(ref, may_read=lambda project: self.may(Action.READ, project))

    def demand(self, action: Action, thing: Thing) -> None:
        """See `vitrina.hub.access.demand`."""
        access.demand(self.subject, action, thing)

    def project(self, owner: str, name: str) -> Project:
        return self.find(f"{owner}/{name}").project


def portal_of(request: Request) -> PortalState:
    return request.app.state.vitrina


def _caller(request: Request) -> Caller:
    portal = portal_of(request)
    return Caller(portal, portal.subject(request))


Asking = Annotated[Caller, Depends(_caller)]
"""Give a route this, and it has who asks."""

RowNumber = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""The number of a row in an address, which is anybody's text: a database takes 64 bits of it."""
