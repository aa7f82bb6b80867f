"""Apps below paths of one origin, where none of their own can be had, in real Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from app_hub import AppHub, HubOf
    from playwright.sync_api import FrameLocator, Locator, Page

pytestmark = pytest.mark.slow

STORIES = Path(__file__).parent / "stories"
FRAMEWORKS = ("gradio", "streamlit", "dash", "panel")
START_MS = 90_000
BY_ITSELF = ("favicon.ico", "manifest.json")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, hub_of: HubOf) -> AppHub:
    sources = {name: STORIES / f"viewer_{name}.py" for name in FRAMEWORKS}
    return hub_of(tmp_path_factory.mktemp("home"), sources, public_apps_url="http://localhost:{apps_port}")


def place(hub: AppHub, name: str) -> str:
    return f"http://localhost:{hub.apps_port}/demo/squares/square/1.0.0/{name}@1"


def is_within(url: str, hub: AppHub, name: str) -> bool:
    """Whether it lies below the app's path, is of the waiting page, or one that browsers ask for by themselves."""
    front = f"//localhost:{hub.apps_port}/"
    below = (place(hub, name).partition(":")[2] + "/", f"{front}-/vitrina/static/")
    address = url.partition(":")[2]
    return not address.startswith("//") or address.startswith(below) or address in {front + one for one in BY_ITSELF}


def answer(app: Page | FrameLocator, name: str) -> Locator:
    """Changes the number; the answer comes over a WebSocket, an event stream or a callback, and stands there."""
    if name == "gradio":
        app.get_by_label("number").fill("7", timeout=START_MS)
        app.get_by_role("button", name="Submit").click()
        return app.get_by_label("Answer")
    field = app.locator("input").first
    field.fill("7", timeout=START_MS)
    field.press("Enter")
    return app.get_by_text("49 for")


def expect_answer(app: Page | FrameLocator, name: str, text: str) -> None:
    found = answer(app, name)
    if name == "gradio":
        expect(found).to_have_value(text)
    else:
        expect(found).to_have_text(text)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_an_app_is_used_below_its_path_by_somebody_it_knows(hub: AppHub, page: Page, name: str) -> None:
    asked: list[str] = []
    page.goto(hub.portal + hub.sign_in_path())
    page.goto(f"{hub.portal}/{hub.apps[name].ref}/open")
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.reload()
    expect_answer(page, name, "49 for You (local)")
    assert page.url == place(hub, name) + "/"
    assert {url for url in asked if not is_within(url, hub, name)} == set()


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_it_is_used_in_a_frame_of_the_portal_by_a_visitor(hub: AppHub, page: Page, name: str) -> None:
    page.goto(f"{hub.portal}/{hub.apps[name].ref}")
    expect_answer(page.frame_locator("iframe"), name, "49 for a visitor (16)")
