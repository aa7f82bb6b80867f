"""Apps through a real nginx, set up by what `vitrina edge nginx` prints."""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import WSMsgType, web

from vitrina.hub.edge.nginx import EdgeError, Wanted, configuration
from vitrina.hub.proxy.edge import KEPT_S, KEY, SOCKET
from vitrina.hub.proxy.visits import FRESH_S
from vitrina.hub.settings import Settings
from vitrina.store.records import Visibility

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

CHUNK = bytes(range(256)) * 1024
LARGE_BYTES = 20 * 2**20


@pytest.fixture
def outside() -> Iterator[socket.socket]:
    """Where nginx listens; it inherits the socket, so that it can be asked at once."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


@pytest.fixture
def settings(store, listener: socket.socket, outside: socket.socket) -> Settings:
    return Settings(
        place=store.place,
        apps_port=listener.getsockname()[1],
        start_timeout_s=20.0,
        public_apps_url=f"http://*.localhost:{outside.getsockname()[1]}",
    )


@pytest.fixture
def nginx(run_nginx, settings: Settings, outside: socket.socket, tmp_path: Path) -> Iterator[int]:
    with run_nginx(settings, outside, tmp_path) as pid:
        yield pid


async def echo(request: web.Request) -> web.Response:
    told = {"method": request.method, "path": request.raw_path, "headers": list(map(list, request.headers.items()))}
    answer = web.json_response(told)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["X-Accel-Redirect"] = "/-/vitrina/decision"
    answer.headers.add("Set-Cookie", "own=1; Path=/; Domain=localhost")
    for name in ("__Host-vitrina-app", "__secure-VITRINA-app", "vitrina-app"):
        answer.headers.add("Set-Cookie", f"{name}=forged; Path=/; Secure; HttpOnly")
    return answer


async def test_a_request_goes_past_the_front_to_the_app(house, shown, nginx) -> None:
    cookie = await house.running(shown.app, echo)
    sent = {
        "Cookie": f"{cookie['Cookie']}; own=1",
        "Authorization": "Bearer token-of-the-hub",
        "X-Forwarded-For": "1.2.3.4",
        "X-Gradio-Server": "http://evil.example/",
        "X-Vitrina-User": "admin",
        "X-Vitrina-Edge": "guessed",
        "X-Own": "kept",
    }
    async with house.client.get(house.url(shown.app, "/a%2Fb//c/?x=%20&y"), headers=sent) as answer:
        told = await answer.json()
    assert told["path"] == "/a%2Fb//c/?x=%20&y"
    got = {name.lower(): value for name, value in told["headers"]}
    assert got["cookie"] == "own=1"
    assert got["host"] == got["x-forwarded-host"] == urlsplit(house.url(shown.app)).netloc
    assert (got["x-forwarded-for"], got["x-forwarded-proto"], got["x-own"]) == ("127.0.0.1", "http", "kept")
    assert got["x-vitrina-visitor"]
    assert not {"authorization", "x-gradio-server", "x-vitrina-user", "x-vitrina-edge"} & set(got)
    own, *forged = answer.headers.getall("Set-Cookie")
    assert own == f"own=1; Path=/; Domain={urlsplit(house.url(shown.app)).hostname}"
    for cookie in forged:  # browsers refuse SameSite=None, and such names, without Secure
        assert "samesite=none" in cookie.lower()
        assert "secure" not in cookie.partition(";")[2].lower()
    assert not {"Access-Control-Allow-Origin", "X-Accel-Redirect"} & set(answer.headers)
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Referrer-Policy"]) == ("nosniff", "same-origin")


async def test_the_app_is_asked_by_nginx_and_the_hub_only_now_and_then(house, shown, nginx, monkeypatch) -> None:
    decided: list[str] = []
    decide = type(house.edge).decide

    async def counted(self, request, door, **rest):
        decided.append(request.path)
        return await decide(self, request, door, **rest)

    monkeypatch.setattr(type(house.edge), "decide", counted)
    cookie = await house.running(shown.app, talk)
    decided.clear()
    for number in range(50):
        async with house.client.get(house.url(shown.app, f"/{number}"), headers=cookie) as answer:
            assert answer.status == 200
    assert len(decided) <= 3
    for number in range(3):
        async with house.client.post(house.url(shown.app, f"/post/{number}"), headers=cookie) as answer:
            assert answer.status == 200
    assert decided[-3:] == ["/post/0", "/post/1", "/post/2"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_every_method_passes(house, shown, nginx, method: str) -> None:
    cookie = await house.running(shown.app, echo)
    async with house.client.request(method, house.url(shown.app), headers=cookie) as answer:
        assert (await answer.json())["method"] == method


async def test_uploads_and_downloads_stream(house, shown, nginx) -> None:
    made = taken = most = 0

    async def app(request: web.Request) -> web.StreamResponse:
        nonlocal made
        if request.method == "POST":
            digest, begun = hashlib.sha256(), False
            async for chunk in request.content.iter_any():
                begun = begun or first.set() is None
                digest.update(chunk)
            return web.Response(text=digest.hexdigest())
        response = web.StreamResponse()
        await response.prepare(request)
        while made < LARGE_BYTES and request.path == "/download":
            made += len(CHUNK)
            await response.write(CHUNK)
        return response

    first = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield CHUNK
        await first.wait()  # the app has the beginning before the rest was sent
        for _ in range(LARGE_BYTES // len(CHUNK)):
            yield CHUNK

    cookie = await house.running(shown.app, app)
    async with asyncio.timeout(30), house.client.post(house.url(shown.app), data=body(), headers=cookie) as answer:
        assert await answer.text() == hashlib.sha256(CHUNK * (LARGE_BYTES // len(CHUNK) + 1)).hexdigest()
    async with house.client.get(house.url(shown.app, "/download"), headers=cookie) as answer:
        async for chunk in answer.content.iter_any():
            for _ in range(20):
                await asyncio.sleep(0)
            taken += len(chunk)
            most = max(most, made - taken)
    assert taken == LARGE_BYTES
    assert most < 16 * 2**20


async def test_events_come_one_by_one_and_their_end_is_heard_of(house, shown, nginx) -> None:
    heard, left = asyncio.Semaphore(0), asyncio.Event()

    async def app(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        if request.path == "/events":
            try:
                for number in range(100):
                    await response.write(f"data: {number}\n\n".encode())
                    await heard.acquire()
            finally:
                left.set()
        return response

    cookie = await house.running(shown.app, app)
    sent = cookie | {"Accept": "text/event-stream"}
    async with asyncio.timeout(30), house.client.get(house.url(shown.app, "/events"), headers=sent) as answer:
        for number in range(3):
            assert await answer.content.readuntil(b"\n\n") == f"data: {number}\n\n".encode()
            heard.release()
        assert house.supervisor.get(shown.app.label).uses == 1
        answer.close()
        await left.wait()
    while house.supervisor.get(shown.app.label).uses:
        """The front hears of the end as the app does, in the same loop."""
        await asyncio.sleep(0)
    assert house.supervisor.get(shown.app.label).uses == 0


async def talk(request: web.Request) -> web.StreamResponse:
    if "Upgrade" not in request.headers:
        return web.Response(text="page")
    sock = web.WebSocketResponse(protocols=["streamlit"], max_msg_size=0)
    await sock.prepare(request)
    async for message in sock:
        if message.data == "bye":
            await sock.close(code=4002, message=b"as you wish")
        elif message.type is WSMsgType.TEXT:
            await sock.send_str(message.data)
        else:
            await sock.send_bytes(message.data)
    return sock


@asynccontextmanager
async def connected(house, app, cookie, **options) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    headers = cookie | {"Origin": house.url(app, "")}
    async with house.client.ws_connect(house.url(app, "/ws"), headers=headers, max_msg_size=0, **options) as opened:
        yield opened


async def test_a_websocket_goes_through_with_its_protocol_and_its_end(house, shown, nginx) -> None:
    cookie = await house.running(shown.app, talk)
    async with connected(house, shown.app, cookie, protocols=["streamlit", "x"], autoclose=False) as opened:
        assert opened.protocol == "streamlit"
        await opened.send_str("käse €")
        assert (await opened.receive()).data == "käse €"
        await opened.send_bytes(CHUNK * 8)
        assert (await opened.receive()).data == CHUNK * 8
        await opened.send_str("bye")
        end = await opened.receive()
        assert (end.type, end.data, end.extra) == (WSMsgType.CLOSE, 4002, "as you wish")


@pytest.mark.parametrize("origin", ["http://evil.localhost:1", "null", None])
async def test_a_socket_of_another_site_is_refused(house, shown, nginx, origin: str | None) -> None:
    cookie = await house.running(shown.app, talk)
    headers = cookie | ({"Origin": origin} if origin else {})
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await house.client.ws_connect(house.url(shown.app, "/ws"), headers=headers)
    assert refused.value.status == 403


async def test_a_page_of_another_site_gets_nothing_that_was_allowed_to_the_apps_own(house, shown, nginx) -> None:
    cookie = await house.running(shown.app, talk)
    for expected, site in ((200, "same-origin"), (403, "cross-site"), (200, "same-origin")):
        sent = cookie | {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}
        async with house.client.get(house.url(shown.app), headers=sent) as answer:
            assert answer.status == expected


async def test_a_right_that_is_taken_ends_within_five_seconds(house, shown, nginx, clock) -> None:
    cookie = await house.running(shown.app, talk)

    async def status() -> int:
        async with house.client.get(house.url(shown.app), headers=cookie) as answer:
            return answer.status

    assert await status() == 200
    house.store.projects.describe(shown.project, visibility=Visibility.PRIVATE)
    clock.forward(FRESH_S)
    while await status() == 200:
        """nginx goes by its own clock, and forgets its yes when that says so."""
    assert KEPT_S + 1 + FRESH_S <= 5.0, "both together: nginx counts whole seconds"
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with connected(house, shown.app, cookie):
            pass
    assert refused.value.status == 404


@pytest.mark.parametrize("is_socket", [True, False], ids=["socket", "events"])
async def test_what_is_open_when_a_right_is_taken_is_cut(house, shown, nginx, clock, *, is_socket: bool) -> None:
    async def app(request: web.Request) -> web.StreamResponse:
        if is_socket or request.path != "/events":
            return await talk(request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"data: 1\n\n")
        await asyncio.Event().wait()
        return response

    cookie = await house.running(shown.app, app)

    async def stay(inside: asyncio.Event) -> None:
        """Until it is cut, which is no end that anybody said."""
        if is_socket:
            async with connected(house, shown.app, cookie) as opened:
                await opened.send_str("still here")
                await opened.receive()
                inside.set()
                assert (await opened.receive()).type in {WSMsgType.CLOSED, WSMsgType.ERROR}
            return
        sent = cookie | {"Accept": "text/event-stream"}
        async with house.client.get(house.url(shown.app, "/events"), headers=sent) as answer:
            await answer.content.readuntil(b"\n\n")
            inside.set()
            with pytest.raises(aiohttp.ClientPayloadError):
                await answer.content.read()

    staying = asyncio.create_task(stay(inside := asyncio.Event()))
    await inside.wait()
    await house.presence.check()
    house.store.projects.describe(shown.project, visibility=Visibility.PRIVATE)
    clock.forward(FRESH_S)
    assert not staying.done()
    await house.presence.check()  # what the front does every FRESH_S seconds
    await staying
    assert 2 * FRESH_S <= 5.0, "what is known of rights is so old at most, and looked at so often"


async def test_an_open_socket_on_which_somebody_says_something_keeps_the_app(house, shown, nginx, clock) -> None:
    cookie = await house.running(shown.app, talk)
    idle_s = house.settings.idle_s
    async with connected(house, shown.app, cookie, autoping=False) as opened:
        for _ in range(3):
            clock.forward(idle_s * 0.9)
            await opened.send_str("a person moved a slider")
            await opened.receive()
            await house.supervisor.sweep()
            assert house.supervisor.get(shown.app.label).state.value == "ready"
        clock.forward(idle_s * 0.9)
        await opened.ping(b"1234")  # browsers answer such by themselves
        assert (await opened.receive()).type is WSMsgType.PONG
        clock.forward(idle_s * 0.2)
        await house.supervisor.sweep()
        assert house.supervisor.get(shown.app.label).state.value == "stopped"


async def test_an_upload_that_takes_long_keeps_the_app(house, shown, nginx, clock) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def app(request: web.Request) -> web.Response:
        if request.method == "POST":
            begun.set()
            await go_on.wait()
        return web.Response(text="done")

    cookie = await house.running(shown.app, app)

    async def upload() -> str:
        async with house.client.post(house.url(shown.app), data=b"x", headers=cookie) as answer:
            return await answer.text()

    uploading = asyncio.create_task(upload())
    await begun.wait()
    clock.forward(house.settings.idle_s * 3)
    await house.edge.watch.check()
    await house.supervisor.sweep()
    assert house.supervisor.get(shown.app.label).state.value == "ready"
    go_on.set()
    assert await uploading == "done"


async def test_who_has_no_pass_or_finds_no_app_awake_is_answered_by_the_front(house, shown, nginx) -> None:
    document = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}
    async with house.client.get(house.url(shown.app), headers=document, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"].startswith(house.settings.portal_url)
    cookie = await house.enter(shown.app)
    async with house.client.get(house.url(shown.app), headers=document | cookie) as answer:
        assert (answer.status, "vitrina-waiting" in await answer.text()) == (202, True)


async def test_an_app_that_is_gone_is_brought_to_the_front_where_that_does_nothing_twice(house, shown, nginx) -> None:
    cookie = await house.running(shown.app, talk)
    async with house.client.get(house.url(shown.app), headers=cookie) as answer:
        assert answer.status == 200
    await house.cut()
    for method in ("POST", "GET"):
        async with house.client.request(method, house.url(shown.app), headers=cookie) as answer:
            assert answer.status == 502
            assert "did not answer" in await answer.text()
    async with house.client.get(house.url(shown.app), headers=cookie) as answer:  # the front has seen that it is gone
        assert (answer.status, answer.headers["X-Vitrina-App-State"]) == (503, "crashed")


async def test_a_hub_that_is_not_running_is_said_to_be(settings: Settings, store, listener, nginx) -> None:
    listener.close()
    port = int(settings.sites.root.rsplit(":", 1)[1])
    async with aiohttp.ClientSession() as client:
        for path in ("/", "/-/vitrina/state"):
            headers = {"Host": f"label-1.localhost:{port}"}
            async with client.get(f"http://127.0.0.1:{port}{path}", headers=headers) as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
                assert "The hub is not running" in await answer.text()


async def test_another_name_is_refused(house, nginx, outside: socket.socket) -> None:
    address = f"http://127.0.0.1:{outside.getsockname()[1]}/"
    async with house.client.get(address, headers={"Host": "evil.example"}) as answer:
        assert answer.status == 421


async def test_only_the_server_before_the_front_is_told_where_an_app_is(house, shown, nginx) -> None:
    cookie = await house.running(shown.app, talk)
    direct = f"http://127.0.0.1:{house.settings.apps_port}/"
    sent = cookie | {"Host": urlsplit(house.url(shown.app)).netloc}
    for key in ("", "x" * 64, "é"):
        async with house.client.get(direct, headers=sent | {KEY: key}) as answer:
            assert (await answer.text(), SOCKET in answer.headers) == ("page", False)
    async with house.client.get(direct, headers=sent | {KEY: house.edge.key}) as answer:
        assert answer.headers[SOCKET].startswith(str(house.folder))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"public_apps_url": None}, "the name under which it serves apps"),
        ({"public_apps_url": "http://*.localhost:8401"}, "both nginx's and the hub's own"),
        ({"public_apps_url": "https://*.apps.example.org"}, "needs a certificate"),
    ],
)
def test_what_cannot_be_served_is_said(store, change: dict[str, str | None], said: str) -> None:
    with pytest.raises(EdgeError, match=said):
        configuration(Settings(place=store.place, **change), Wanted())
