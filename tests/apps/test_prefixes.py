"""Every framework serves an app below a path, and only there, in each of the forms in which people write apps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from vitrina.apps import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from vitrina.apps import AppSpec

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

PREFIX = "/acme/churn/classifier/1.0.0-rc.1+b.2/what-if@2"
"""With every letter that the name of a version and a revision may have."""


@pytest.mark.parametrize(
    ("story", "address"),
    [
        ("gradio_square", "/"),
        ("streamlit_square", "/"),
        ("panel_square", "/"),
        ("panel_served", "/"),
        ("dash_square", "/squares/"),  # its author put it below a path, which stays
        ("dash_unrun", "/"),
        ("dash_asynchronous", "/"),
    ],
)
async def test_an_app_is_served_below_its_path(
    stand: Any, spec_of: Callable[..., AppSpec], stories: Path, story: str, address: str
) -> None:
    instance = await stand.start(replace(spec_of(stories / f"{story}.py"), prefix=PREFIX))
    assert instance.state is State.READY, instance.reason
    async with stand.visit(instance) as browser, browser.get(f"{PREFIX}/") as page:
        assert (page.status, page.url.raw_path) == (200, PREFIX + address)
        assert not [link for link in (await page.text()).split('src="/')[1:] if not link.startswith(PREFIX[1:])]
