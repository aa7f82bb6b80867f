"""Who may be at an app, asked again and again. Charlie is a visitor."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import WSMsgType, web
from sqlalchemy import update

from vitrina.hub.proxy.visits import FRESH_S
from vitrina.store.records import Visibility
from vitrina.store.schema.apps import AppRow
from vitrina.store.schema.people import UserRow

pytestmark = pytest.mark.anyio


async def app(request: web.Request) -> web.StreamResponse:
    """Answers, streams and keeps sockets open."""
    if "Upgrade" in request.headers:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"here")
    if request.path == "/stream":
        await asyncio.Event().wait()
    return response


async def status(house, at, cookie) -> int:
    async with house.client.get(house.url(at), headers=cookie) as answer:
        return answer.status


async def test_a_visitor_is_let_into_public_apps_only(house, shown, hidden) -> None:
    cookie = await house.running(shown.app, app)
    assert await status(house, shown.app, cookie) == 200
    assert await status(house, hidden.app, await house.enter(hidden.app)) == 404


async def test_the_local_user_is_let_into_private_apps(house, hidden) -> None:
    cookie = await house.enter(hidden.app, user_id=house.store.user.id)
    starting = asyncio.create_task(house.started(app))
    assert await status(house, hidden.app, cookie) == 200
    await starting


async def test_a_project_made_private_closes_its_apps(house, shown, clock) -> None:
    cookie = await house.running(shown.app, app)
    house.store.projects.describe(shown.project, visibility=Visibility.PRIVATE)
    clock.forward(FRESH_S)
    assert await status(house, shown.app, cookie) == 404


async def test_it_also_ends_streams_and_sockets_that_are_open(house, shown, clock) -> None:
    cookie = await house.running(shown.app, app)
    headers = cookie | {"Origin": house.url(shown.app, "")}
    async with (
        house.client.get(house.url(shown.app, "/stream"), headers=cookie) as stream,
        house.client.ws_connect(house.url(shown.app, "/ws"), headers=headers) as socket,
    ):
        assert await stream.content.readany() == b"here"
        await socket.send_str("echo")
        assert (await socket.receive()).data == "echo"
        await house.presence.check()
        await socket.send_str("still here")
        assert (await socket.receive()).data == "still here"
        house.store.projects.describe(shown.project, visibility=Visibility.PRIVATE)
        clock.forward(FRESH_S)
        await house.presence.check()
        with pytest.raises(aiohttp.ClientPayloadError):
            await stream.content.read()
        assert (await socket.receive()).type in {WSMsgType.CLOSED, WSMsgType.ERROR}


async def test_a_deleted_app_is_not_there_any_more(house, shown, clock) -> None:
    cookie = await house.running(shown.app, app)
    with house.store.database.writing() as transaction:
        transaction.connection.execute(update(AppRow).values(deleted_at=transaction.now))
    clock.forward(FRESH_S)
    assert await status(house, shown.app, cookie) == 404


async def test_nobody_is_let_in_in_the_name_of_a_user_who_is_gone(house, hidden, clock) -> None:
    cookie = await house.enter(hidden.app, user_id=house.store.user.id)
    with house.store.database.writing() as transaction:
        transaction.connection.execute(update(UserRow).values(deleted_at=transaction.now))
    clock.forward(FRESH_S)
    assert await status(house, hidden.app, cookie) == 404


async def test_people_inside_go_on_while_the_store_is_away(house, shown, clock, caplog) -> None:
    cookie = await house.running(shown.app, app)
    headers = cookie | {"Origin": house.url(shown.app, "")}
    async with house.client.ws_connect(house.url(shown.app, "/ws"), headers=headers) as socket:
        place = house.store.place.home / "store.db"
        house.store.database.engine.dispose()
        place.rename(place.with_name("aside"))
        place.mkdir()  # no database can be opened there
        clock.forward(60)
        assert await status(house, shown.app, cookie) == 200
        await house.presence.check()
        assert "What was known before serves on: The store at" in caplog.text
        await socket.send_str("echo")
        assert (await socket.receive()).data == "echo"
        place.rmdir()
        place.with_name("aside").rename(place)
    house.store.projects.describe(shown.project, visibility=Visibility.PRIVATE)
    clock.forward(FRESH_S)
    assert await status(house, shown.app, cookie) == 404, "it is asked again"
