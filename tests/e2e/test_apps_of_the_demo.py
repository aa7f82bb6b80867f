"""From the project page to each of the four kinds of app: an input is changed, and the model's answer changes.

The pages are real, the frameworks are real, and what comes back came over their own event stream or WebSocket.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page

pytestmark = pytest.mark.slow

FIRST_START_MS = 120_000
"""The first start of a framework on a busy machine reads hundreds of megabytes from the disk."""

CHANGE_MS = 30_000


def open_from_project(page: Page, app: str, version: str) -> FrameLocator:
    """Walks from the project page over the version to the app; gives what is in its frame."""
    page.goto("/demo/tumours")
    page.locator(f'a[href="/demo/tumours/models/classifier@{version}"]').first.click()
    page.wait_for_url(re.compile(rf"/demo/tumours/models/classifier@{re.escape(version)}$"))
    page.locator(f'a[href="/demo/tumours/models/classifier@{version}/apps/{app}"]').filter(visible=True).first.click()
    page.wait_for_url(re.compile(rf"/apps/{app}$"))
    return page.frame_locator("iframe")


def await_change(answer: Locator, before: str | None) -> str:
    """Waits until the answer reads otherwise than it did (its `text_content`, which is what Playwright compares)."""
    from playwright.sync_api import expect

    assert before
    expect(answer).not_to_have_text(before, timeout=CHANGE_MS)
    return answer.inner_text()


def test_a_visitor_moves_a_slider_in_gradio_and_the_answer_follows(visitor: Page) -> None:
    frame = open_from_project(visitor, "what-if", "2.0.0")
    frame.get_by_text("classifier 2.0.0").first.wait_for(timeout=FIRST_START_MS)
    sentence = frame.locator("#sentence")
    sentence.get_by_text("%").first.wait_for(timeout=CHANGE_MS)
    before = sentence.text_content()
    slider = frame.get_by_role("slider").first
    slider.focus()
    slider.press("End")
    after = await_change(sentence, before)
    assert re.search(r"A malignant tumour is \d+% likely", after)


def test_a_visitor_moves_the_threshold_in_streamlit_and_the_counts_follow(visitor: Page) -> None:
    frame = open_from_project(visitor, "explorer", "1.1.0")
    frame.get_by_text("classifier 1.1.0").first.wait_for(timeout=FIRST_START_MS)
    alarms = frame.get_by_test_id("stMetric").filter(has_text="False alarm").get_by_test_id("stMetricValue")
    before = alarms.text_content(timeout=CHANGE_MS)
    slider = frame.get_by_role("slider").first
    slider.focus()
    slider.press("Home")
    assert int(await_change(alarms, before)) > int(before or 0)


def test_a_visitor_moves_the_price_of_a_miss_in_dash_and_the_advice_follows(visitor: Page) -> None:
    frame = open_from_project(visitor, "dashboard", "1.0.0")
    frame.get_by_text("classifier 1.0.0").first.wait_for(timeout=FIRST_START_MS)
    tiles = frame.locator("#tiles")
    tiles.get_by_text("tumours missed").wait_for(timeout=CHANGE_MS)
    before = tiles.text_content()
    slider = frame.get_by_role("slider").first
    slider.focus()
    slider.press("Home")
    after = await_change(tiles, before)
    assert re.search(r"0 of \d+\s+tumours missed", after)


def test_a_visitor_moves_a_slider_in_panel_and_the_answer_follows(visitor: Page) -> None:
    frame = open_from_project(visitor, "panel-dashboard", "2.0.0")
    answer = frame.locator("#answer")
    answer.get_by_text("classifier 2.0.0").wait_for(timeout=FIRST_START_MS)
    before = answer.text_content()
    slider = frame.get_by_role("slider").first
    slider.focus()
    slider.press("End")
    after = await_change(answer, before)
    assert re.search(r"would call \d+ of \d+ patients malignant", after)


def test_a_drawing_in_the_digits_story_is_answered(visitor: Page) -> None:
    visitor.goto("/demo/digits")
    visitor.locator('a[href*="/models/"][href*="/apps/sketch"]').filter(visible=True).first.click()
    frame = visitor.frame_locator("iframe")
    canvas = frame.locator("canvas").first
    canvas.wait_for(timeout=FIRST_START_MS)
    label = frame.locator("#answer")
    label.wait_for(timeout=CHANGE_MS)
    before = label.text_content()
    box = canvas.bounding_box()
    assert box is not None
    middle, top, bottom = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.2, box["y"] + box["height"] * 0.8
    visitor.mouse.move(middle, top)
    visitor.mouse.down()
    visitor.mouse.move(middle, bottom, steps=20)
    visitor.mouse.up()
    await_change(label, before)
