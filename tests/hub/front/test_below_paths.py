"""Apps below paths of one origin: every door and page of the front is at the app's path there."""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from vitrina.hub.proxy.routes import ENTER, ENTERED, START, STATE
from vitrina.hub.proxy.waiting import WORD
from vitrina.hub.settings import Settings
from vitrina.store.apps import AppDraft

pytestmark = pytest.mark.anyio

DOCUMENT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}
PREFIX = "/demo/tumours/classifier/1.0.0/what-if@1"


@pytest.fixture
def settings(store, listener: socket.socket) -> Settings:
    port = listener.getsockname()[1]
    return Settings(place=store.place, apps_port=port, public_apps_url=f"http://localhost:{port}", start_timeout_s=20.0)


async def echo(request: web.Request) -> web.Response:
    answer = web.json_response({"path": request.raw_path, "cookie": request.headers.get("Cookie", "")})
    answer.headers["Set-Cookie"] = "own=1; Path=/"
    return answer


async def get(house, path: str, headers: dict[str, str] | None = None) -> tuple[int, str, str]:
    url = f"http://localhost:{house.settings.apps_port}{path}"
    async with house.client.get(url, headers=headers or DOCUMENT, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", ""), await answer.text()


async def test_requests_come_to_the_app_with_its_path(house, shown) -> None:
    cookie = await house.running(shown.app, echo)
    url = house.url(shown.app, "/page?x=1")
    async with house.client.get(url, headers=cookie | {"Cookie": cookie["Cookie"] + "; own=1"}) as answer:
        assert await answer.json() == {"path": f"{PREFIX}/page?x=1", "cookie": "own=1"}
        assert answer.headers["Set-Cookie"] == f"own=1; Path={PREFIX}"
        assert f"default-src {house.url(shown.app)} " in answer.headers["Content-Security-Policy"]


async def test_one_comes_in_at_the_path(house, shown) -> None:
    ticket = house.store.instances.make_ticket(shown.app.revision_id, None)
    url = house.url(shown.app, f"{ENTER}?ticket={ticket}&to=/page")
    async with house.client.get(url, allow_redirects=False) as answer:
        name, *attributes = answer.headers["Set-Cookie"].split("; ")
        assert name.startswith("vitrina-app=")
        assert {f"Path={PREFIX}", "HttpOnly", "SameSite=Lax"} < set(attributes)
        assert urlsplit(answer.headers["Location"]).path == PREFIX + ENTERED
        onward = answer.headers["Location"]
    assert (await get(house, onward, {"Cookie": name}))[:2] == (303, f"{PREFIX}/page")


@pytest.mark.parametrize(
    ("path", "opening", "to"),
    [
        (f"{PREFIX}/page?x=1", "/demo/tumours/models/classifier@1.0.0/apps/what-if@1/open", "/page?x=1"),
        (PREFIX, "/demo/tumours/models/classifier@1.0.0/apps/what-if@1/open", "/"),
        (f"{PREFIX[:-2]}/page", "/demo/tumours/models/classifier@1.0.0/apps/what-if/open", "/page"),
        ("/demo/tumours/classifier/latest/what-if/", "/demo/tumours/models/classifier@1.0.0/apps/what-if/open", "/"),
        (f"/Demo{PREFIX[5:]}/", "/demo/tumours/models/classifier@1.0.0/apps/what-if@1/open", "/"),
        (f"{PREFIX[:-1]}7/", "/demo/tumours/models/classifier@1.0.0/apps/what-if@7/open", "/"),
    ],
)
async def test_whoever_is_not_inside_is_sent_over_the_portal(house, shown, path: str, opening: str, to: str) -> None:
    status, location, _ = await get(house, path)
    address = urlsplit(location)
    assert status in {302, 303}
    assert f"{address.scheme}://{address.netloc}" == house.settings.portal_url
    assert address.path == opening
    assert parse_qs(address.query).get("to", ["/"]) == [to]


async def test_what_a_page_asks_without_a_pass_is_not_there(house, shown) -> None:
    assert (await get(house, f"{PREFIX}/data", {"Sec-Fetch-Mode": "cors"}))[0] == 404


async def test_the_waiting_page_asks_at_the_path(house, shown) -> None:
    cookie = await house.enter(shown.app)
    status, _, text = await get(house, f"{PREFIX}/", DOCUMENT | cookie)
    assert (status, WORD in text) == (202, True)
    assert f'"{PREFIX}{STATE}"' in text
    static = text.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    assert (await get(house, static))[0] == 200
    starting = await house.launcher.arrivals.get()
    starting.fail("It fails.")
    await house.until(shown.app, "crashed")
    status, _, text = await get(house, f"{PREFIX}/page", DOCUMENT | cookie)
    assert (status, f'action="{PREFIX}{START}"' in text) == (502, True)
    origin = {"Origin": f"http://localhost:{house.settings.apps_port}"}
    url = house.url(shown.app, START)
    async with house.client.post(url, data={"to": "/page"}, headers=cookie | origin, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, f"{PREFIX}/page")


async def test_a_pass_is_of_one_revision(house, shown, store, tmp_path) -> None:
    bundle = tmp_path / "next.tar"
    bundle.write_bytes(b"next")
    draft = AppDraft(bundle, "b" * 64, "gradio", "what_if.py", ".", title="What if")
    newer = store.apps.log(shown.version, "what-if", draft)
    cookie = await house.running(shown.app, echo)
    status, location, _ = await get(house, f"{PREFIX[:-1]}2/", DOCUMENT | cookie)
    assert (newer.revision, status) == (2, 303)
    assert urlsplit(location).path == "/demo/tumours/models/classifier@1.0.0/apps/what-if@2/open"
    assert (await get(house, f"{PREFIX}/", DOCUMENT | cookie))[0] == 200, "who is inside stays"


async def test_the_app_is_started_with_its_path(house, shown) -> None:
    cookie = await house.enter(shown.app)
    asking = asyncio.create_task(get(house, f"{PREFIX}/", DOCUMENT | cookie))
    started = await house.launcher.arrivals.get()
    assert (started.spec.origin, started.spec.prefix) == (f"http://localhost:{house.settings.apps_port}", PREFIX)
    await asking
