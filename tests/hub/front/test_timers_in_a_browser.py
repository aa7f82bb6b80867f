"""A tab in which nothing but a `gr.Timer` of Gradio goes on, in real Chromium: its app sleeps all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from app_hub import HubOf
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

START_MS = 90_000
IDLE_S = 8
SOURCE = """
import gradio as gr

with gr.Blocks() as demo:
    ticks, told, button = gr.Number(0, label="Ticks"), gr.Textbox(label="Told"), gr.Button("Say it")
    gr.Timer(0.3).tick(lambda now: now + 1, ticks, ticks).then(lambda: None)
    button.click(lambda: "said", None, told)

demo.launch()
"""


def test_an_app_whose_tab_only_ticks_is_stopped(hub_of: HubOf, tmp_path_factory, page: Page) -> None:
    source: Path = tmp_path_factory.mktemp("source") / "app.py"
    source.write_text(SOURCE)
    hub = hub_of(tmp_path_factory.mktemp("home"), {"ticking": source}, idle_s=IDLE_S, takes_pictures=False)
    address = f"{hub.portal}/{hub.apps['ticking'].ref}"
    page.goto(f"{address}/open", timeout=START_MS)
    page.get_by_role("button", name="Say it").click(timeout=START_MS)
    expect(page.get_by_label("Told")).to_have_value("said", timeout=START_MS)
    expect(page.get_by_label("Ticks")).not_to_have_value("0", timeout=START_MS)
    ref = address.removeprefix(hub.portal).removeprefix("/demo/squares/").replace("@", "/versions/")
    instance = f"{hub.portal}/api/v1/projects/demo/squares/{ref}/instance"
    while (told := page.request.get(instance).json())["state"] == "ready":
        """Its timer goes on."""
    assert (told["state"], told["reason"]) in {
        (state, f"Nobody used it for {IDLE_S} seconds.") for state in ("draining", "stopped")
    }
