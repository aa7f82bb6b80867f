"""What an app writes, on a page and live: for those who may manage it, and nobody else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from vitrina.apps import logs
from vitrina.hub import app_logs, sessions
from vitrina.hub.pages import log as log_page
from vitrina.store.records import Running

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

APP = "/demo/tumours/models/classifier@1.0.0/apps/what-if"
LOG = f"{APP}/log"
PAGE = {"accept": "text/html"}
NOW = datetime(2026, 11, 23, tzinfo=UTC)
TIMEOUT_MS = 60_000


@pytest.fixture
def file(home: Path, shown) -> Path:
    """The log of the app's first instance."""
    folder = home.joinpath(*app_logs.FOLDER)
    folder.mkdir(parents=True)
    return folder / logs.name(shown.app.label, number=1)


def append(file: Path, text: str) -> None:
    with file.open("a") as log:
        log.write(text)


def test_its_last_lines_stand_on_the_page_as_text(resident: TestClient, file: Path) -> None:
    file.write_text("one\n<script>alert(1)</script>\n")
    page = resident.get(LOG, headers=PAGE)
    assert page.status_code == 200
    assert "one\n&lt;script&gt;alert(1)&lt;/script&gt;</pre>" in page.text
    assert f'data-follow="{APP}@1/log/news?instance=1"' in page.text
    assert "style=" not in page.text


def test_an_app_that_wrote_nothing_says_so(resident: TestClient, shown) -> None:
    assert "It has written nothing yet." in resident.get(LOG, headers=PAGE).text


def test_each_instance_has_its_own_also_one_that_ran_before(resident: TestClient, store, shown, file: Path) -> None:
    file.write_text("of the first\n")
    second = file.with_name(logs.name(shown.app.label, number=2))
    second.write_text("of the second\n")
    file.with_name(f"{shown.app.label}-other.3.log").write_text("of another app")
    page = resident.get(f"{LOG}?instance=2", headers=PAGE).text
    assert "of the second</pre>" in page
    assert f'href="{APP}@1/log?instance=1">Instance 1</a>' in page
    assert 'aria-current="page">Instance 2</a>' in page
    assert "Instance 3" not in page
    assert resident.get(f"{LOG}.json?instance=1").json()["log"] == ["of the first"]
    store.instances.note(Running(shown.app.revision_id, "front", "ready", "", 7, str(second), NOW, NOW, 2))
    told = resident.get(f"{LOG}.json").json()
    assert (told["instance"], told["log"]) == (2, ["of the second"])


def test_the_whole_is_there_as_a_file(resident: TestClient, file: Path) -> None:
    logs.older(file).write_text("zero\n")
    file.write_text("one\n")
    answer = resident.get(f"{LOG}.txt")
    assert answer.text == "zero\none\n"
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", [LOG, f"{LOG}.json", f"{LOG}.txt", f"{LOG}/news"])
def test_whoever_may_only_open_it_does_not_find_its_log(visitor: TestClient, file: Path, path: str) -> None:
    file.write_text("a secret\n")
    for asked in (path, path.replace("what-if", "no-such")):
        answer = visitor.get(asked, headers=PAGE)
        assert answer.status_code == 404
        assert "a secret" not in answer.text
    assert f"{APP}@1/log" not in visitor.get(APP, headers=PAGE).text


def test_who_may_is_led_there(resident: TestClient, shown) -> None:
    assert f'href="{APP}@1/log"' in resident.get(APP, headers=PAGE).text


@pytest.mark.anyio
async def test_events_go_on_until_the_right_is_taken(file: Path) -> None:
    looks = 0
    append(file, "one\n")

    async def pause() -> None:
        nonlocal looks
        looks += 1
        append(file, f"line {looks}\n")

    said = [event async for event in log_page.events(file, may_still=lambda: looks < 15, pause=pause)]
    told = [json.loads(event.removeprefix("data: ")) for event in said if event.startswith("data: ")]
    assert told[0] == {"lines": ["one"], "is_anew": True}
    assert told[1] == {"lines": ["line 1"], "is_anew": False}
    assert looks == 2 * log_page.JUDGED_EVERY, "it was judged twice, and the second time was the last"
    assert sum(event.startswith(":") for event in said) == 1


@contextmanager
def portal(home: Path, lasting_processes: set[int]):
    """The portal as a process; its address."""
    command = [sys.executable, str(Path(__file__).parent / "a_portal.py"), str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        lasting_processes.add(process.pid)
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()
        process.wait(60)


@pytest.mark.slow
def test_a_page_that_is_open_follows(
    home: Path, store, file: Path, new_context: Callable[..., BrowserContext], lasting_processes: set[int]
) -> None:
    from playwright.sync_api import expect

    file.write_text("one\n")
    session = store.people.use_link(store.people.make_link(store.user))
    errors: list[str] = []
    with portal(home, lasting_processes) as address:
        context = new_context()
        url = address.replace("http:", "https:")  # browsers send Secure cookies to localhost; Playwright asks
        context.add_cookies([{"name": sessions.COOKIE, "value": session, "url": url, "secure": True}])
        page = context.new_page()
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(address + LOG)
        text = page.get_by_role("region", name="Log of What if")
        expect(page.locator("[data-said]")).to_have_text("Live: new lines come by themselves.", timeout=TIMEOUT_MS)
        append(file, "two\n<b>three</b>\n")
        expect(text).to_have_text("one two <b>three</b>", timeout=TIMEOUT_MS)
        file.replace(logs.older(file))
        file.write_text("in a new file\n")
        expect(text).to_contain_text("in a new file", timeout=TIMEOUT_MS)
        page.close()
        context.close()
    assert errors == []
