"""The window on an app that is being written, asked as a browser asks it."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest

from vitrina.apps.develop.bench import News, Turn
from vitrina.apps.develop.window import Window

pytestmark = pytest.mark.anyio

ORIGIN = "http://127.0.0.1:9"


@pytest.fixture
async def window() -> AsyncIterator[tuple[Window, str]]:
    made = Window(name="<hello>.py", origin=ORIGIN)
    with socket.create_server(("127.0.0.1", 0)) as bound:
        async with made.on(bound):
            yield made, f"http://127.0.0.1:{bound.getsockname()[1]}"


async def test_its_page_frames_the_app_and_runs_nothing_inline(window: tuple[Window, str]) -> None:
    _, address = window
    async with aiohttp.ClientSession() as browser, browser.get(address) as answer:
        page = await answer.text()
        assert f"frame-src {ORIGIN};" in answer.headers["Content-Security-Policy"]
    assert f'<iframe src="{ORIGIN}/"' in page
    assert "<h1>&lt;hello&gt;.py</h1>" in page
    assert "onload" not in page
    async with aiohttp.ClientSession() as browser:
        for path in ("/window.js", "/window.css", "/mark.svg"):
            async with browser.get(address + path) as answer:
                assert answer.status == 200
        async with browser.get(f"{address}/../bench.py") as answer:
            assert answer.status == 404
        async with browser.post(address) as answer:
            assert answer.status == 405


async def test_it_answers_to_names_of_this_machine_only(window: tuple[Window, str]) -> None:
    _, address = window
    async with aiohttp.ClientSession() as browser, browser.get(address, headers={"Host": "evil.example"}) as answer:
        assert answer.status == 421


async def test_it_tells_what_happens_and_counts_what_serves(window: tuple[Window, str]) -> None:
    made, address = window
    async with aiohttp.ClientSession() as browser, browser.get(f"{address}/news") as answer:

        async def told() -> tuple[str, int]:
            line = (await answer.content.readuntil(b"\n\n")).decode()
            event = json.loads(line.removeprefix("data: "))
            return event["turn"], event["number"]

        assert await told() == ("served", 1)
        made.tell(News(Turn.SAVED, "app.py changed: starting again."))
        assert await told() == ("saved", 1)
        made.tell(News(Turn.SERVED, "Served anew after 1.0 s."))
        assert await told() == ("served", 2)
