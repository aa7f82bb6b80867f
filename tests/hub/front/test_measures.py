"""What the front counts while people use apps, and what of it is in the store afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from aiohttp import web
from sqlalchemy import event

from vitrina.apps.launchers.launcher import Exit
from vitrina.hub.measures.told import told_of
from vitrina.hub.proxy.routes import ENTER

pytestmark = pytest.mark.anyio

BODY = b"x" * 1000


async def app(request: web.Request) -> web.StreamResponse:
    match request.path:
        case "/socket":
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            async for message in socket:
                await socket.send_str(message.data * 2)
            return socket
        case "/broken":
            return web.Response(status=500)
        case "/endless":
            response = web.StreamResponse()
            await response.prepare(request)
            await response.write(b"begun")
            await asyncio.Event().wait()
            return response
        case _:
            return web.Response(body=BODY + await request.read())


def figures(house) -> dict[tuple[str, ...], float]:
    """All that the front tells, by name and labels' values, as it comes through the line to the portal."""
    told = told_of(house.measures.told(house.supervisor, list).as_bytes())
    return {
        (f"{family.name}{one.suffix}", *one.labels.values()): one.value
        for family in told.families
        for one in family.samples
    }


def next_over(house) -> asyncio.Event:
    """Is set when a request or socket is over, and counted."""
    over, passed = asyncio.Event(), house.measures.traffic.passed

    def noted(app_id: int, answered: str, *, bytes_in: int) -> None:
        passed(app_id, answered, bytes_in=bytes_in)
        over.set()

    house.measures.traffic.passed = noted
    return over


async def use_of(house, app, *, day):
    await house.measures.book.flush()
    return house.store.use.of_app(app.id, since=day)


@pytest.fixture
def today(clock):
    return clock.utc().date() - timedelta(days=1)  # a day more, since midnight may come


async def test_a_visit_is_counted_from_the_link_to_the_last_byte(house, shown, today, clock) -> None:
    served = house.served

    async def served_slowly(handler):
        clock.forward(2)
        return await served(handler)

    house.served = served_slowly
    cookie = await house.running(shown.app, app)
    async with house.client.post(house.url(shown.app, "/up"), headers=cookie, data=b"y" * 50) as answer:
        assert answer.status == 200
        assert await answer.read() == BODY + b"y" * 50
    async with house.client.get(house.url(shown.app, "/broken"), headers=cookie) as answer:
        assert answer.status == 500
    told = figures(house)
    assert told["app_openings_total",] == told["app_sessions_begun_total",] == 1
    assert told["app_requests_total", "2xx"] == 2  # the one that woke it, and the upload
    assert told["app_requests_total", "5xx"] == 1
    assert (told["app_bytes_total", "in"], told["app_bytes_total", "out"]) == (50, 2 * len(BODY) + 50)
    assert told["app_starts_total", "gradio", "ready"] == 1
    assert told["app_ready_seconds_count", "gradio", "cold"] == 1
    assert told["app_instances", "ready"] == told["app_sessions",] == 1
    use = await use_of(house, shown.app, day=today)
    assert (use.viewers, use.total.openings, use.total.sessions) == (1, 1, 1)
    assert (use.total.requests, use.total.errors, use.total.starts, use.total.ready) == (3, 1, 1, 1)
    assert use.total.ready_s == use.total.ready_most_s == 2


async def test_who_comes_again_is_one_viewer_and_one_session(house, shown, today) -> None:
    cookie = await house.running(shown.app, app)
    for _ in range(2):
        ticket = house.store.instances.make_ticket(shown.app.revision_id, None)
        async with house.client.get(
            house.url(shown.app, f"{ENTER}?ticket={ticket}"), headers=cookie, allow_redirects=False
        ) as answer:
            assert answer.status == 303
    await house.enter(shown.app)  # another browser
    user = house.store.user.id
    await house.enter(shown.app, user_id=user)
    await house.enter(shown.app, user_id=user)  # the same person in another browser
    use = await use_of(house, shown.app, day=today)
    assert (use.total.openings, use.total.sessions, use.viewers) == (6, 4, 3)


