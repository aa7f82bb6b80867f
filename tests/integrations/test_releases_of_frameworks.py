"""Every framework in the oldest release that its adapter serves, and in one older than that, by its own command.

Each in an environment of its own, which the hub builds from the package index of this machine as it does for any app,
in real Chromium (see `app_story`). The newest releases are those of tests/apps/test_conformance.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from app_story import APPS, play
from chromium_browser import is_ours

from vitrina.apps import trial
from vitrina.apps.frameworks import releases

if TYPE_CHECKING:
    from app_hub import AppHub, HubOf
    from playwright.sync_api import Browser, BrowserContext, Request

pytestmark = pytest.mark.slow

BUILD_MS = 240_000

OLDEST = {
    "gradio": ["gradio==6.0.0"],
    "streamlit": ["streamlit==1.57.0"],
    "dash": ["dash==2.18.0"],
    "panel": ["panel==1.4.0"],
    "shiny": ["shiny==1.0.0"],
    "marimo": ["marimo==0.14.0"],
}
OLDER = {
    "gradio": ["gradio==5.49.1", "huggingface_hub<1"],
    "streamlit": ["streamlit==1.40.0"],
    "dash": ["dash==2.17.1"],
    "panel": ["panel==1.3.8"],
    "shiny": ["shiny==0.10.2"],
    "marimo": ["marimo==0.13.15"],
}
RELEASES = {
    f"{kind}-{wish[0].partition('==')[2]}": (kind, wish) for all_ in (OLDEST, OLDER) for kind, wish in all_.items()
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, hub_of: HubOf) -> AppHub:
    folder = tmp_path_factory.mktemp("apps")
    for name, (kind, wish) in RELEASES.items():
        shutil.copytree(APPS / kind, folder / name.replace(".", "-"))
        (folder / name.replace(".", "-") / "requirements.txt").write_text("\n".join(wish))
    level = trial.available().strongest.value
    return hub_of(tmp_path_factory.mktemp("h"), {path.name: path for path in folder.iterdir()}, isolation=level)


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Visitors whose pages may try to ask other hosts, as older releases do, and are stopped by the hub's policy."""
    contexts: list[BrowserContext] = []
    reached: list[str] = []

    def note(asked: Request) -> None:
        if not is_ours(asked.url):
            reached.append(asked.url)

    def make(**settings: Any) -> BrowserContext:
        context = browser.new_context(**settings)
        context.on("requestfinished", note)
        context.on("response", lambda response: note(response.request))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert reached == []


def test_the_oldest_releases_are_those_that_are_tried_here() -> None:
    tried = {kind: releases.release(wish[0].partition("==")[2]) for kind, wish in OLDEST.items()}
    assert {kind: found[:2] for kind, found in tried.items()} == dict(releases.OLDEST)
    assert all(releases.release(OLDER[kind][0].partition("==")[2]) < releases.OLDEST[kind] for kind in OLDER)


@pytest.mark.parametrize("name", RELEASES)
@pytest.mark.timeout(600)
def test_an_app_of_this_release_does_what_it_does_elsewhere(
    hub: AppHub, new_context: Callable[..., BrowserContext], name: str
) -> None:
    app = hub.apps[name.replace(".", "-")]
    play(f"{hub.portal}/{app.ref}/open", new_context, start_ms=BUILD_MS)
