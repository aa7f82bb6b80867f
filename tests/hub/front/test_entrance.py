"""The way in: tickets, the cookie, and where one is sent."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web

from vitrina.hub.proxy.routes import ENTER, ENTERED
from vitrina.store.instances import TICKET_LIFE

pytestmark = pytest.mark.anyio

DOCUMENT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}


async def hello(_: web.Request) -> web.Response:
    return web.Response(text="hello")


async def get(house, url: str, **headers: str) -> aiohttp.ClientResponse:
    async with house.client.get(url, headers=DOCUMENT | headers, allow_redirects=False) as answer:
        await answer.read()
        return answer


def ticket(house, app, user_id: int | None = None) -> str:
    return house.store.instances.make_ticket(app.revision_id, user_id)


async def test_a_ticket_becomes_a_cookie_and_leads_to_where_one_wanted(house, shown) -> None:
    first = await get(house, house.url(shown.app, f"{ENTER}?ticket={ticket(house, shown.app)}&to=/page?a=1%26b=2"))
    assert first.status == 303
    assert first.headers["Cache-Control"] == "no-store"
    cookie = first.headers["Set-Cookie"].partition(";")[0]
    second = await get(house, house.url(shown.app, first.headers["Location"]), Cookie=cookie)
    assert (second.status, second.headers["Location"]) == (303, "/page?a=1&b=2")


async def test_a_browser_that_keeps_no_cookie_is_told_so_instead_of_sent_round(house, shown) -> None:
    first = await get(house, house.url(shown.app, f"{ENTER}?ticket={ticket(house, shown.app)}"))
    second = await get(house, house.url(shown.app, first.headers["Location"]))
    assert second.status == 403
    assert "kept no cookie" in await second.text()


async def test_a_ticket_is_good_once(house, shown) -> None:
    address = house.url(shown.app, f"{ENTER}?ticket={ticket(house, shown.app)}&to=/page")
    cookie = (await get(house, address)).headers["Set-Cookie"].partition(";")[0]
    again = await get(house, address)
    assert again.status == 403
    assert "Set-Cookie" not in again.headers
    inside = await get(house, address, Cookie=cookie)  # who is inside already and reloads, goes on
    assert (inside.status, inside.headers["Location"]) == (303, "/page")


async def test_a_ticket_is_good_for_a_minute(house, shown, clock) -> None:
    late = ticket(house, shown.app)
    clock.forward(TICKET_LIFE.total_seconds() + 1)
    assert (await get(house, house.url(shown.app, f"{ENTER}?ticket={late}"))).status == 403


async def test_a_ticket_is_good_for_its_own_app(house, shown, hidden) -> None:
    foreign = ticket(house, shown.app)
    answer = await get(house, house.url(hidden.app, f"{ENTER}?ticket={foreign}"))
    assert answer.status == 403
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("query", ["", "?ticket=", "?ticket=forged", "?ticket=%00"])
async def test_no_ticket_is_no_way_in(house, shown, query: str) -> None:
    assert (await get(house, house.url(shown.app, f"{ENTER}{query}"))).status == 403


@pytest.mark.parametrize(
    "to", ["//evil.example/", "/%5Cevil.example", "https://evil.example", "/%09/evil.example", "javascript:alert(1)"]
)
async def test_nobody_is_sent_on_to_another_host(house, shown, to: str) -> None:
    first = await get(house, house.url(shown.app, f"{ENTER}?ticket={ticket(house, shown.app)}&to={to}"))
    assert first.headers["Location"] == f"{ENTERED}?to=%2F"
    cookie = first.headers["Set-Cookie"].partition(";")[0]
    second = await get(house, house.url(shown.app, f"{ENTERED}?to={to}"), Cookie=cookie)
    assert second.headers["Location"] == "/"


async def test_a_head_request_takes_no_ticket(house, shown) -> None:
    address = house.url(shown.app, f"{ENTER}?ticket={ticket(house, shown.app)}")
    async with house.client.head(address, headers=DOCUMENT, allow_redirects=False) as answer:
        assert answer.status == 404
    assert (await get(house, address)).status == 303


async def test_somebody_without_a_pass_is_sent_over_the_portal(house, shown) -> None:
    answer = await get(house, house.url(shown.app, "/page?a=1"))
    assert answer.status == 303
    address = urlsplit(answer.headers["Location"])
    assert f"{address.scheme}://{address.netloc}" == house.settings.portal_url
    assert address.path == f"/-/apps/{shown.app.label}/open"
    assert parse_qs(address.query) == {"to": ["/page?a=1"]}


async def test_an_app_that_does_not_exist_looks_like_one_that_is_private(house, hidden) -> None:
    private = await get(house, house.url(hidden.app))
    absent = await get(house, house.url(hidden.app).replace(hidden.app.label, "no-such-0000000000"))
    assert private.status == absent.status == 303
    assert private.headers["Location"].replace(hidden.app.label, "X") == absent.headers["Location"].replace(
        "no-such-0000000000", "X"
    )
    for label in (hidden.app.label, "no-such-0000000000"):
        url = house.url(hidden.app).replace(hidden.app.label, label)
        async with house.client.get(url) as answer:  # a program
            assert answer.status == 404
            assert "There is no page here for you" in await answer.text()


@pytest.mark.parametrize(
    "cookie", ["__Host-vitrina-app=x", "__Host-vitrina-app=WzEsbnVsbCw5OTk5OTk5OTk5XQ.AAAA", "a=b"]
)
async def test_a_forged_pass_is_none(house, shown, cookie: str) -> None:
    await house.running(shown.app, hello)
    assert (await get(house, house.url(shown.app), Cookie=cookie)).status == 303
    async with house.client.get(house.url(shown.app), headers={"Cookie": cookie}) as answer:
        assert answer.status == 404


async def test_a_pass_for_one_app_opens_no_other(house, shown, hidden) -> None:
    cookie = await house.enter(shown.app)
    async with house.client.get(house.url(hidden.app), headers=cookie) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("path", ["/favicon.ico", "/manifest.json", "/robots.txt"])
async def test_what_browsers_ask_for_without_cookies_is_there(house, shown, path: str) -> None:
    async with house.client.get(house.url(shown.app, path)) as answer:
        assert answer.status == 200


async def test_the_fronts_own_pages_are_never_the_apps(house, shown) -> None:
    asked: list[str] = []

    async def app(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    cookie = await house.running(shown.app, app)
    async with house.client.get(house.url(shown.app, "/-/vitrina/anything"), headers=cookie) as answer:
        assert answer.status == 404
    assert asked == ["/wakes"]
