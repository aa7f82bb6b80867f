"""Every kind of app, one story, in real Chromium, through a real hub: with origins of their own and below paths.

Pairs of kind, place and level of isolation; tests/soak/test_conformance.py has all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from app_story import APPS, KINDS, play

from vitrina.apps import trial

if TYPE_CHECKING:
    from app_hub import AppHub, HubOf
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.slow

BELOW_PATHS = tuple(kind for kind in KINDS if kind not in {"gradio", "streamlit", "dash", "panel"})
"""The others are used below paths in tests/hub/front/test_paths_in_a_browser.py."""


@pytest.fixture(scope="module")
def at_origins(tmp_path_factory: pytest.TempPathFactory, hub_of: HubOf) -> AppHub:
    """As strongly isolated as this machine can."""
    level = trial.available().strongest.value
    return hub_of(tmp_path_factory.mktemp("o"), {kind: APPS / kind for kind in KINDS}, isolation=level)


@pytest.fixture(scope="module")
def below_paths(tmp_path_factory: pytest.TempPathFactory, hub_of: HubOf) -> AppHub:
    sources = {kind: APPS / kind for kind in BELOW_PATHS}
    return hub_of(tmp_path_factory.mktemp("p"), sources, public_apps_url="http://localhost:{apps_port}")


@pytest.mark.parametrize("kind", KINDS)
def test_an_app_does_at_its_own_origin_what_it_does_elsewhere(
    at_origins: AppHub, new_context: Callable[..., BrowserContext], kind: str
) -> None:
    play(f"{at_origins.portal}/{at_origins.apps[kind].ref}/open", new_context)


@pytest.mark.parametrize("kind", BELOW_PATHS)
def test_an_app_does_below_a_path_what_it_does_elsewhere(
    below_paths: AppHub, new_context: Callable[..., BrowserContext], kind: str
) -> None:
    play(f"{below_paths.portal}/{below_paths.apps[kind].ref}/open", new_context)
