"""An app is told who is looking, by the hub alone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from vitrina.apps import viewing
from vitrina.apps.life import TcpAddress
from vitrina.apps.viewing import Viewer, viewer_at

pytestmark = pytest.mark.anyio

FORGED = [
    *[("X-Vitrina-User", "root"), ("x-vitrina-user", "root"), ("X_Vitrina_User", "root"), ("X_VITRINA_GROUPS", "all")],
    *[("X-Vitrina-Name", "Root"), ("X-Vitrina-Visitor", "x"), ("X-Vitrina-Signature", "1.x")],
]
KEY = "the key of one instance"


async def tell(request: web.Request) -> web.Response:
    """What the app got of the hub's headers, in every spelling."""
    told = [pair for pair in request.headers.items() if "vitrina" in pair[0].lower()]
    return web.json_response(told)


async def tell_on_a_socket(request: web.Request) -> web.StreamResponse:
    if request.headers.get("Upgrade") != "websocket":
        return await tell(request)
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_json([pair for pair in request.headers.items() if "vitrina" in pair[0].lower()])
    await socket.close()
    return socket


async def told(house, app, cookie: dict[str, str]) -> Any:
    headers = [*FORGED, *cookie.items()]
    async with house.client.get(house.url(app), headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def test_a_person_is_told_by_name(house, shown) -> None:
    await house.running(shown.app, tell)
    cookie = await house.enter(shown.app, user_id=house.store.user.id)
    assert sorted(await told(house, shown.app, cookie)) == [["x-vitrina-name", "You"], ["x-vitrina-user", "local"]]


async def test_a_visitor_is_told_from_others_and_stays_the_same(house, shown) -> None:
    one, other = await house.running(shown.app, tell), await house.enter(shown.app)
    first, again, second = [await told(house, shown.app, cookie) for cookie in (one, one, other)]
    assert first == again != second
    [[name, mark]] = first
    assert (name, len(mark)) == ("x-vitrina-visitor", 16)


async def test_who_comes_in_again_keeps_their_mark(house, shown) -> None:
    cookie = await house.running(shown.app, tell)
    ticket = house.store.instances.make_ticket(shown.app.revision_id, None)
    url = house.url(shown.app, f"/-/vitrina/enter?ticket={ticket}")
    async with house.client.get(url, headers=cookie, allow_redirects=False) as answer:
        renewed = {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}
    assert await told(house, shown.app, renewed) == await told(house, shown.app, cookie)


async def test_a_websocket_is_told_too(house, shown) -> None:
    await house.running(shown.app, tell_on_a_socket)
    cookie = await house.enter(shown.app, user_id=house.store.user.id)
    origin = {"Origin": house.settings.sites.of(shown.app).origin}
    headers = [*FORGED, *(cookie | origin).items()]
    async with house.client.ws_connect(house.url(shown.app), headers=headers) as socket:
        assert sorted(await socket.receive_json()) == [["x-vitrina-name", "You"], ["x-vitrina-user", "local"]]


async def test_an_instance_elsewhere_is_told_with_a_signature_that_it_can_check(house, shown) -> None:
    cookie = await house.enter(shown.app, user_id=house.store.user.id)
    asking = asyncio.create_task(told(house, shown.app, cookie))
    started = await house.launcher.arrivals.get()
    server = web.ServerRunner(web.Server(tell), access_log=None)
    await server.setup()
    site = web.TCPSite(server, "127.0.0.1", 0)
    await site.start()
    try:
        started.address = TcpAddress(*server.addresses[0][:2], viewer_key=KEY)
        started.answer()
        headers = dict(await asking)
        assert viewer_at(headers, environ={viewing.VARIABLE: KEY}) == Viewer("local", "You")
        assert viewer_at(headers | {"x-vitrina-user": "root"}, environ={viewing.VARIABLE: KEY}) == Viewer()
        assert KEY not in repr(started.address)
    finally:
        await server.cleanup()
