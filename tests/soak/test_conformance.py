"""Every kind of app at every level of isolation that this machine has, at origins of their own and below paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from app_story import APPS, KINDS, PLACES, play

from vitrina.apps import trial
from vitrina.apps.levels import Level

if TYPE_CHECKING:
    from app_hub import AppHub, HubForAWhile
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.slow


@pytest.fixture(
    scope="module", params=[(level, place) for level in Level for place in PLACES], ids=lambda both: "-".join(both)
)
def hub(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, hub_for_a_while: HubForAWhile
) -> Iterator[AppHub]:
    level, place = request.param
    if level in (found := trial.available()).lacking:
        pytest.skip(found.lacking[level])
    sources = {kind: APPS / kind for kind in KINDS}
    with hub_for_a_while(tmp_path_factory.mktemp("h"), sources, isolation=level.value, **PLACES[place]) as hub:
        yield hub


@pytest.mark.parametrize("kind", KINDS)
def test_an_app_does_what_it_does_elsewhere(hub: AppHub, new_context: Callable[..., BrowserContext], kind: str) -> None:
    play(f"{hub.portal}/{hub.apps[kind].ref}/open", new_context)
