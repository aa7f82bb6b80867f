"""Who asks: the session of a browser, or the token of a program; and the one-time link that begins a session.

The link's key is in the address for one request only: it is exchanged for a cookie, and the browser is sent on.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from vitrina.hub.access import HUB, VISITOR, Action, Subject, demand
from vitrina.hub.middleware.heads import is_head
from vitrina.hub.settings import SIGN_IN
from vitrina.store.errors import VitrinaError
from vitrina.store.opening import Store
from vitrina.store.people import SESSION_LIFE

COOKIE = "__Host-vitrina"
"""The prefix makes browsers refuse it from any other host and path, also from an app's page on another port."""

SIGN_OUT = "/-/sign-out"
LINK = "/-/link"

_SEE_OTHER = 303


class SpentLinkError(VitrinaError):
    """A one-time link cannot be used (again)."""

    status = 410

    def __init__(self) -> None:
        super().__init__(
            "This link was used already, or is too old.", hint="Print a new one: vitrina hub link. It works once."
        )


class BadTokenError(VitrinaError):
    """A token is not one of this hub's."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "This token is not known here.",
            hint="Leave it out to read public things, or use the hub-token of its home.",
        )


@dataclass(frozen=True, slots=True)
class Sessions:
    """Recognises who asks."""

    store: Store
    token: str
    """Whoever shows it acts as the local user."""

    def subject(self, request: Request) -> Subject:
        """The subject of a request, asked of the store once for each. Raises BadTokenError."""
        if not hasattr(request.state, "subject"):
            request.state.subject = self._find(request)
        return request.state.subject

    def _find(self, request: Request) -> Subject:
        given = request.headers.get("authorization")
        if given is not None:
            return self._of_token(given)
        session = request.cookies.get(COOKIE)
        user = self.store.people.user_of_session(session) if session else None
        return Subject(user) if user is not None else VISITOR

    def _of_token(self, authorization: str) -> Subject:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self.token.encode()):
            raise BadTokenError
        return Subject(self.store.people.local_user())


router = APIRouter(include_in_schema=False)


@router.get(SIGN_IN)
def enter(request: Request, key: str = "") -> Response:
    """In by a one-time link. Raises SpentLinkError, unless its session is what the browser has already."""
    response = RedirectResponse("/", status_code=_SEE_OTHER, headers={"cache-control": "no-store"})
    if is_head(request.scope):  # a program looks at the link before a person follows it
        return response
    sessions = _sessions(request)
    session = sessions.store.people.use_link(key)
    if session is None and sessions.subject(request).user is None:
        raise SpentLinkError
    if session is not None:
        life_s = int(SESSION_LIFE.total_seconds())
        response.set_cookie(COOKIE, session, max_age=life_s, path="/", secure=True, httponly=True, samesite="lax")
    return response


@router.post(SIGN_OUT)
def sign_out(request: Request) -> Response:
    """Out, also for whoever has a copy of the cookie."""
    if session := request.cookies.get(COOKIE):
        _sessions(request).store.people.end_session(session)
    response = RedirectResponse("/", status_code=_SEE_OTHER)
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return response


@router.post(LINK)
def make_link(request: Request) -> Response:
    """A new one-time link, for whoever is in already: for another browser."""
    sessions, settings = _sessions(request), request.app.state.vitrina.settings
    subject = sessions.subject(request)
    demand(subject, Action.MANAGE, HUB)
    assert subject.user is not None, "a visitor may not"
    return JSONResponse({"url": settings.sign_in_link(sessions.store.people.make_link(subject.user))})


def _sessions(request: Request) -> Sessions:
    return request.app.state.vitrina.sessions
