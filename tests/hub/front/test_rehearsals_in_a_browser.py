"""A name moves to an app whose code fails, while somebody is at the one before: newcomers go on to get that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vitrina.store import bundles
from vitrina.store.apps import AppDraft
from vitrina.store.opening import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from app_hub import AppHub, HubOf
    from playwright.sync_api import Page

    from vitrina.store.records import App

pytestmark = pytest.mark.slow

START_MS = 90_000
WORKS = "import streamlit as st\n\nst.write('It works.')\n"
FAILS = "import streamlit as st\n\nst.write('It works no more.', 1 / 0)\n"
"""Its server answers all the same: Streamlit runs a script when somebody comes."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "app.py"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def log_again(hub: AppHub, source: Path, text: str) -> App:
    source.write_text(text)
    bundle = bundles.pack(source)
    draft = AppDraft(bundle.data, bundle.digest, bundle.framework, bundle.entry, bundle.cwd)
    with open_store(home=hub.settings.home) as store:
        return store.apps.log(hub.apps["app"].version, "app", draft)


def test_what_fails_its_rehearsal_is_opened_for_nobody_who_did_not_name_it(
    hub_of: HubOf, home: Path, source: Path, page: Page
) -> None:
    source.write_text(WORKS)
    hub = hub_of(home, {"app": source})
    address = f"{hub.portal}/{hub.apps['app'].ref}"
    page.goto(f"{address}/open", timeout=START_MS)
    page.get_by_text("It works.").wait_for(timeout=START_MS)
    log_again(hub, source, FAILS)
    while "does not work" not in page.request.get(address, headers={"Accept": "text/html"}).text():
        """The front is trying it: nobody has opened it, since this shows no frame."""
    portal = page.context.new_page()
    portal.goto(address)
    said = "Revision 2 does not work: The app is served, but its code fails when it runs for a person who comes."
    assert said in portal.locator("main, body").first.inner_text()
    portal.frame_locator("iframe").get_by_text("It works.").wait_for(timeout=START_MS)
    assert page.get_by_text("It works.").is_visible()