async def test_a_hundred_openings_are_one_write(house, shown, today) -> None:
    for _ in range(100):
        await house.enter(shown.app)
    begun = list[str]()
    engine = house.store.database.engine
    event.listen(engine, "before_cursor_execute", lambda _, __, statement, *___: begun.append(statement.split()[0]))
    use = await use_of(house, shown.app, day=today)
    assert (use.total.openings, use.viewers) == (100, 100)
    assert Counter(begun)["INSERT"] == 2  # figures, and who came
    assert begun.count("BEGIN") == 2  # to write, and to ask


async def test_sockets_are_counted_while_they_are_open_with_what_passes_both_ways(house, shown) -> None:
    cookie = await house.running(shown.app, app)
    headers = cookie | {"Origin": house.settings.sites.of(shown.app).origin}
    before = figures(house)
    async with house.client.ws_connect(house.url(shown.app, "/socket"), headers=headers) as socket:
        await socket.send_str("hello")
        assert (await socket.receive()).data == "hellohello"
        during = figures(house)
        assert during["app_websockets_open",] == 1
        assert during["app_bytes_total", "in"] - before["app_bytes_total", "in"] == 5
        assert during["app_bytes_total", "out"] - before["app_bytes_total", "out"] == 10
        over = next_over(house)
        await socket.close()
    await over.wait()
    after = figures(house)
    assert after["app_websockets_open",] == 0
    assert after["app_requests_total", "1xx"] == 1


async def test_a_browser_that_leaves_in_the_middle_is_no_error_of_the_app(house, shown, today) -> None:
    cookie = await house.running(shown.app, app)
    over = next_over(house)
    async with house.client.get(house.url(shown.app, "/endless"), headers=cookie) as answer:
        assert await answer.content.readexactly(5) == b"begun"
        answer.close()
    await over.wait()
    assert figures(house)["app_requests_total", "cut"] == 1
    assert (await use_of(house, shown.app, day=today)).total.errors == 0


async def test_a_crash_and_the_start_after_it_are_counted(house, shown, clock, today) -> None:
    cookie = await house.enter(shown.app)
    opening = asyncio.create_task(house.launcher.arrivals.get())
    asking = asyncio.create_task(_status(house, shown.app, cookie))
    (await opening).fail("it broke")
    await house.until(shown.app, "crashed")
    await asking
    clock.forward(60)
    running = asyncio.create_task(house.started(app))
    assert await _status(house, shown.app, cookie) in {200, 503}
    (await running).end(Exit(code=3))
    await house.until(shown.app, "crashed")
    told = figures(house)
    assert (told["app_starts_total", "gradio", "failed"], told["app_starts_total", "gradio", "ready"]) == (1, 1)
    assert told["app_crashes_total", "gradio", "starting"] == told["app_crashes_total", "gradio", "ready"] == 1
    assert told["app_restarts_total", "gradio"] == 1
    total = (await use_of(house, shown.app, day=today)).total
    assert (total.starts, total.ready, total.crashes) == (2, 1, 2)


async def test_the_most_that_an_app_took_is_kept(house, shown, today) -> None:
    await house.running(shown.app, app)
    [life] = house.supervisor._fleets.lives()  # what it takes is weighed every half minute
    for taken, most in ((5_000, 5_000), (9_000, 9_000), (7_000, 9_000)):
        life.memory_bytes = taken
        house.measures.weigh(house.supervisor)
        assert (await use_of(house, shown.app, day=today)).total.memory_most_bytes == most
    assert figures(house)["apps_memory_bytes", "gradio"] == 7_000


async def _status(house, app, cookie) -> int:
    async with house.client.get(house.url(app, "/"), headers=cookie, allow_redirects=False) as answer:
        return answer.status
