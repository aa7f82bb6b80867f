"""Every kind of app, one story, in real Chromium, through a real hub: below paths of one origin.

Each kind at every level of isolation once, here or in test_conformance.py (see `app_story.pairwise`);
tests/soak/test_conformance.py plays all of them at both places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from app_story import APPS, PLACES, pairwise, play

from vitrina.apps import trial
from vitrina.apps.levels import Level

if TYPE_CHECKING:
    from app_hub import AppHub, HubForAWhile
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.slow

PLAYED = pairwise("paths")

HubAt = Callable[[Level], "AppHub"]


@pytest.fixture(scope="module")
def hub_at(tmp_path_factory: pytest.TempPathFactory, hub_for_a_while: HubForAWhile) -> Iterator[HubAt]:
    """The hub at a level of isolation; the one at another level has ended then."""
    found, running = trial.available(), dict[Level, "AppHub"]()
    with ExitStack() as stack:

        def at(level: Level) -> AppHub:
            if level in found.lacking:
                pytest.skip(found.lacking[level])
            if level not in running:
                stack.close()
                running.clear()
                sources = {kind: APPS / kind for played, kind in PLAYED if played is level}
                home = tmp_path_factory.mktemp("p")
                running[level] = stack.enter_context(
                    hub_for_a_while(home, sources, isolation=level.value, **PLACES["paths"])
                )
            return running[level]

        yield at


@pytest.mark.parametrize(("level", "kind"), PLAYED)
def test_an_app_does_below_a_path_what_it_does_elsewhere(
    hub_at: HubAt, new_context: Callable[..., BrowserContext], level: Level, kind: str
) -> None:
    hub = hub_at(level)
    play(f"{hub.portal}/{hub.apps[kind].ref}/open", new_context)
