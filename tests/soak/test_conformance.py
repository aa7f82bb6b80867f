"""Every kind of app at every level of isolation that this machine has, at origins of their own and below paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from app_story import APPS, KINDS, play

from vitrina.apps import trial
from vitrina.apps.levels import Level

if TYPE_CHECKING:
    from app_hub import AppHub, HubOf
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.slow

PLACES = {"origins": {}, "paths": {"public_apps_url": "http://localhost:{apps_port}"}}


@pytest.fixture(scope="module", params=[(level, place) for level in Level for place in PLACES], ids=str)
def hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, hub_of: HubOf) -> AppHub:
    level, place = request.param
    if level in (found := trial.available()).lacking:
        pytest.skip(found.lacking[level])
    sources = {kind: APPS / kind for kind in KINDS}
    return hub_of(tmp_path_factory.mktemp("h"), sources, isolation=level.value, **PLACES[place])


@pytest.mark.parametrize("kind", KINDS)
def test_an_app_does_what_it_does_elsewhere(hub: AppHub, new_context: Callable[..., BrowserContext], kind: str) -> None:
    play(f"{hub.portal}/{hub.apps[kind].ref}/open", new_context)
