"""What people see of limits, places and lines, and of a front that has just started."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from vitrina.apps.allowances import Allowances
from vitrina.hub.proxy.limits import Limits
from vitrina.hub.proxy.tending import Tending
from vitrina.store.apps import AppDraft
from vitrina.store.records import App
from vitrina.store.serving import Serving

pytestmark = pytest.mark.anyio

DOCUMENT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}
STATE = "/-/vitrina/state"
STATE_HEADER = "X-Vitrina-App-State"


@pytest.fixture
def limits() -> Limits:
    return Limits(hold_s=0.0, poll_s=0.0)


def named(name: str) -> Any:
    """An app's server that says which instance it is."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=f"I am {name}")

    return answer


@pytest.fixture
def another(store, shown, tmp_path) -> App:
    """A second app of the same version."""
    archive = tmp_path / "another.tar"
    archive.write_bytes(b"bundle")
    return store.apps.log(shown.version, "another", AppDraft(archive, "c" * 64, "gradio", "app.py", "."))


async def come(house, app: App, cookie: dict[str, str], path: str = "/") -> tuple[int, str, str]:
    url = house.url(app, path)
    async with house.client.get(url, headers=cookie | DOCUMENT, allow_redirects=False) as answer:
        return answer.status, answer.headers.get(STATE_HEADER, ""), await answer.text()


async def asked(house, app: App, cookie: dict[str, str]) -> dict[str, Any]:
    async with house.client.get(house.url(app, STATE), headers=cookie) as answer:
        return await answer.json()


async def serve_next(house, app: App, name: str) -> None:
    before = {one.number for one in house.supervisor.instances() if one.state.value == "ready"}
    started = await house.started(named(name))
    while started.number in before or house.supervisor.instances()[-1].state.value != "ready":
        await house.supervisor.news()


async def test_two_browsers_sit_at_two_instances_and_stay_there(house, store, shown) -> None:
    app = shown.app
    store.apps.serve(app, Serving(max_instances=2, people=1))
    first, second = await house.enter(app), await house.enter(app)
    assert (await come(house, app, first))[0] == 202
    await serve_next(house, app, "one")
    assert await come(house, app, first) == (200, "", "I am one")
    status, state, text = await come(house, app, second)
    assert (status, state) == (202, "building")
    assert "vitrina-waiting" in text
    await serve_next(house, app, "two")
    for _ in range(3):
        assert (await come(house, app, second))[2] == "I am two"
        assert (await come(house, app, first))[2] == "I am one"


async def test_who_finds_all_places_taken_sees_where_they_stand(house, store, shown) -> None:
    app = shown.app
    store.apps.serve(app, Serving(people=1))
    inside, next_one, last = [await house.enter(app) for _ in range(3)]
    await come(house, app, inside)
    await serve_next(house, app, "one")
    await come(house, app, inside)
    assert "You are next. All its places are taken" in (await come(house, app, next_one))[2]
    _, state, text = await come(house, app, last)
    assert state == "queued"
    assert "You are number 2 of those who wait. All its places are taken" in text
    told = await asked(house, app, last)
    assert (told["state"], told["position"]) == ("queued", 2)
    assert told["line"].startswith("You are number 2 of those who wait.")


@pytest.mark.parametrize("allowances", [Allowances(starts=1)])
async def test_who_waits_for_other_apps_to_start_sees_where_they_stand(house, shown, another) -> None:
    first, second = await house.enter(shown.app), await house.enter(another)
    await come(house, shown.app, first)
    status, state, text = await come(house, another, second)
    assert (status, state) == (202, "queued")
    assert "You are next. Others are starting just now." in text
    await serve_next(house, shown.app, "one")
    assert (await asked(house, another, second))["state"] in {"building", "starting"}


@pytest.mark.parametrize("allowances", [Allowances(visitors=1)])
async def test_a_refusal_says_what_to_do(house, shown, another) -> None:
    first, second = await house.enter(shown.app), await house.enter(another)
    await come(house, shown.app, first)
    status, _, text = await come(house, another, second)
    assert status == 429
    assert "1 apps run for visitors without account, and no more may. Sign in, or try again" in text
    assert "vitrina-waiting" not in text
    async with house.client.get(house.url(another, "/data"), headers=second) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
        assert "Sign in" in await answer.text()
    assert len(house.launcher.launched) <= 1


async def test_an_app_that_is_to_run_always_runs(house, store, shown) -> None:
    app = store.apps.serve(shown.app, Serving(min_instances=1))
    await Tending(store, house.supervisor, house.openings).look()
    await house.started(named("one"))
    await house.until(app, "ready")
    assert (await come(house, app, await house.enter(app)))[0] == 200


async def test_a_change_reaches_an_app_that_runs(house, store, shown) -> None:
    app = shown.app
    await house.running(app, named("one"))
    store.apps.serve(app, Serving(min_instances=2, max_instances=2))
    await Tending(store, house.supervisor, house.openings).look()
    assert (await house.started(named("two"))).number == 2


@pytest.mark.parametrize("looks_at_once", [False])
async def test_while_the_front_looks_what_runs_nobody_is_served_and_all_are_told(house, shown) -> None:
    app = shown.app
    cookie = await house.enter(app)
    status, state, text = await come(house, app, cookie)
    assert (status, state) == (202, "queued")
    assert "One moment: the hub has just started" in text
    asking = asyncio.ensure_future(house.client.get(house.url(app, "/data"), headers=cookie))
    house.launcher.may_look.set()
    await house.started(named("one"))
    async with await asking as answer:  # a program's request was held meanwhile
        assert (answer.status, await answer.text()) == (200, "I am one")
