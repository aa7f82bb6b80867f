"""What people see when a page cannot be shown: one page, in the words of the error."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse

from vitrina.hub.pages.visit import visit
from vitrina.store.errors import VitrinaError

TITLES = {
    HTTPStatus.UNAUTHORIZED: "Please sign in first",
    HTTPStatus.FORBIDDEN: "You may not do this",
    HTTPStatus.NOT_FOUND: "There is no page here for you",
    HTTPStatus.CONFLICT: "This contradicts what is stored",
    HTTPStatus.SERVICE_UNAVAILABLE: "The store does not answer",
    HTTPStatus.INSUFFICIENT_STORAGE: "There is no room left to write",
}


def failure_page(request: Request, error: VitrinaError) -> HTMLResponse:
    """The error as a page. What is absent and what is forbidden say the same words, whatever the error says itself."""
    if error.status == HTTPStatus.NOT_FOUND:
        return _page(request, error.status, message="It may have moved, or be shared with others only.", hint="")
    return _page(request, error.status, message=error.message, hint=error.hint or "")


def unexpected_page(request: Request, number: str) -> HTMLResponse:
    """A fault of ours. `number` finds it in the hub's log."""
    said = f"The hub made a mistake while it drew this page. Its log tells more under the number {number}."
    return _page(request, HTTPStatus.INTERNAL_SERVER_ERROR, message=said, hint="")


def _page(request: Request, status: int, *, message: str, hint: str) -> HTMLResponse:
    here = visit(request)
    is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    title = TITLES.get(HTTPStatus(status), "Something went wrong here" if is_ours else "This cannot be shown")
    return here.render(
        "failure.html",
        here.around(title),
        status=status,
        code=status,
        heading=title,
        message=message,
        hint=hint,
        is_visitor=here.subject.name is None,
    )
