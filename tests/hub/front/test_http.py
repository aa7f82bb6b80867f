"""HTTP through the front: every byte as it was, streamed both ways, and cut where it broke."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from vitrina.apps.life import UnixAddress
from vitrina.hub.proxy.limits import Limits
from vitrina.hub.settings import MB
from vitrina.store.serving import Serving

pytestmark = pytest.mark.anyio

CHUNK = bytes(range(256)) * 1024
LARGE_BYTES = 50 * 2**20
IN_FLIGHT_BYTES = 16 * 2**20
"""More than the buffers of kernel and parsers hold on the way (some 8 MB); a proxy that collects bodies holds all."""


async def echo(request: web.Request) -> web.Response:
    """Tells what the app got."""
    told = {"method": request.method, "path": request.raw_path, "headers": list(map(list, request.headers.items()))}
    return web.json_response(told)


async def fair_turns() -> None:
    """Lets everybody else do all they can at the moment."""
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    "path", ["/", "/a%2Fb/%E2%82%AC?x=%20&y=;&x", "//double", "/a/../b/./c", "/?", "/%zz", "/a:b@c?d=http://e/"]
)
async def test_a_path_arrives_as_it_was_sent(house, shown, path: str) -> None:
    cookie = await house.running(shown.app, echo)
    reader, writer = await asyncio.open_connection("127.0.0.1", house.settings.apps_port)
    host = house.url(shown.app, "").removeprefix("http://")
    request = f"GET {path} HTTP/1.0\r\nHost: {host}\r\nCookie: {cookie['Cookie']}\r\n\r\n"
    writer.write(request.encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert b" 200 OK" in answer.partition(b"\r\n")[0]
    assert f'"path": "{path.removesuffix("?")}"'.encode() in answer


async def test_headers_arrive_clean_on_both_sides(house, shown) -> None:
    async def app(request: web.Request) -> web.Response:
        answer = await echo(request)
        answer.headers["Access-Control-Allow-Origin"] = "*"
        answer.headers.add("Set-Cookie", "__Host-vitrina-app=stolen; Path=/; Secure")
        answer.headers.add("Set-Cookie", "own=1; Path=/")
        return answer

    cookie = await house.running(shown.app, app)
    sent = {
        "Cookie": f"{cookie['Cookie']}; own=1",
        "X-Forwarded-For": "1.2.3.4",
        "X-Gradio-Server": "http://evil.example/",
        "X-Vitrina-User": "admin",
    }
    async with house.client.get(house.url(shown.app), headers=sent) as answer:
        got = {name.lower(): value for name, value in (await answer.json())["headers"]}
        assert got["cookie"] == "own=1"
        assert got["host"] == got["x-forwarded-host"] == house.url(shown.app, "").removeprefix("http://")
        assert got["x-forwarded-for"] == "127.0.0.1"
        assert not {"x-gradio-server", "x-vitrina-user"} & set(got)
        assert answer.headers.getall("Set-Cookie") == ["own=1; Path=/"]
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "frame-ancestors 'self' http://127.0.0.1:8400" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "REPORT"])
async def test_every_method_passes(house, shown, method: str) -> None:
    cookie = await house.running(shown.app, echo)
    async with house.client.request(method, house.url(shown.app), headers=cookie) as answer:
        assert (await answer.json())["method"] == method


@pytest.mark.parametrize("is_chunked", [True, False])
async def test_a_large_upload_streams_no_faster_than_it_is_taken(house, shown, is_chunked: bool) -> None:
    sent = taken = most = 0

    async def app(request: web.Request) -> web.Response:
        nonlocal taken, most
        digest = hashlib.sha256()
        async for chunk in request.content.iter_any():
            await fair_turns()
            taken += len(chunk)
            most = max(most, sent - taken)
            digest.update(chunk)
        return web.Response(text=f"{taken} {digest.hexdigest()} {request.headers.get('Content-Length')}")

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < LARGE_BYTES:
            sent += len(CHUNK)
            yield CHUNK

    cookie = await house.running(shown.app, app)
    length = {} if is_chunked else {"Content-Length": str(LARGE_BYTES)}
    async with house.client.post(house.url(shown.app, "/upload"), data=body(), headers=cookie | length) as answer:
        told = (await answer.text()).split()
    digest = hashlib.sha256(CHUNK * (LARGE_BYTES // len(CHUNK))).hexdigest()
    assert told == [str(LARGE_BYTES), digest, "None" if is_chunked else str(LARGE_BYTES)]
    assert most < IN_FLIGHT_BYTES


async def test_a_large_download_streams_no_faster_than_it_is_taken(house, shown) -> None:
    made = taken = most = 0

    async def app(request: web.Request) -> web.StreamResponse:
        nonlocal made
        response = web.StreamResponse(headers={"Content-Length": str(LARGE_BYTES)})
        await response.prepare(request)
        while made < LARGE_BYTES:
            made += len(CHUNK)
            await response.write(CHUNK)
        return response

    async def small(request: web.Request) -> web.StreamResponse:
        return await app(request) if request.path == "/download" else web.Response()

    cookie = await house.running(shown.app, small)
    async with house.client.get(house.url(shown.app, "/download"), headers=cookie) as answer:
        assert answer.headers["Content-Length"] == str(LARGE_BYTES)
        async for chunk in answer.content.iter_any():
            await fair_turns()
            taken += len(chunk)
            most = max(most, made - taken)
    assert taken == LARGE_BYTES
    assert most < IN_FLIGHT_BYTES


async def test_events_come_one_by_one(house, shown) -> None:
    heard = asyncio.Semaphore(0)

    async def app(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for number in range(5 if request.path == "/events" else 0):
            await response.write(f"data: {number}\n\n".encode())
            await heard.acquire()
        return response

    cookie = await house.running(shown.app, app)
    async with house.client.get(house.url(shown.app, "/events"), headers=cookie) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        for number in range(5):
            assert await answer.content.readuntil(b"\n\n") == f"data: {number}\n\n".encode()
            heard.release()
        assert await answer.content.read() == b""


async def test_an_app_learns_that_its_reader_went_away(house, shown) -> None:
    left = asyncio.Event()

    async def app(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        if request.path == "/events":
            await response.write(b"first")
            try:
                await asyncio.Event().wait()
            finally:  # cancelled, since the connection is gone
                left.set()
        return response

    cookie = await house.running(shown.app, app)
    async with house.client.get(house.url(shown.app, "/events"), headers=cookie) as answer:
        assert await answer.content.readany() == b"first"
        answer.close()
    async with asyncio.timeout(10):
        await left.wait()


@pytest.mark.parametrize("headers", [{"Content-Length": "100"}, {}], ids=["with a length", "chunked"])
async def test_a_part_is_never_taken_for_the_whole(house, shown, headers: dict[str, str]) -> None:
    async def app(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=headers if request.path == "/breaks" else {})
        await response.prepare(request)
        if request.path == "/breaks":
            await response.write(b"only this")
            assert request.transport
            request.transport.close()
        return response

    cookie = await house.running(shown.app, app)
    async with house.client.get(house.url(shown.app, "/breaks"), headers=cookie) as answer:
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()


async def test_nothing_is_unpacked_on_the_way(house, shown) -> None:
    packed = gzip.compress(b"text" * 100)

    async def app(request: web.Request) -> web.Response:
        body = await request.content.read()
        return web.Response(body=body, headers={"Content-Encoding": "gzip", "Content-Type": "text/plain"})

    cookie = await house.running(shown.app, app)
    async with house.client.post(
        house.url(shown.app), data=packed, headers=cookie | {"Content-Encoding": "gzip", "Accept-Encoding": "gzip"}
    ) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(await answer.read()) == b"text" * 100


async def test_ranges_conditions_and_heads_pass(house, shown, tmp_path: Path) -> None:
    file = tmp_path / "film.bin"
    file.write_bytes(bytes(range(100)))

    async def app(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(file)

    cookie = await house.running(shown.app, app)
    url = house.url(shown.app, "/film.bin")
    async with house.client.get(url, headers=cookie | {"Range": "bytes=10-19"}) as answer:
        assert (answer.status, answer.headers["Content-Range"]) == (206, "bytes 10-19/100")
        assert await answer.read() == bytes(range(10, 20))
        etag = answer.headers["ETag"]
    async with house.client.get(url, headers=cookie | {"If-None-Match": etag}) as answer:
        assert (answer.status, await answer.read()) == (304, b"")
    async with house.client.head(url, headers=cookie) as answer:
        assert (answer.status, answer.headers["Content-Length"], await answer.read()) == (200, "100", b"")


@pytest.mark.parametrize("status", [204, 302, 404, 418, 500, 503])
async def test_every_status_passes_and_redirects_are_the_browsers(house, shown, status: int) -> None:
    async def app(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "/elsewhere"}, reason="Own Words")

    cookie = await house.running(shown.app, app)
    async with house.client.get(house.url(shown.app), headers=cookie, allow_redirects=False) as answer:
        assert (answer.status, answer.reason, answer.headers["Location"]) == (status, "Own Words", "/elsewhere")


async def test_connections_to_an_app_are_kept(house, shown) -> None:
    seen: set[object] = set()

    async def app(request: web.Request) -> web.Response:
        seen.add(request.transport)
        return web.Response(text="x")

    cookie = await house.running(shown.app, app)
    for _ in range(20):
        async with house.client.post(house.url(shown.app), data=b"body", headers=cookie) as answer:
            await answer.read()
    assert len(seen) == 1


@pytest.mark.parametrize("limits", [Limits(upload_bytes=LARGE_BYTES)])
@pytest.mark.parametrize("is_chunked", [True, False])
async def test_a_body_above_the_limit_is_refused(house, shown, is_chunked: bool) -> None:
    got = 0

    async def app(request: web.Request) -> web.Response:
        nonlocal got
        async for chunk in request.content.iter_any():
            got += len(chunk)
        return web.Response()

    async def body() -> AsyncIterator[bytes]:
        for _ in range(LARGE_BYTES // len(CHUNK) + 1):
            yield CHUNK

    cookie = await house.running(shown.app, app)
    length = {} if is_chunked else {"Content-Length": str(LARGE_BYTES + len(CHUNK))}
    async with house.client.post(house.url(shown.app), data=body(), headers=cookie | length) as answer:
        assert answer.status == 413
        assert "too large" in await answer.text()
    assert got <= LARGE_BYTES if is_chunked else got == 0


async def test_a_maintainer_lowers_the_limit_and_the_page_says_it(house, shown) -> None:
    house.store.apps.serve(shown.app, Serving(upload_mb=1))
    cookie = await house.running(shown.app, echo)
    for size, status, said in ((MB, 200, "POST"), (MB + 1, 413, "An upload to this app may have 1.0\u202fMB at most.")):
        async with house.client.post(house.url(shown.app), data=b"x" * size, headers=cookie) as answer:
            assert (answer.status, said in await answer.text()) == (status, True)


def test_a_maintainer_never_raises_the_hubs_limit(settings) -> None:
    limits = Limits.of(replace(settings, upload_mb=50))
    assert [limits.upload_to(Serving(upload_mb=given)) for given in (None, 1, 60)] == [50 * MB, MB, 50 * MB]


async def test_an_app_that_says_no_to_an_upload_is_heard(house, shown) -> None:
    async def app(request: web.Request) -> web.Response:
        return web.Response(status=413 if request.method == "POST" else 200, text="not so much")

    async def body() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield CHUNK

    cookie = await house.running(shown.app, app)
    async with house.client.post(house.url(shown.app), data=body(), headers=cookie) as answer:
        assert (answer.status, await answer.text()) == (413, "not so much")


async def test_an_app_that_is_not_there_any_more_is_a_bad_gateway(house, shown) -> None:
    cookie = await house.running(shown.app, echo)
    await house.cut()
    async with house.client.get(house.url(shown.app), headers=cookie) as answer:
        assert answer.status == 502
        assert "did not answer" in await answer.text()


async def test_a_page_of_another_site_cannot_use_a_readers_pass(house, shown) -> None:
    asked: list[str] = []

    async def app(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    cookie = await house.running(shown.app, app)
    foreign = {"Origin": "http://evil.localhost:8401", "Sec-Fetch-Site": "cross-site"}
    async with house.client.post(house.url(shown.app, "/delete"), headers=cookie | foreign) as answer:
        assert answer.status == 403
    assert asked == ["/wakes"]


@pytest.mark.parametrize(("path", "uses"), [("/stream", 1), ("/gradio_api/heartbeat/abc", 0)])
async def test_an_open_stream_is_use_unless_a_page_holds_it_by_itself(house, shown, path: str, uses: int) -> None:
    async def app(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        if request.path == path:
            await response.write(b"open")
            await asyncio.Event().wait()
        return response

    cookie = await house.running(shown.app, app)
    async with house.client.get(house.url(shown.app, path), headers=cookie) as answer:
        assert await answer.content.readany() == b"open"
        assert house.supervisor.get(shown.app.label).uses == uses


# ---------- the finer points of HTTP, with an app that says exactly these bytes

Raw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def running_raw(house, shown, raw: Raw) -> dict[str, str]:
    """Lets an app serve whose bytes are written by hand; the answer is the Cookie header of a visitor inside."""
    place = house.folder / "raw"
    server = await asyncio.start_unix_server(raw, str(place), limit=2**20)
    house.onto(server.close)
    cookie = await house.enter(shown.app)

    async def start() -> None:
        app = await house.launcher.arrivals.get()
        app.address = UnixAddress(place)
        app.answer()

    starting = asyncio.create_task(start())
    async with house.client.get(house.url(shown.app, "/wakes"), headers=cookie, allow_redirects=False) as answer:
        await answer.read()
    await starting
    return cookie


async def said_to(house, shown, cookie: dict[str, str], request: str, *, is_ended: bool = False) -> bytes:
    """All that a raw client hears until the connection ends; `is_ended`: it says that it will say no more."""
    host = house.url(shown.app, "").removeprefix("http://")
    reader, writer = await asyncio.open_connection("127.0.0.1", house.settings.apps_port)
    writer.write(request.format(host=host, cookie=cookie["Cookie"]).encode())
    if is_ended:
        writer.write_eof()
    heard = await reader.read()
    writer.close()
    await writer.wait_closed()
    return heard


def saying(answer: bytes) -> Raw:
    """An app that says this to whoever asks, and hangs up."""

    async def raw(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    return raw


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"


async def test_a_client_of_http_1_0_gets_no_chunks_and_the_end_of_the_connection(house, shown) -> None:
    cookie = await running_raw(house, shown, saying(CHUNKED))
    heard = await said_to(house, shown, cookie, "GET / HTTP/1.0\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n")
    head, _, body = heard.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 200 OK")
    assert b"transfer-encoding" not in head.lower()
    assert body == b"hello world"


async def test_an_answer_that_ends_with_its_connection_comes_whole(house, shown) -> None:
    cookie = await running_raw(house, shown, saying(b"HTTP/1.0 200 OK\r\n\r\nall of it"))
    async with house.client.get(house.url(shown.app), headers=cookie) as answer:
        assert await answer.text() == "all of it"


async def test_what_an_app_says_before_its_answer_is_not_taken_for_it(house, shown) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
    cookie = await running_raw(house, shown, saying(b"HTTP/1.1 100 Continue\r\n\r\n" + early + CHUNKED))
    async with house.client.get(house.url(shown.app), headers=cookie) as answer:
        assert (answer.status, await answer.text()) == (200, "hello world")
        assert "Link" not in answer.headers


async def test_headers_for_one_connection_stay_on_it_and_take_along_what_they_name(house, shown) -> None:
    heard: list[bytes] = []

    async def raw(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=1\r\n"
            b"X-Accel-Redirect: /other-app\r\nX-Own: 1\r\n\r\n"
        )
        writer.close()

    cookie = await running_raw(house, shown, raw)
    sent = cookie | {"Connection": "keep-alive, X-Mine", "X-Mine": "1", "TE": "trailers", "X-Kept": "1"}
    async with house.client.get(house.url(shown.app, "/last"), headers=sent) as answer:
        names = {name.lower() for name in answer.headers}
    assert "x-own" in names
    assert not {"x-hop", "keep-alive", "x-accel-redirect"} & names
    last = heard[-1].lower()
    assert b"x-kept: 1" in last
    assert b"x-mine" not in last
    assert b"\r\nte:" not in last


@pytest.mark.parametrize(
    "head",
    ["200 OK\r\nContent-Length: 7", "200 OK\r\nTransfer-Encoding: chunked", "304 Not Modified\r\nETag: x", "204 Gone"],
)
async def test_an_answer_without_a_body_leaves_the_connection_good(house, shown, head: str) -> None:
    async def raw(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while asked := await reader.readline():
            while await reader.readline() not in {b"\r\n", b""}:
                pass
            plain = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain"
            writer.write(f"HTTP/1.1 {head}\r\n\r\n".encode() if asked.startswith(b"HEAD ") else plain)
        writer.close()

    cookie = await running_raw(house, shown, raw)
    bodiless = "HEAD / HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n"
    then = "GET /plain HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
    first, _, second = (await said_to(house, shown, cookie, bodiless + then)).partition(b"\r\n\r\n")
    assert first.startswith(f"HTTP/1.1 {head[:3]}".encode())
    assert second.startswith(b"HTTP/1.1 200 OK")
    assert second.endswith(b"\r\n\r\nplain")


async def test_a_client_is_asked_for_its_body_when_the_app_takes_it(house, shown) -> None:
    cookie = await house.running(shown.app, read_all)
    reader, writer = await asyncio.open_connection("127.0.0.1", house.settings.apps_port)
    host = house.url(shown.app, "").removeprefix("http://")
    head = f"POST /up HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie['Cookie']}\r\nContent-Length: 4\r\n"
    writer.write(f"{head}Expect: 100-continue\r\nConnection: close\r\n\r\n".encode())
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"body")
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"\r\n\r\n4")
    writer.close()
    await writer.wait_closed()


async def read_all(request: web.Request) -> web.Response:
    """Says how long the body was."""
    return web.Response(text=str(len(await request.content.read())))


@pytest.mark.parametrize("limits", [Limits(upload_bytes=1_000_000)])
async def test_a_client_that_asks_first_sends_nothing_that_is_too_large(house, shown) -> None:
    cookie = await house.running(shown.app, read_all)
    reader, writer = await asyncio.open_connection("127.0.0.1", house.settings.apps_port)
    host = house.url(shown.app, "").removeprefix("http://")
    head = f"POST /up HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie['Cookie']}\r\nContent-Length: 1000001\r\n"
    writer.write(f"{head}Expect: 100-continue\r\n\r\n".encode())
    told = await reader.readuntil(b"\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 413 ")
    assert "may have 1.0\u202fMB at most" in (await reader.readline()).decode()
    writer.close()
    await writer.wait_closed()


async def test_no_other_expectation_is_met(house, shown) -> None:
    cookie = await house.running(shown.app, read_all)
    async with house.client.post(house.url(shown.app), data=b"x", headers=cookie | {"Expect": "a-miracle"}) as answer:
        assert answer.status == 417


class Forgetful:
    """An app that closes each connection after one answer, and says so only by closing it when it is asked again."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self._is_stale: dict[asyncio.StreamWriter, bool] = {}

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while asked := await reader.readline():
            while await reader.readline() not in {b"\r\n", b""}:
                pass
            self.asked.append(asked.partition(b" HTTP")[0])
            if self._is_stale.get(writer):
                break
            self._is_stale[writer] = True
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()


