"""What somebody tries in a real app is kept, in real Chromium, behind the strongest walls that the machine has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from vitrina.apps import trial
from vitrina.store.opening import open_store
from vitrina.store.serving import Serving

if TYPE_CHECKING:
    from app_hub import AppHub, HubOf
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

SOURCE = Path(__file__).parent / "stories" / "feedback_streamlit.py"
START_MS = 120_000
FELT_MS = 30_000


@pytest.fixture(scope="module")
def hub(hub_of: HubOf, tmp_path_factory: pytest.TempPathFactory) -> AppHub:
    return hub_of(tmp_path_factory.mktemp("home"), {"square": SOURCE}, isolation=trial.available().strongest.value)


def switch(hub: AppHub, *, on: bool) -> None:
    with open_store(home=hub.settings.home) as store:
        app = store.find(hub.apps["square"].ref).app
        assert app is not None
        store.apps.serve(app, Serving(feedback=on))


def test_what_is_flagged_is_on_the_page_of_feedback_and_a_visitor_finds_none(hub: AppHub, page: Page) -> None:
    ref, feedback = hub.apps["square"].ref, f"{hub.portal}/{hub.apps['square'].version.ref}/feedback"
    assert page.request.get(feedback).status == 404
    switch(hub, on=True)
    page.goto(f"{hub.portal}{hub.sign_in_path()}")
    page.goto(f"{hub.portal}/{ref}")
    expect(page.get_by_text("What you enter here may be kept")).to_be_visible()
    app = page.frame_locator("iframe")
    app.get_by_label("What is wrong with it?").fill("nine?", timeout=START_MS)
    app.get_by_label("What is wrong with it?").press("Enter")
    app.get_by_role("button", name="Flag").click()
    expect(app.get_by_text("It is kept.")).to_be_visible(timeout=FELT_MS)
    page.goto(feedback)
    entry = page.locator("table.entries tbody tr")
    expect(entry).to_have_count(1)
    for said in ("number", "9", "wrong", "nine?", "local"):
        expect(entry).to_contain_text(said)
    page.get_by_label("Entry ").check()
    page.get_by_role("button", name="Delete the chosen ones").click()
    expect(page.get_by_text("No feedback yet.")).to_be_visible()
