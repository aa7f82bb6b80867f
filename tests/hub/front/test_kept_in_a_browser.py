"""Files of frameworks in real Chromium: at the second opening nobody is asked for those that are named by content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from app_story import APPS, START_MS, see

from vitrina.hub.proxy.assets import FOR_GOOD

if TYPE_CHECKING:
    from app_hub import AppHub, HubOf
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

PLACES = {"marimo": "/assets/", "shiny": "/lib/"}


@pytest.fixture(scope="module")
def hub(hub_of: HubOf, tmp_path_factory: pytest.TempPathFactory) -> AppHub:
    return hub_of(tmp_path_factory.mktemp("home"), {kind: APPS / kind for kind in PLACES})


@pytest.mark.parametrize("kind", PLACES)
def test_they_are_not_asked_for_again(hub: AppHub, page: Page, kind: str) -> None:
    page.goto(f"{hub.portal}/{hub.apps[kind].ref}/open")
    see(page, "The square is 9.", timeout=START_MS)
    page.wait_for_load_state("networkidle")
    kept: dict[str, bool] = {}

    def note(told: dict[str, Any]) -> None:
        response = told["response"]
        if PLACES[kind] in response["url"]:
            is_for_good = response["headers"].get("Cache-Control") == FOR_GOOD  # else a browser only guesses
            kept[response["url"]] = response["fromDiskCache"] and is_for_good

    page.close()
    page = page.context.new_page()  # in the same page it would be a reload
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.responseReceived", note)
    page.goto(hub.site_of(kind).root)
    see(page, "The square is 9.", timeout=START_MS)
    assert len(kept) > 5
    assert [url for url, is_kept in kept.items() if not is_kept] == []
