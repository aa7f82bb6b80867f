"""WebSockets through the front."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import WSMsgType, web

from vitrina.hub.proxy import websocket
from vitrina.hub.proxy.limits import Limits

pytestmark = pytest.mark.anyio

Talk = Callable[[web.WebSocketResponse], Awaitable[None]]


def app_that(talks: Talk, *, protocols: tuple[str, ...] = (), autoping: bool = True):
    """An app whose socket is talked to so."""

    async def app(request: web.Request) -> web.StreamResponse:
        if "Upgrade" not in request.headers:
            return web.Response()
        socket = web.WebSocketResponse(protocols=protocols, autoping=autoping, autoclose=False, max_msg_size=0)
        await socket.prepare(request)
        await talks(socket)
        return socket

    return app


async def echo(socket: web.WebSocketResponse) -> None:
    while (message := await socket.receive()).type in {WSMsgType.TEXT, WSMsgType.BINARY}:
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
        else:
            await socket.send_bytes(message.data)


async def silence(socket: web.WebSocketResponse) -> None:
    await socket.receive()


@asynccontextmanager
async def connected(house, app, cookie, **options) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    headers = cookie | {"Origin": house.url(app, "")} | options.pop("headers", {})
    async with house.client.ws_connect(house.url(app, "/ws"), headers=headers, max_msg_size=0, **options) as socket:
        yield socket


async def test_text_and_bytes_come_back_as_they_were(house, shown) -> None:
    cookie = await house.running(shown.app, app_that(echo))
    async with connected(house, shown.app, cookie) as socket:
        await socket.send_str("käse €")
        assert (await socket.receive()).data == "käse €"
        await socket.send_bytes(bytes(range(256)) * 40_000)
        assert (await socket.receive()).data == bytes(range(256)) * 40_000
        await socket.send_bytes(b"")
        assert (await socket.receive()).data == b""


async def test_the_app_chooses_among_the_offered_protocols(house, shown) -> None:
    offered: list[str] = []

    async def app(request: web.Request) -> web.StreamResponse:
        if "Upgrade" not in request.headers:
            return web.Response()
        offered.append(request.headers["Sec-WebSocket-Protocol"])
        socket = web.WebSocketResponse(protocols=["streamlit"])
        await socket.prepare(request)
        await socket.receive()
        return socket

    cookie = await house.running(shown.app, app)
    async with connected(house, shown.app, cookie, protocols=["streamlit", "xsrf|1", "session-2"]) as socket:
        assert socket.protocol == "streamlit"
    assert offered == ["streamlit,xsrf|1,session-2"]


async def test_without_a_common_protocol_none_is_answered(house, shown) -> None:
    cookie = await house.running(shown.app, app_that(echo))
    async with connected(house, shown.app, cookie, protocols=["bokeh"]) as socket:
        assert socket.protocol is None


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1011, 1012, 3000, 4999])
async def test_the_apps_close_code_and_reason_reach_the_browser(house, shown, code: int) -> None:
    async def bye(socket: web.WebSocketResponse) -> None:
        await socket.close(code=code, message=b"that is why")

    cookie = await house.running(shown.app, app_that(bye))
    async with connected(house, shown.app, cookie, autoclose=False) as socket:
        message = await socket.receive()
        assert (message.type, message.data, message.extra) == (WSMsgType.CLOSE, code, "that is why")


@pytest.mark.parametrize("code", [1000, 1001, 4001])
async def test_the_browsers_close_code_and_reason_reach_the_app(house, shown, code: int) -> None:
    heard: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()

    async def listen(socket: web.WebSocketResponse) -> None:
        message = await socket.receive()
        heard.set_result((message.data, message.extra))
        await socket.close()

    cookie = await house.running(shown.app, app_that(listen))
    async with connected(house, shown.app, cookie) as socket:
        await socket.close(code=code, message=b"done")
        assert await asyncio.wait_for(heard, 10) == (code, "done")


async def test_a_browser_that_vanishes_leaves_no_socket_at_the_app(house, shown) -> None:
    heard: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def listen(socket: web.WebSocketResponse) -> None:
        message = await socket.receive()
        heard.set_result(message.data)

    cookie = await house.running(shown.app, app_that(listen))
    async with connected(house, shown.app, cookie) as socket:
        transport = socket.get_extra_info("socket")
        assert transport is not None
        socket._response.close()  # the connection, not the WebSocket
        assert await asyncio.wait_for(heard, 10) == 1001


async def test_an_app_that_dies_closes_its_sockets(house, shown) -> None:
    cookie = await house.running(shown.app, app_that(silence))
    async with connected(house, shown.app, cookie, autoclose=False) as socket:
        await house.cut()
        message = await socket.receive()
        assert message.type is WSMsgType.CLOSE
        assert message.data in {1001, 1014}


async def test_pings_and_pongs_pass_both_ways(house, shown) -> None:
    async def ping(socket: web.WebSocketResponse) -> None:
        await socket.ping(b"from app")
        pong, theirs = await socket.receive(), await socket.receive()
        assert (pong.type, bytes(pong.data)) == (WSMsgType.PONG, b"from app")
        assert (theirs.type, bytes(theirs.data)) == (WSMsgType.PING, b"from browser")
        await socket.pong(theirs.data)
        await socket.close(code=4000)

    cookie = await house.running(shown.app, app_that(ping, autoping=False))
    async with connected(house, shown.app, cookie, autoping=False, autoclose=False) as socket:
        theirs = await socket.receive()
        assert (theirs.type, bytes(theirs.data)) == (WSMsgType.PING, b"from app")
        await socket.pong(theirs.data)
        await socket.ping(b"from browser")
        pong, close = await socket.receive(), await socket.receive()
        assert (pong.type, bytes(pong.data)) == (WSMsgType.PONG, b"from browser")
        assert close.data == 4000


async def test_a_slow_reader_holds_the_sender_up(house, shown) -> None:
    sent = taken = most = 0
    message, count = b"x" * 2**18, 200

    async def flood(socket: web.WebSocketResponse) -> None:
        nonlocal sent
        for _ in range(count):
            sent += len(message)
            await socket.send_bytes(message)
        await socket.receive()

    cookie = await house.running(shown.app, app_that(flood))
    async with connected(house, shown.app, cookie) as socket:
        for _ in range(count):
            for _ in range(50):
                await asyncio.sleep(0)
            taken += len((await socket.receive()).data)
            most = max(most, sent - taken)
    assert taken == count * len(message)
    assert most < 16 * 2**20


@pytest.mark.parametrize("origin", ["http://evil.localhost:1", "null", None, "https://"])
async def test_a_socket_of_another_site_never_reaches_the_app(house, shown, origin: str | None) -> None:
    asked: list[str] = []

    async def app(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    cookie = await house.running(shown.app, app)
    headers = cookie | ({"Origin": origin} if origin is not None else {})
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await house.client.ws_connect(house.url(shown.app, "/ws"), headers=headers)
    assert refused.value.status == 403
    assert asked == ["/wakes"]


async def test_a_socket_without_a_pass_is_told_that_there_is_nothing(house, shown) -> None:
    await house.running(shown.app, app_that(echo))
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await house.client.ws_connect(house.url(shown.app, "/ws"), headers={"Origin": house.url(shown.app, "")})
    assert refused.value.status == 404


async def test_an_apps_refusal_keeps_its_status(house, shown) -> None:
    async def app(request: web.Request) -> web.Response:
        return web.Response(status=401 if "Upgrade" in request.headers else 200)

    cookie = await house.running(shown.app, app)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with connected(house, shown.app, cookie):
            pass
    assert refused.value.status == 401


@pytest.mark.parametrize("limits", [Limits(message_bytes=1000)])
async def test_a_message_above_the_limit_ends_the_socket(house, shown) -> None:
    cookie = await house.running(shown.app, app_that(echo))
    async with connected(house, shown.app, cookie, autoclose=False) as socket:
        await socket.send_bytes(b"x" * 1001)
        message = await socket.receive()
        assert (message.type, message.data) == (WSMsgType.CLOSE, 1009)


async def test_only_what_a_person_sends_counts_as_use(house, shown, clock) -> None:
    async def tick(socket: web.WebSocketResponse) -> None:
        await socket.send_str("tick")
        await socket.ping()
        await echo(socket)

    cookie = await house.running(shown.app, app_that(tick))
    clock.forward(100)
    before = house.supervisor.get(shown.app.label).last_used_at
    async with connected(house, shown.app, cookie) as socket:
        assert (await socket.receive()).data == "tick"
        assert house.supervisor.get(shown.app.label).last_used_at == before
        assert house.supervisor.get(shown.app.label).uses == 0
        await socket.send_str("a person")
        await socket.receive()
        assert house.supervisor.get(shown.app.label).last_used_at > before


async def test_what_an_app_still_says_after_the_browser_closed_comes_through(house, shown) -> None:
    async def last_words(socket: web.WebSocketResponse) -> None:
        assert (await socket.receive()).type is WSMsgType.CLOSE
        await socket.send_str("one more")
        await socket.send_bytes(b"and another")
        await socket.close(code=4001, message=b"said all")

    cookie = await house.running(shown.app, app_that(last_words))
    async with connected(house, shown.app, cookie, autoclose=False) as socket:
        await socket.send_frame(struct.pack("!H", 1000) + b"bye", WSMsgType.CLOSE)
        heard = [await socket.receive() for _ in range(3)]
        assert [message.data for message in heard] == ["one more", b"and another", 4001]
        assert heard[-1].extra == "said all"


async def test_what_a_browser_still_says_after_the_app_closed_comes_through(house, shown) -> None:
    heard: asyncio.Future[list[object]] = asyncio.get_running_loop().create_future()

    async def closes(socket: web.WebSocketResponse) -> None:
        await socket.send_frame(struct.pack("!H", 1012), WSMsgType.CLOSE)
        heard.set_result([(await socket.receive()).data for _ in range(2)])

    cookie = await house.running(shown.app, app_that(closes))
    async with connected(house, shown.app, cookie, autoclose=False) as socket:
        close = await socket.receive()
        assert (close.type, close.data) == (WSMsgType.CLOSE, 1012)
        await socket.send_frame(b"the last of it", WSMsgType.BINARY)
        await socket.close(code=1012)
    assert await asyncio.wait_for(heard, 10) == [b"the last of it", 1012]


async def test_an_end_that_never_answers_a_close_is_left_alone(house, shown, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = asyncio.Event()

    async def deaf(socket: web.WebSocketResponse) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            gone.set()

    monkeypatch.setattr(websocket, "CLOSE_TIMEOUT_S", 0.05)
    cookie = await house.running(shown.app, app_that(deaf))
    async with asyncio.timeout(10), connected(house, shown.app, cookie) as socket:
        await socket.close(code=1000)
        await gone.wait()


async def test_a_slow_app_holds_the_browser_up(house, shown) -> None:
    sent = taken = most = 0
    message, count = b"x" * 2**18, 200
    done = asyncio.Event()

    async def slow(socket: web.WebSocketResponse) -> None:
        nonlocal taken, most
        for _ in range(count):
            for _ in range(50):
                await asyncio.sleep(0)
            taken += len((await socket.receive()).data)
            most = max(most, sent - taken)
        done.set()

    cookie = await house.running(shown.app, app_that(slow))
    async with asyncio.timeout(60), connected(house, shown.app, cookie) as socket:
        for _ in range(count):
            sent += len(message)
            await socket.send_bytes(message)
        await done.wait()
    assert taken == count * len(message)
    assert most < 16 * 2**20
