"""What people see while an app does not serve."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from vitrina.apps.job import Step
from vitrina.apps.launchers.launcher import Exit
from vitrina.hub.proxy.limits import Limits
from vitrina.hub.proxy.openings import CRASH_SHOWN
from vitrina.hub.proxy.routes import START, STATE
from vitrina.store.records import Move

pytestmark = pytest.mark.anyio

DOCUMENT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}
FRAME = DOCUMENT | {"Sec-Fetch-Dest": "iframe"}
OF_A_PAGE = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin"}
STATE_HEADER = "X-Vitrina-App-State"


@pytest.fixture
def limits() -> Limits:
    """Nobody is held: what comes is what there is."""
    return Limits(hold_s=0.0, poll_s=0.0)


async def hello(request: web.Request) -> web.Response:
    return web.Response(text=f"hello at {request.path}")


class Reader:
    """Somebody inside an app."""

    def __init__(self, house, app, cookie: dict[str, str]) -> None:
        self.house = house
        self.app = app
        self.cookie = cookie

    async def get(self, path: str = "/", **headers: str) -> tuple[int, dict[str, str], str]:
        url = self.house.url(self.app, path)
        async with self.house.client.get(url, headers=self.cookie | headers, allow_redirects=False) as answer:
            return answer.status, dict(answer.headers), await answer.text()

    async def post(self, path: str, form: dict[str, str], **headers: str) -> tuple[int, dict[str, str], str]:
        url = self.house.url(self.app, path)
        own = {"Origin": self.house.url(self.app, "")} | headers
        async with self.house.client.post(url, data=form, headers=self.cookie | own, allow_redirects=False) as answer:
            return answer.status, dict(answer.headers), await answer.text()

    async def state(self) -> dict[str, Any]:
        async with self.house.client.get(self.house.url(self.app, STATE), headers=self.cookie) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            return await answer.json()


@pytest.fixture
async def visitor(house, shown) -> Reader:
    return Reader(house, shown.app, await house.enter(shown.app))


@pytest.fixture
async def owner(house, shown) -> Reader:
    return Reader(house, shown.app, await house.enter(shown.app, user_id=house.store.user.id))


async def crashed(house, reader: Reader, message: str) -> None:
    await reader.get(**DOCUMENT)
    app = await house.launcher.arrivals.get()
    app.fail(message)
    await house.supervisor.wait_ready(reader.app.label, timeout_s=10)


async def started_before(house, app, *, took_s: float) -> None:
    """The hub remembers a start of this app."""
    for state, seconds in (("queued", 0.0), ("building", 0.0), ("ready", took_s)):
        at = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=seconds)
        house.store.instances.record([Move(app.revision_id, 1, state, "", at)])
    await house.diary.begin()
    house.diary.know(app)


async def test_a_sleeping_app_shows_the_waiting_page_and_starts(house, visitor: Reader) -> None:
    status, headers, text = await visitor.get("/page", **DOCUMENT)
    assert status == 202
    assert headers[STATE_HEADER] == "building"
    assert headers["Cache-Control"] == "no-store"
    assert "vitrina-waiting" in text
    assert "Opening What if" in text
    assert "Fetching the files of version 1.0.0<" in text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in text
    await house.launcher.arrivals.get()


async def test_the_page_holds_no_script_or_style_of_its_own(visitor: Reader) -> None:
    _, headers, text = await visitor.get(**DOCUMENT)
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; script-src 'self';")
    assert not re.search(r"<style|style=|<script(?! type=\"module\" src=\"/-/vitrina/static/)|\son[a-z]+=", text)
    for path in re.findall(r'(?:href|src)="(/-/vitrina/static/[^"]+)"', text):
        status, headers, body = await visitor.get(path)
        assert (status, headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
        assert body


async def test_in_the_portals_frame_it_has_no_bar(visitor: Reader) -> None:
    assert 'class="slim"' in (await visitor.get(**DOCUMENT))[2]
    assert 'class="slim"' not in (await visitor.get(**FRAME))[2]


async def test_the_page_learns_each_step_and_at_last_that_the_app_serves(house, visitor: Reader) -> None:
    await visitor.get(**DOCUMENT)
    app = await house.launcher.arrivals.get()
    app.reach(Step.LOADING.value)
    told = await visitor.state()
    assert told["state"] == "starting"
    assert [step["text"] for step in told["steps"]] == [
        "Fetching the files of version 1.0.0",
        "Starting",
        Step.LOADING.value.removesuffix("."),
    ]
    assert [step["is_over"] for step in told["steps"]] == [True, True, False]
    assert all(re.fullmatch(r"[\d.]+\u202fm?s", step["took"]) for step in told["steps"])
    app.answer()
    await house.supervisor.wait_ready(visitor.app.label, timeout_s=10)
    told = await visitor.state()
    assert told["state"] == "ready"
    assert all(step["is_over"] for step in told["steps"])


async def test_log_lines_are_for_those_who_may_manage_the_app(house, visitor: Reader, owner: Reader) -> None:
    await visitor.get(**DOCUMENT)
    await house.launcher.arrivals.get()
    house.launcher.lines[visitor.app.label] = ["loading <model>", "secret of the app"]
    assert (await visitor.state())["log"] is None
    assert (await owner.state())["log"] == ["loading <model>", "secret of the app"]
    assert "secret of the app" not in (await visitor.get(**DOCUMENT))[2]
    assert "loading &lt;model&gt;\nsecret of the app" in (await owner.get(**DOCUMENT))[2]


@pytest.mark.parametrize("limits", [Limits(hold_s=20.0)])
async def test_a_hundred_first_requests_start_one_app_and_all_get_it(house, visitor: Reader) -> None:
    await started_before(house, visitor.app, took_s=0.1)
    asking = [asyncio.create_task(visitor.get(f"/{number}", **DOCUMENT)) for number in range(100)]
    await house.started(hello)
    answers = await asyncio.gather(*asking)
    assert [(status, text) for status, _, text in answers] == [(200, f"hello at /{number}") for number in range(100)]
    assert len(house.launcher.launched) == 1


async def test_a_program_is_kept_until_the_app_serves(house, visitor: Reader) -> None:
    asking = asyncio.create_task(visitor.get("/data"))
    await house.started(hello)
    status, _, text = await asking
    assert (status, text) == (200, "hello at /data")


async def test_a_page_that_was_left_open_does_not_wake_the_app(house, visitor: Reader) -> None:
    status, headers, text = await visitor.get("/poll", **OF_A_PAGE)
    assert (status, headers[STATE_HEADER], headers["Retry-After"]) == (503, "cold", "1")
    assert "vitrina-waiting" not in text
    assert house.launcher.launched == []


async def test_somebody_who_presses_a_button_in_it_does(house, visitor: Reader) -> None:
    asking = asyncio.create_task(visitor.post("/callback", {"x": "1"}, **OF_A_PAGE))
    await house.started(hello)
    assert (await asking)[0] == 200


async def test_an_app_that_fails_to_start_says_why(house, visitor: Reader, owner: Reader) -> None:
    house.launcher.lines[visitor.app.label] = ["Traceback of the app"]
    await crashed(house, visitor, "The app needs <numpy 3>, which is not there.")
    status, headers, text = await visitor.get("/page?a=1", **DOCUMENT)
    assert (status, headers[STATE_HEADER], headers["Cache-Control"]) == (502, "crashed", "no-store")
    assert "The app stopped while it was starting" in text
    assert "The app needs &lt;numpy 3&gt;, which is not there." in text
    assert "vitrina-waiting" not in text
    assert '<input type="hidden" name="to" value="/page?a=1">' in text
    assert "Traceback of the app" not in text
    assert "Traceback of the app" in (await owner.get(**DOCUMENT))[2]


async def test_an_app_that_ends_later_is_told_apart(house, visitor: Reader) -> None:
    await visitor.get(**DOCUMENT)
    app = await house.started(hello)
    await house.supervisor.wait_ready(visitor.app.label, timeout_s=10)
    app.end(Exit(signal=9))
    await house.until(visitor.app, "crashed")
    _, _, text = await visitor.get(**DOCUMENT)
    assert "<h1>The app stopped</h1>" in text
    assert "Perhaps out of memory?" in text


async def test_coming_to_a_crashed_app_shows_it_and_coming_later_starts_it(house, visitor: Reader, clock) -> None:
    await crashed(house, visitor, "It failed.")
    clock.forward(CRASH_SHOWN.total_seconds() - 1)
    assert (await visitor.get(**DOCUMENT))[0] == 502
    clock.forward(1)
    assert (await visitor.get(**DOCUMENT))[0] == 202
    await house.launcher.arrivals.get()
    assert len(house.launcher.launched) == 2


async def test_start_again_starts_it_once_it_has_rested(house, visitor: Reader, clock) -> None:
    await crashed(house, visitor, "It failed.")
    status, headers, _ = await visitor.post(START, {"to": "/page"})
    assert (status, headers["Location"]) == (303, "/page")
    _, _, text = await visitor.get(**DOCUMENT)
    assert "the next one is possible in" in text
    assert len(house.launcher.launched) == 1
    clock.forward(2.0)
    await visitor.post(START, {"to": "/page"})
    assert (await visitor.get(**DOCUMENT))[0] == 202
    await house.launcher.arrivals.get()
    assert len(house.launcher.launched) == 2


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", ""])
async def test_start_again_leads_nowhere_else(house, visitor: Reader, to: str) -> None:
    _, headers, _ = await visitor.post(START, {"to": to})
    assert headers["Location"] == "/"


async def test_another_sites_page_starts_nothing(house, visitor: Reader) -> None:
    status, _, _ = await visitor.post(START, {"to": "/"}, Origin="http://evil.localhost:8401")
    assert status == 403
    assert house.launcher.launched == []


@pytest.mark.parametrize("limits", [Limits(hold_s=0.0, poll_s=20.0)])
async def test_files_that_cannot_be_fetched_are_said(house, visitor: Reader, clock) -> None:
    digest = visitor.app.blob.digest
    blob = next(house.settings.home.rglob(digest))
    content = blob.read_bytes()
    blob.write_bytes(b"rotten")
    await visitor.get(**DOCUMENT)
    told = await visitor.state()
    assert told["state"] == "crashed"
    assert "is damaged" in told["reason"]
    assert (await visitor.get(**DOCUMENT))[0] == 502
    assert house.launcher.launched == []
    blob.write_bytes(content)
    clock.forward(2)
    await visitor.post(START, {"to": "/"})
    await house.launcher.arrivals.get()


async def test_an_app_that_is_stopping_starts_again_for_who_comes(house, visitor: Reader) -> None:
    await visitor.get(**DOCUMENT)
    await house.started(hello)
    label = visitor.app.label
    await house.supervisor.wait_ready(label, timeout_s=10)
    await house.supervisor.stop(label, reason="Nobody used it for 15 minutes.")
    assert (await visitor.get(**DOCUMENT))[1][STATE_HEADER] == "building"
    await house.launcher.arrivals.get()


async def test_an_app_that_takes_long_shows_the_page_at_once_the_next_time(house, visitor: Reader, clock) -> None:
    await visitor.get(**DOCUMENT)
    app = await house.launcher.arrivals.get()
    clock.forward(7)
    app.answer()
    await house.supervisor.wait_ready(visitor.app.label, timeout_s=10)
    await house.supervisor.stop(visitor.app.label, reason="idle")
    _, _, text = await visitor.get(**DOCUMENT)
    assert re.search(r"It is usually ready in ([7-9]\.\d|\d\d)\u202fs\.", text), "seven, and what this machine took"


@pytest.mark.parametrize("limits", [Limits(hold_s=20.0)])
async def test_somebody_who_waits_through_a_failed_fetch_gets_the_next_start(house, visitor: Reader, clock) -> None:
    blob = next(house.settings.home.rglob(visitor.app.blob.digest))
    content = blob.read_bytes()
    blob.write_bytes(b"rotten")
    await started_before(house, visitor.app, took_s=0.1)
    assert (await visitor.get(**DOCUMENT))[0] == 502
    blob.write_bytes(content)
    clock.forward(2)
    await visitor.post(START, {"to": "/"})
    waiting = asyncio.create_task(visitor.get("/page", **DOCUMENT))
    await house.started(hello)
    assert (await waiting)[::2] == (200, "hello at /page")


@pytest.mark.parametrize("limits", [Limits(hold_s=3600.0)])
@pytest.mark.parametrize("took_s", [None, 3601.0])
async def test_nobody_is_held_where_the_app_is_not_known_to_be_quick(
    house, visitor: Reader, took_s: float | None
) -> None:
    if took_s is not None:
        await started_before(house, visitor.app, took_s=took_s)
    status, _, text = await visitor.get(**DOCUMENT)
    assert status == 202
    assert "vitrina-waiting" in text
    await house.launcher.arrivals.get()
