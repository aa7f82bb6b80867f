"""The error boundary of the portal: whatever went wrong becomes a problem document (RFC 9457) or a page.

What a reader may not see and what does not exist arrive here as the same error, and leave as the same answer.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from vitrina.hub.middleware.request_ids import request_id
from vitrina.hub.pages.failures import failure_page
from vitrina.store.errors import InvalidError, NotFoundError, VitrinaError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

DATA_ENDINGS = (".json", ".md")


class NoPageError(NotFoundError):
    """No route has this address."""

    def __init__(self, path: str) -> None:
        super().__init__(f"page {path}", hint="Begin at the list of projects: /")


class WrongMethodError(VitrinaError):
    """An address exists, but not for this method."""

    status = 405

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"{method} is no method of {path}.", hint="/api/docs lists what can be asked.")


class BadRequestError(InvalidError):
    """A request's parameters cannot be taken."""

    def __init__(self, error: RequestValidationError) -> None:
        said = "; ".join(f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors())
        super().__init__(f"The request cannot be understood: {said}.", hint="/api/docs lists what can be asked.")


class RefusedError(VitrinaError):
    """The framework refuses a request for a reason of HTTP itself."""

    def __init__(self, status: int, detail: str) -> None:
        self.status = status
        super().__init__(detail)


def install(app: FastAPI) -> None:
    """Makes the app answer errors so."""
    app.add_exception_handler(VitrinaError, _on_vitrina_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_bad_request)


def answer(request: Request, error: VitrinaError) -> Response:
    """The error in the form that the client asked for."""
    if not wants_page(request.url.path, request.headers):
        return document(error, request=request_id(request.scope))
    try:
        return failure_page(request, error)
    except VitrinaError:  # a page says who reads it, which the store may be unable to tell just now
        return document(error, request=request_id(request.scope))


def document(error: VitrinaError, *, request: str = "") -> Response:
    """The error as a problem document; `request` is the request's name in the log."""
    said = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.message,
        "hint": error.hint,
        "request": request,
    }
    content = {key: value for key, value in said.items() if value}
    headers = {"www-authenticate": "Bearer"} if error.status == HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(content, status_code=error.status, headers=headers, media_type=MEDIA_TYPE)


def wants_page(path: str, headers: Mapping[str, str]) -> bool:
    """Whether a person asks. The API and pages' data answer in JSON, and so do pages to those who take no HTML."""
    is_data = path.startswith("/api/v") or path.endswith(DATA_ENDINGS) or "authorization" in headers
    return not is_data and "text/html" in headers.get("accept", "")


def _on_vitrina_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, VitrinaError)
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s", error, extra={"action": "request_failed", "request": request_id(request.scope)})
    return answer(request, error)


def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            return answer(request, NoPageError(request.url.path))
        case HTTPStatus.METHOD_NOT_ALLOWED:
            refused = answer(request, WrongMethodError(request.method, request.url.path))
        case status:
            refused = answer(request, RefusedError(status, error.detail))
    refused.headers.update(error.headers or {})
    return refused


def _on_bad_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answer(request, BadRequestError(error))
