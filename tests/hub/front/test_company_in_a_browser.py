"""Apps in a company: `https://<label>.apps.example.org` by a wildcard, behind nginx that ends TLS, in real Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from app_hub import AppHub
    from chromium_browser import OwnDomain
    from playwright.sync_api import BrowserContext, FrameLocator, Page

pytestmark = pytest.mark.slow

STORIES = Path(__file__).parent / "stories"
FRAMEWORKS = ("streamlit", "dash")
START_MS = 90_000
PORTAL = "https://vitrina.example.org"


@pytest.fixture(scope="module")
def own_domain(company_domain: OwnDomain) -> OwnDomain:
    return company_domain


@pytest.fixture(scope="module")
def hub(company_of: Callable[..., AppHub]) -> AppHub:
    return company_of({name: STORIES / f"viewer_{name}.py" for name in FRAMEWORKS})


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """An empty tab that does not mind whose the certificate is."""
    return new_context(ignore_https_errors=True).new_page()


def expect_answer(app: Page | FrameLocator, text: str) -> None:
    field = app.locator("input").first
    field.fill("7", timeout=START_MS)
    field.press("Enter")
    expect(app.get_by_text("49 for")).to_have_text(text)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_an_app_has_an_origin_of_its_own_and_knows_who_looks(hub: AppHub, page: Page, name: str) -> None:
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(PORTAL + hub.sign_in_path())
    page.goto(f"{PORTAL}/{hub.apps[name].ref}/open")
    expect_answer(page, "49 for You (local)")
    host = f"{hub.apps[name].label}.apps.example.org"
    assert page.url == f"https://{host}/"
    assert all(url.startswith(f"wss://{host}/") for url in sockets)
    assert bool(sockets) == (name == "streamlit")


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_it_works_in_a_frame_of_the_portal(hub: AppHub, page: Page, name: str) -> None:
    page.goto(f"{PORTAL}/{hub.apps[name].ref}")
    expect_answer(page.frame_locator("iframe"), "49 for a visitor (16)")


def test_the_pass_is_the_apps_origins_alone(hub: AppHub, page: Page) -> None:
    page.goto(PORTAL + hub.sign_in_path())
    page.goto(f"{PORTAL}/{hub.apps['dash'].ref}/open")
    expect_answer(page, "49 for You (local)")
    kept = {one["name"]: one for one in page.context.cookies()}
    assert kept["__Host-vitrina-app"]["domain"] == f"{hub.apps['dash'].label}.apps.example.org"
    assert kept["__Host-vitrina"]["domain"] == "vitrina.example.org"
    assert all(one["secure"] and one["httpOnly"] for one in kept.values() if one["name"].startswith("__Host-"))


def test_an_address_in_words_leads_to_the_exact_app(hub: AppHub, page: Page) -> None:
    page.goto("https://apps.example.org/demo/squares/square/latest/dash/")
    expect_answer(page, "49 for a visitor (16)")
    assert page.url == f"https://{hub.apps['dash'].label}.apps.example.org/"


def test_what_the_portals_own_page_writes_is_its_own(hub: AppHub, page: Page) -> None:
    page.goto(PORTAL + hub.sign_in_path())
    page.evaluate("fetch('/-/sign-out', {method: 'POST'})")
    assert page.goto(f"{PORTAL}/-/status.json").status == 403
