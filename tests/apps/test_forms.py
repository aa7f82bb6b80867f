"""Forms in which people write apps, in real Chromium: several pages, relative files, assets, themes, packages.

Each app (tests/apps/stories/forms) has a start from which one gets to more, where words of a file of its own stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from app_hub import AppHub, HubOf
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

START_MS = 90_000
OUR_BACKGROUND = "rgb(255, 248, 231)"

ENTRIES = {"shiny_assets": "shop/app.py", "marimo_folder": "start.py"}
"""Where the folder alone does not tell."""


@pytest.fixture(scope="module")
def forms(request: pytest.FixtureRequest) -> Path:
    return request.path.parent / "stories" / "forms"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, hub_of: HubOf, forms: Path) -> AppHub:
    return hub_of(tmp_path_factory.mktemp("h"), {name: forms / name for name in FORMS}, entries=ENTRIES)


FORMS = (
    *("streamlit_pages", "streamlit_navigation", "dash_pages", "gradio_routes", "panel_routes"),
    *("shiny_assets", "marimo_folder"),
)


@pytest.mark.parametrize("name", FORMS)
def test_one_gets_from_the_start_to_more(hub: AppHub, page: Page, name: str) -> None:
    page.goto(f"{hub.portal}/{hub.apps[name].ref}/open")
    expect(page.get_by_role("heading", name="Start").first).to_be_visible(timeout=START_MS)
    if name != "streamlit_navigation":
        shown = page.locator(".stApp" if name.startswith("streamlit") else "body").first
        expect(shown).to_have_css("background-color", OUR_BACKGROUND)
    page.get_by_role("link", name="More").or_(page.get_by_text("To more")).first.click()
    expect(page.get_by_text("Words of a file.").first).to_be_visible(timeout=START_MS)
