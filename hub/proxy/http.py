"""One request to an app and its answer, both streamed: what comes is passed on at once, no faster than it is taken."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable

from aiohttp import ClientError, ClientResponse, HttpVersion11, web
from multidict import CIMultiDict
from yarl import URL

from vitrina.hub.format import size
from vitrina.hub.proxy.assets import FOR_GOOD, is_for_good
from vitrina.hub.proxy.pools import Pool
from vitrina.hub.proxy.request_headers import Sender, to_app
from vitrina.hub.proxy.response_headers import to_browser
from vitrina.store.errors import VitrinaError

log = logging.getLogger(__name__)

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class AppAwayError(VitrinaError):
    """The app did not answer."""

    status = 502
    permanent = False


class TooLargeError(VitrinaError):
    """A request is larger than this hub takes."""

    status = 413

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"An upload to this app may have {size(limit_bytes)} at most.")


async def expected(request: web.Request) -> None:
    """What is done when a client asks before it sends a body: nothing yet. See `_Body`."""
    if request.headers.get("Expect", "").lower() != "100-continue":
        raise web.HTTPExpectationFailed


async def forward(
    request: web.Request,
    pool: Pool,
    sender: Sender,
    *,
    policy: str,
    upload_bytes: int,
    on_sent: Callable[[int], None],
    framework: str = "",
    begun: bytes = b"",
) -> web.StreamResponse:
    """Pass a request on and its answer back.

    A kept connection that the app had closed is tried again on a new one, where nothing can be done twice by that: a
    method that may be repeated, with no body sent (aiohttp does it). `on_sent` is told how many bytes of the answer's
    body went to the browser, piece by piece. `framework` is the app's, and says which of its files browsers may keep;
    empty: none. `begun` is what was read of the body already.

    Raises AppAwayError when nothing came back, and TooLargeError. Once the answer has begun, its only way to fail is to
    be cut off, so that nobody takes a part for the whole.
    """
    body = _Body(request, upload_bytes, begun)
    url = URL(pool.root + request.raw_path, encoded=True)
    passed = to_app(request.headers, sender)
    try:
        answer = await pool.client.request(
            request.method, url, headers=passed, data=body.chunks(), allow_redirects=False
        )
    except ClientError as error:
        if body.is_too_large:
            raise TooLargeError(upload_bytes) from error
        log.info("%s did not answer: %r", sender.site.root, error, extra={"action": "app_away"})
        raise AppAwayError from error
    async with answer:
        told = to_browser(answer.headers, policy=policy, prefix=sender.site.prefix)
        address = request.raw_path.removeprefix(sender.site.prefix)
        if is_for_good(framework, address, status=answer.status, told=told):
            told["Cache-Control"] = FOR_GOOD
        return await _send_back(request, answer, told, on_sent)


async def _send_back(
    request: web.Request, answer: ClientResponse, passed: CIMultiDict[str], on_sent: Callable[[int], None]
) -> web.StreamResponse:
    if answer.content.is_eof() and (whole := answer.content.read_nowait()):  # it is all here: one packet instead of two
        on_sent(len(whole))
        return web.Response(status=answer.status, reason=answer.reason, headers=passed, body=whole)
    response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=passed)
    try:
        await response.prepare(request)
        async for chunk in answer.content.iter_any():
            await response.write(chunk)
            on_sent(len(chunk))
        await response.write_eof()
    except ClientError as error:  # the app broke off or the browser went away: aiohttp has one family for both
        log.info("An answer of %s broke off: %r", request.host, error, extra={"action": "answer_cut"})
        if request.transport is not None:
            request.transport.abort()
    return response


class _Body:
    """A request's body, counted while it passes.

    A client that asked whether to send it is told so when the app's connection is there to take it: one that is too
    large is refused before it was sent.
    """

    def __init__(self, request: web.Request, limit_bytes: int, begun: bytes) -> None:
        self._request = request
        self._begun = begun
        self._limit_bytes = limit_bytes
        length = request.content_length
        if length is not None and length > limit_bytes:
            raise TooLargeError(limit_bytes)
        self.is_too_large = False

    def chunks(self) -> AsyncIterator[bytes] | None:
        """The body in pieces as they come; None when there is none."""
        return self._chunks() if self._request.body_exists else None

    async def _chunks(self) -> AsyncIterator[bytes]:
        await self._ask_for_it()
        left = self._limit_bytes - len(self._begun)
        if self._begun:
            yield self._begun
        async for chunk in self._request.content.iter_any():
            left -= len(chunk)
            if left < 0:
                self.is_too_large = True
                raise TooLargeError(self._limit_bytes)
            yield chunk

    async def _ask_for_it(self) -> None:
        if "Expect" in self._request.headers and self._request.version >= HttpVersion11:
            await self._request.writer.write(CONTINUE)
