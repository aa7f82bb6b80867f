"""The demo apps run as they are outside the hub, too: `vitrina app run FILE --model REF`. (Inside it: tests/e2e.)"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

DASHBOARD = Path(__file__).parents[2] / "examples" / "tumours" / "apps" / "dashboard.py"
CHANGE_MS = 60_000

Run = Callable[[Path, str], AbstractContextManager[str]]


@pytest.fixture
def run(told: Path) -> Run:
    """Runs an app for a version and gives its address, which the command says once it listens."""

    @contextmanager
    def running(app: Path, model: str) -> Generator[str]:
        command = [Path(sys.executable).with_name("vitrina"), "app", "run", app, "--model", model, "--port", "0"]
        env = {**os.environ, "VITRINA_HOME": str(told)}
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = next((line for line in process.stdout if "http://" in line), "")
            try:
                yield re.findall(r"http://\S+", said)[0]
            finally:
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=30)

    return running


def test_a_demo_app_answers_with_the_version_it_is_given(run: Run, page: Page) -> None:
    from playwright.sync_api import expect

    with run(DASHBOARD, "demo/tumours/models/classifier@champion") as address:
        page.goto(address)
        tiles = page.locator("#tiles")
        expect(page.get_by_text("classifier 2.0.0")).to_be_visible(timeout=CHANGE_MS)
        expect(tiles).to_contain_text("2 of 64", timeout=CHANGE_MS)
        page.get_by_role("slider").first.press("Home")
        expect(tiles).to_contain_text("1 of 64", timeout=CHANGE_MS)
