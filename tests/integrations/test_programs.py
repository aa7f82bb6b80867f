"""Programs that many use, as `command` apps at the strongest level: as docs/apps-kinds.md says that they are logged.

TensorBoard and JupyterLab come from the package index of this machine, each into an environment of its own, as for any
app that asks for libraries; R and its packages are the system's.
"""

from __future__ import annotations

import json
import re
import shutil
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from vitrina.apps import trial

if TYPE_CHECKING:
    from app_hub import AppHub, HubOf
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

DOCS = Path(__file__).parents[2] / "docs" / "apps-kinds.md"
BUILD_MS = 240_000
ANSWER_MS = 60_000
RUNS = 4

R_APP = """
library(shiny)
ui <- fluidPage(numericInput("number", "Number", 3), textOutput("answer"))
server <- function(input, output, session) {
  output$answer <- renderText(paste0("The square is ", input$number^2, "."))
}
shinyApp(ui, server)
"""

NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "id": "first",
            "source": ["print('The square is', 7 * 7)"],
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
    ],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def commands() -> Mapping[str, str]:
    """The command lines that people copy, by the names that the docs give their apps."""
    found = re.findall(r"^vitrina app log .* --name (\S+) .*\\\n +--command '(.*)'$", DOCS.read_text(), re.MULTILINE)
    return dict(found)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, hub_of: HubOf) -> AppHub:
    folder = tmp_path_factory.mktemp("programs")
    files = {
        "board/run/events.out.tfevents.1700000000.here": events("accuracy", [0.1, 0.5, 0.75]),
        "board/requirements.txt": b"tensorboard\n",
        "lab/report.ipynb": json.dumps(NOTEBOOK).encode(),
        "lab/requirements.txt": b"jupyterlab\nipykernel\n",
        "r/app.R": R_APP.encode(),
    }
    for name, command in commands().items():
        files[f"{name}/vitrina.command"] = command.replace("'\\''", "'").encode()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    level = trial.available().strongest.value
    sources = {path.name: path for path in sorted(folder.iterdir())}
    return hub_of(tmp_path_factory.mktemp("h"), sources, isolation=level)


@pytest.fixture
def opened(hub: AppHub, new_context: Callable[..., BrowserContext]) -> Callable[[str, str], Page]:
    """Opens an app and waits until something of it is to be seen."""

    def come(name: str, seen: str) -> Page:
        page = new_context().new_page()
        page.goto(f"{hub.portal}/{hub.apps[name].ref}/open")
        page.locator(seen).first.wait_for(timeout=BUILD_MS)
        return page

    return come


def test_tensorboard_shows_a_runs_logs(opened: Callable[[str, str], Page]) -> None:
    page = opened("board", "tb-webapp >> text=accuracy")
    with page.expect_response(lambda answer: "scalars" in answer.url or "timeSeries" in answer.url) as told:
        page.reload()
    assert told.value.ok
    page.locator("scalar-card svg").first.wait_for(timeout=ANSWER_MS)


def test_a_notebook_is_run(opened: Callable[[str, str], Page]) -> None:
    page = opened("lab", ".jp-Notebook .jp-CodeCell")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=ANSWER_MS)
    output = page.locator(".jp-OutputArea-output", has_text="The square is 49").first
    for _ in range(RUNS):  # what is run before the page has heard of its kernel is dropped
        page.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Control+Enter")
        with suppress(PlaywrightTimeoutError):
            return output.wait_for(timeout=ANSWER_MS / RUNS)
    raise AssertionError("The notebook's cell was never run.")


def test_an_app_in_r_answers(opened: Callable[[str, str], Page]) -> None:
    if shutil.which("R") is None or not Path("/usr/lib/R/site-library/shiny").is_dir():
        pytest.skip("R AND ITS SHINY ARE NOT INSTALLED HERE: apt-get install --no-install-recommends r-cran-shiny")
    page = opened("r", "text=The square is 9.")
    page.locator("#number").fill("7")
    page.get_by_text("The square is 49.").wait_for(timeout=ANSWER_MS)


def events(tag: str, values: list[float]) -> bytes:
    """A file of TensorBoard's: records of scalars, each with its length and their checksums."""
    told = [_event(0, b"\x1a\x0dbrain.Event:2")]
    for step, value in enumerate(values, start=1):
        scalar = _bytes(1, tag.encode()) + b"\x15" + struct.pack("<f", value)
        told.append(_event(step, _bytes(5, _bytes(1, scalar))))
    return b"".join(_record(event) for event in told)


def _event(step: int, what: bytes) -> bytes:
    """An `Event`: wall_time is its field 1, step its field 2."""
    return b"\x09" + struct.pack("<d", 1.7e9 + step) + bytes([0x10, step]) + what


def _bytes(field: int, content: bytes) -> bytes:
    return bytes([field << 3 | 2, len(content)]) + content


def _record(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return length + _masked(length) + data + _masked(data)


def _masked(data: bytes) -> bytes:
    """CRC-32C, turned as TFRecord files have it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)