async def test_a_connection_that_the_app_has_closed_is_tried_once_more(house, shown) -> None:
    app = Forgetful()
    cookie = await running_raw(house, shown, app)
    async with house.client.get(house.url(shown.app, "/a"), headers=cookie) as answer:
        assert (answer.status, await answer.text()) == (200, "ok")
    assert app.asked == [b"GET /wakes", b"GET /a", b"GET /a"]


async def test_nothing_is_done_twice_that_may_be_done_once_only(house, shown) -> None:
    app = Forgetful()
    cookie = await running_raw(house, shown, app)
    async with house.client.post(house.url(shown.app, "/pay"), data=b"10", headers=cookie) as answer:
        assert answer.status == 502
    assert app.asked == [b"GET /wakes", b"POST /pay"]
    async with house.client.put(house.url(shown.app, "/b"), data=b"x", headers=cookie) as answer:
        assert answer.status == 200, "the connection that failed is not used again"


async def test_a_client_that_hangs_up_half_counts_as_gone(house, shown) -> None:
    """As with nginx: who leaves a stream says no more than that, and an app must hear of it at once."""
    left = asyncio.Event()

    async def app(request: web.Request) -> web.StreamResponse:
        if request.path == "/waits":
            try:
                await asyncio.Event().wait()
            finally:
                left.set()
        return web.Response()

    cookie = await house.running(shown.app, app)
    request = "GET /waits HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n"
    assert await said_to(house, shown, cookie, request, is_ended=True) == b""
    async with asyncio.timeout(10):
        await left.wait()


# ---------- what browsers may keep


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/assets/Index-Akn07EZk2.js", "private, max-age=31536000, immutable"),
        ("/assets/said-DphvyggB.js", "no-cache"),
        ("/assets/page-DphvyggB.js", None),
        ("/gradio_api/file=/tmp/assets/Index-Akn07EZk2.js", None),
        ("/", None),
    ],
)
async def test_files_named_by_their_content_are_kept_by_browsers(house, shown, path: str, kept: str | None) -> None:
    async def app(request: web.Request) -> web.Response:
        answer = web.Response(text="x", content_type="text/html" if "page" in request.path else "text/javascript")
        if "said" in request.path:
            answer.headers["Cache-Control"] = "no-cache"
        return answer

    cookie = await house.running(shown.app, app)
    async with house.client.get(house.url(shown.app, path), headers=cookie) as answer:
        assert answer.headers.get("Cache-Control") == kept
