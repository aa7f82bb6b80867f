"""Asking an app something on behalf of a program: with its rights, and through the front, as everybody comes there.

The portal loads no model and knows no app's socket. It writes the pass that a browser would have got for a ticket, and
asks the front, which asks once more what the caller may, wakes the app, and waits for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp
from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from vitrina.hub.access import Subject
from vitrina.hub.front_line import NoFrontError
from vitrina.hub.proxy.passes import Pass, Passes
from vitrina.hub.settings import Settings
from vitrina.hub.state import PortalState
from vitrina.store.errors import VitrinaError
from vitrina.store.records import App

LARGEST_BODY_BYTES = 16 * 2**20
"""Of what a program sends."""

LONGEST_S = 300.0
"""So long a call may take, with the start of an app that slept."""

CONNECTED_WITHIN_S = 5.0

DATA = frozenset({"application/json", "application/problem+json"})
"""An app's answer stands on the portal's origin here: it is data, or it is not passed on."""

ON_DATA: Mapping[str, str] = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class BodyTooLargeError(VitrinaError):
    """A program sends more than an app is asked at once."""

    status = 413

    def __init__(self) -> None:
        super().__init__(
            f"The body is too large: {LARGEST_BODY_BYTES // 2**20} MiB at most.", hint="Send less at once."
        )


class NoAnswerError(VitrinaError):
    """An app gave no answer that a program can use. With `status` 503 it may give one later."""

    def __init__(self, app: App, said: str, *, status: int) -> None:
        self.status = status
        self.permanent = status != HTTPStatus.SERVICE_UNAVAILABLE
        super().__init__(
            f"{app.ref} does not answer. {said}".strip(), hint=f"How it is says: vitrina app status {app.ref}"
        )


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked of an app. `path` lies inside it; `body` None: it is a GET."""

    app: App
    subject: Subject
    path: str
    body: bytes | None = None
    content_type: str = "application/json"


async def body_of(request: Request) -> bytes:
    """What a program sent. Raises BodyTooLargeError before more is taken."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY_BYTES:
            raise BodyTooLargeError
    return bytes(body)


async def call(portal: PortalState, asked: Call) -> Response:
    """The app's answer, passed on as it comes. Raises NoFrontError and NoAnswerError."""
    settings = portal.settings
    client = aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=LONGEST_S, sock_connect=CONNECTED_WITHIN_S),
    )
    try:
        answer = await client.request(
            "GET" if asked.body is None else "POST",
            f"{settings.local_apps_url}{settings.sites.of(asked.app).prefix}{asked.path}",
            data=asked.body,
            headers=_headers(settings, asked, now_s=portal.now().timestamp()),
            allow_redirects=False,
        )
        if answer.content_type not in DATA:
            raise await _refusal(asked.app, answer)
    except TimeoutError as error:
        await client.close()
        raise NoAnswerError(asked.app, f"It took longer than {LONGEST_S:.0f} s.", status=504) from error
    except aiohttp.ClientError as error:
        await client.close()
        raise NoFrontError from error
    except BaseException:
        await client.close()
        raise
    return StreamingResponse(
        _passed(answer, client), status_code=answer.status, media_type=answer.content_type, headers=dict(ON_DATA)
    )


def _headers(settings: Settings, asked: Call, *, now_s: float) -> dict[str, str]:
    """Those of somebody who came in at the app's own origin. A caller keeps one session: one place at one instance."""
    site, user = settings.sites.of(asked.app), asked.subject.user
    name = f"program of {user.id if user else 'nobody'}"
    session = hashlib.sha256(name.encode()).hexdigest()[:16]
    given = Pass(asked.app.revision_id, user.id if user else None, session)
    cookie = Passes(settings.secret, clock=lambda: now_s).cookie(given, site).partition(";")[0]
    return {
        "Host": urlsplit(site.origin).netloc,
        "Cookie": cookie,
        "Accept": "application/json",
        **({"Content-Type": asked.content_type} if asked.body is not None else {}),
    }


async def _refusal(app: App, answer: aiohttp.ClientResponse) -> NoAnswerError:
    """What the front says in place of an app, or an app that says no data."""
    async with answer:
        if answer.content_type == "text/plain":
            said = (await answer.content.read(1000)).decode(errors="replace").partition("\n")[0]
            status = answer.status if answer.status in {429, 502, 503} else 502
            return NoAnswerError(app, said, status=status)
    return NoAnswerError(app, f"What it sent is {answer.content_type}, and no JSON.", status=502)


async def _passed(answer: aiohttp.ClientResponse, client: aiohttp.ClientSession) -> AsyncIterator[bytes]:
    async with client, answer:
        async for chunk in answer.content.iter_any():
            yield chunk
