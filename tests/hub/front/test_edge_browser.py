"""Apps of the frameworks in real Chromium, through a real nginx before a real hub."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from vitrina.hub import keyfile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app_hub import AppHub
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

STORIES = Path(__file__).parents[2] / "apps" / "stories"
START_MS = 90_000


@pytest.fixture(scope="module")
def hub(hub_of, run_nginx, tmp_path_factory: pytest.TempPathFactory, lasting_processes: set[int]) -> Iterator[AppHub]:
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("nginx")
    sources = {name: STORIES / f"{name}_square.py" for name in ("gradio", "streamlit")}
    sources["forger"] = Path(__file__).parent / "stories" / "forger.py"
    with socket.create_server(("127.0.0.1", 0)) as outside:
        hub = hub_of(home, sources, public_apps_url=f"http://*.localhost:{outside.getsockname()[1]}")
        settings = replace(hub.settings, secret=keyfile.kept(home / keyfile.SECRET))
        with run_nginx(settings, outside, folder) as pid:
            lasting_processes.add(pid)
            yield hub


def open_url(hub: AppHub, name: str) -> str:
    return f"{hub.portal}/{hub.apps[name].ref}/open"


def test_a_person_opens_gradio_by_its_ticket_and_gets_an_answer(hub: AppHub, page: Page) -> None:
    page.goto(open_url(hub, "gradio"))
    page.get_by_label("Number").fill("7", timeout=START_MS)
    page.get_by_role("button", name="Square").click()
    expect(page.get_by_label("Answer")).to_have_value("The square is 49.")
    assert page.url.startswith(hub.site_of("gradio").root)


def test_streamlit_answers_over_its_websocket(hub: AppHub, page: Page) -> None:
    sockets: list[str] = []
    page.on("websocket", lambda opened: sockets.append(opened.url))
    page.goto(open_url(hub, "streamlit"))
    field = page.locator("input").first
    field.fill("7", timeout=START_MS)
    field.press("Enter")
    page.get_by_text("The square is 49.").wait_for()
    assert [url for url in sockets if url.endswith("/_stcore/stream")]


def test_gradios_hashed_files_are_not_asked_for_again(hub: AppHub, page: Page) -> None:
    page.goto(open_url(hub, "gradio"))
    page.get_by_label("Number").wait_for(timeout=START_MS)
    page.wait_for_load_state("networkidle")
    kept: dict[str, bool] = {}

    def note(told: dict[str, Any]) -> None:
        response = told["response"]
        if "/assets/" in response["url"]:
            kept[response["url"]] = response["fromDiskCache"]

    page.close()
    page = page.context.new_page()  # in the same page it would be a reload
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.responseReceived", note)
    page.goto(hub.site_of("gradio").root)
    page.get_by_label("Number").wait_for(timeout=START_MS)
    page.wait_for_load_state("networkidle")
    assert len(kept) > 10
    assert all(kept.values())


def test_an_app_sets_no_cookie_by_a_name_of_the_hubs(hub: AppHub, page: Page) -> None:
    page.goto(open_url(hub, "forger"), timeout=START_MS)
    page.get_by_role("heading", name="Forged").wait_for(timeout=START_MS)
    kept = [(cookie.get("name"), cookie.get("value") == "forged") for cookie in page.context.cookies()]
    assert sorted(kept) == [("__Host-vitrina-app", False), ("own", True)]
    assert page.reload()
    page.get_by_role("heading", name="Forged").wait_for()
