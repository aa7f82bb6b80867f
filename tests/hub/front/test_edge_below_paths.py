"""Apps below paths of one origin, through a real nginx: what is allowed at one app is not at the next."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from yarl import URL

from vitrina.hub.edge.nginx import Wanted, configuration
from vitrina.hub.proxy.assets import FOR_GOOD
from vitrina.hub.settings import Settings
from vitrina.store.apps import AppDraft
from vitrina.store.serving import Serving

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

DOCUMENT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}
PREFIX = "/demo/tumours/classifier/1.0.0/what-if@1"
NEXT = "/demo/tumours/classifier/1.0.0/what-if@2"


@pytest.fixture
def outside() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


@pytest.fixture
def settings(store, listener: socket.socket, outside: socket.socket) -> Settings:
    return Settings(
        place=store.place,
        apps_port=listener.getsockname()[1],
        start_timeout_s=20.0,
        public_apps_url=f"http://localhost:{outside.getsockname()[1]}",
    )


@pytest.fixture
def nginx(run_nginx, settings: Settings, outside: socket.socket, tmp_path: Path) -> Iterator[int]:
    with run_nginx(settings, outside, tmp_path) as pid:
        yield pid


async def echo(request: web.Request) -> web.StreamResponse:
    if "Upgrade" in request.headers:
        opened = web.WebSocketResponse()
        await opened.prepare(request)
        await opened.send_str(request.path)
        await opened.close()
        return opened
    if request.path.endswith(".js"):
        return web.Response(text="1", content_type="text/javascript")
    answer = web.json_response({"path": request.raw_path, "cookie": request.headers.get("Cookie", "")})
    answer.headers.add("Set-Cookie", "own=1; Path=/")
    answer.headers.add("Set-Cookie", "bare=1")
    return answer


async def test_a_request_goes_past_the_front_to_the_app_with_its_path(house, shown, nginx) -> None:
    cookie = await house.running(shown.app, echo)
    sent = {"Cookie": cookie["Cookie"] + "; own=1"}
    async with house.client.get(house.url(shown.app, "/a%2Fb//c?x=1"), headers=sent) as answer:
        assert await answer.json() == {"path": f"{PREFIX}/a%2Fb//c?x=1", "cookie": "own=1"}
        assert answer.headers.getall("Set-Cookie") == [f"own=1; Path={PREFIX}", "bare=1"]
        assert f"default-src {house.url(shown.app)} " in answer.headers["Content-Security-Policy"]


async def test_its_websocket_is_its_own(house, shown, nginx) -> None:
    cookie = await house.running(shown.app, echo)
    sent = cookie | {"Origin": house.settings.sites.root}
    async with house.client.ws_connect(house.url(shown.app, "/ws"), headers=sent) as opened:
        assert (await opened.receive()).data == f"{PREFIX}/ws"


async def test_what_is_kept_of_one_app_opens_no_other(house, shown, nginx) -> None:
    draft = AppDraft(b"another", "1" * 64, "streamlit", "app.py", ".")
    other = house.store.apps.log(shown.version, "what-if", draft)
    cookie = await house.running(shown.app, echo)
    await house.running(other, echo)
    for app, status in ((shown.app, 200), (other, 404), (shown.app, 200)):
        async with house.client.get(house.url(app), headers=cookie) as answer:
            assert (answer.status, app.revision) == (status, app.revision)
    around = URL(house.url(shown.app, f"/../../../../..{NEXT}/"), encoded=True)
    async with house.client.get(around, headers=cookie) as answer:  # it goes to the app that it begins with
        assert (await answer.json())["path"] == f"{PREFIX}/../../../../..{NEXT}/"


async def test_files_named_by_content_are_kept_below_the_path_too(house, shown, nginx) -> None:
    draft = AppDraft(b"another", "2" * 64, "gradio", "app.py", ".")
    app = house.store.apps.log(shown.version, "of-gradio", draft)
    cookie = await house.running(app, echo)
    for path, kept in (("/assets/Index-Akn07EZk2.js", FOR_GOOD), ("/assets/Index.js", None)):
        async with house.client.get(house.url(app, path), headers=cookie) as answer:
            assert (answer.status, answer.headers.get("Cache-Control")) == (200, kept)


async def test_what_is_no_apps_path_is_answered_by_the_front(house, shown, nginx) -> None:
    root = house.settings.sites.root
    for path, location in (
        ("/", f"{house.settings.portal_url}/"),
        ("/demo/tumours/classifier/latest/what-if/x", f"{house.settings.portal_url}/{shown.app.ref}/open?to=%2Fx"),
    ):
        async with house.client.get(f"{root}{path}", headers=DOCUMENT, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (302, location)
    async with house.client.get(f"{root}/nothing", headers=DOCUMENT) as answer:
        assert answer.status == 404
    async with house.client.get(house.url(shown.app), headers=DOCUMENT, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"].startswith(house.settings.portal_url)


async def test_an_app_with_a_limit_of_its_own_is_held_to_it(house, shown, nginx) -> None:
    async def app(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    house.store.apps.serve(shown.app, Serving(upload_mb=1))
    cookie = await house.running(shown.app, app)
    for size, status in ((10**6, 200), (10**6 + 1, 413)):
        async with house.client.post(house.url(shown.app), data=b"x" * size, headers=cookie) as answer:
            assert (answer.status, "1.0\u202fMB at most" in await answer.text()) == (status, status == 413)


def test_the_hubs_own_limit_is_nginxs(settings: Settings) -> None:
    text = configuration(replace(settings, upload_mb=50), Wanted())
    assert "client_max_body_size 50000000;" in text
    assert "may have 50\u202fMB at most" in text
