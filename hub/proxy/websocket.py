"""A WebSocket between browser and app: two connections, and every message of one is sent on the other.

Pings and pongs pass too, so that each end watches the other end and not the front. A message is read only when the one
before it has been taken. When one end closes, the other is told with the same code, and what it still has to say comes
through until it closes too; when one is lost, the other is told why.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import (
    ClientError,
    ClientWebSocketResponse,
    ClientWSTimeout,
    WebSocketError,
    WSCloseCode,
    WSMsgType,
    WSServerHandshakeError,
    web,
)
from yarl import URL

from vitrina.hub.proxy.http import AppAwayError
from vitrina.hub.proxy.pools import Pool
from vitrina.hub.proxy.request_headers import Sender, to_app

log = logging.getLogger(__name__)

CLOSE_TIMEOUT_S = 2.0
"""So long an end may take to answer that it closes too."""

Socket = web.WebSocketResponse[bool] | ClientWebSocketResponse[bool]


@dataclass(frozen=True, slots=True)
class Lost:
    """An end that went away without a word, as the other end is told."""

    code: int
    message: bytes = b""


@dataclass(frozen=True, slots=True)
class Closed:
    """An end that said that it closes; the other end has been told."""


BROWSER_LOST = Lost(WSCloseCode.GOING_AWAY)
APP_LOST = Lost(WSCloseCode.BAD_GATEWAY, b"The app ended.")


async def relay(
    request: web.Request,
    pool: Pool,
    sender: Sender,
    *,
    message_bytes: int,
    on_message: Callable[[bytes], None],
    on_answer: Callable[[bytes], None],
) -> web.StreamResponse:
    """Join a browser with its app until one of them ends it; `on_message` is called for every message of the browser's,
    `on_answer` for every one of the app's.

    Raises AppAwayError when the app cannot be reached. An app that refuses is answered for with its status.
    """
    offered = [name.strip() for name in request.headers.get("Sec-WebSocket-Protocol", "").split(",") if name.strip()]
    try:
        app = await pool.client.ws_connect(
            URL(pool.root + request.raw_path, encoded=True),
            protocols=offered,
            headers=to_app(request.headers, sender),
            timeout=ClientWSTimeout(ws_close=CLOSE_TIMEOUT_S),  # pyright: ignore[reportCallIssue] - attrs makes it
            autoclose=False,
            autoping=False,
            max_msg_size=message_bytes,
            decode_text=False,
        )
    except WSServerHandshakeError as error:
        return web.Response(status=error.status if error.status >= web.HTTPBadRequest.status_code else 502)
    except ClientError as error:
        log.info("%s did not take a socket: %r", sender.site.root, error, extra={"action": "app_away"})
        raise AppAwayError from error
    browser = web.WebSocketResponse[bool](
        protocols=[app.protocol] if app.protocol else (),
        timeout=CLOSE_TIMEOUT_S,
        autoclose=False,
        autoping=False,
        compress=False,
        max_msg_size=message_bytes,
        decode_text=False,
    )
    try:
        await browser.prepare(request)
        match await _talk(browser, app, on_message, on_answer):
            case Lost(code, message):
                await browser.close(code=code, message=message)
                await app.close(code=code, message=message)
            case Closed():
                _hang_up(request)
    finally:  # also when the browser is gone and this task is cancelled
        await app.close(code=BROWSER_LOST.code)
    return browser


async def _talk(
    browser: Socket, app: Socket, on_message: Callable[[bytes], None], on_answer: Callable[[bytes], None]
) -> Lost | Closed:
    """Pass messages until both ends have closed, or one is lost."""
    pumps = {
        asyncio.create_task(_pump(browser, app, on_message, source_lost=BROWSER_LOST, target_lost=APP_LOST)),
        asyncio.create_task(_pump(app, browser, on_answer, source_lost=APP_LOST, target_lost=BROWSER_LOST)),
    }
    try:
        done, other = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        end = done.pop().result()
        if isinstance(end, Closed) and other:
            await asyncio.wait(other, timeout=CLOSE_TIMEOUT_S)
        return end
    finally:
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def _pump(
    source: Socket, target: Socket, on_message: Callable[[bytes], None], *, source_lost: Lost, target_lost: Lost
) -> Lost | Closed:
    """Send on what comes until there is an end."""
    while True:
        message = await source.receive()
        match message.type:
            case WSMsgType.TEXT | WSMsgType.BINARY:
                on_message(message.data)
            case WSMsgType.PING | WSMsgType.PONG:
                pass
            case WSMsgType.CLOSE:
                return await _close(target, message.data, message.extra or "")
            case WSMsgType.ERROR if isinstance(message.data, WebSocketError):
                return Lost(message.data.code)
            case _:
                return source_lost
        try:
            await target.send_frame(message.data, message.type)
        except ConnectionError:
            return target_lost


async def _close(target: Socket, code: int, reason: str) -> Closed:
    """Tell an end that the other one closes, and go on listening to it: `close()` would throw away what it says."""
    said = struct.pack("!H", code) + reason.encode() if code else b""
    with suppress(ConnectionError):  # it closed too, and is gone already
        await target.send_frame(said, WSMsgType.CLOSE)
    return Closed()


def _hang_up(request: web.Request) -> None:
    """Both ends have said that they close: the browser waits for the end of its connection, not for another frame."""
    if request.transport is not None:
        request.transport.close()
