"""What every test gets: a home of its own; on request a PostgreSQL database or a page in Chromium (tests/fixtures)."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

pytest_plugins = [
    "leftovers",
    "postgres_cluster",
    "chromium_browser",
    "demo_hub",
    "nginx_server",
    "app_hub",
    "company",
    "package_index",
]


def pytest_configure() -> None:
    """Lets Ctrl-C be Ctrl-C: what a shell starts in the background ignores it, and so would every program of a test."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """VITRINA_HOME of this test: empty, so that no test meets the settings or the store of the person who runs it.

    Nor do programs meet their PYTHONUNBUFFERED, which would hide a line that does not reach a pipe in time.
    """
    for name in [name for name in os.environ if name.startswith("VITRINA_") or name == "PYTHONUNBUFFERED"]:
        monkeypatch.delenv(name)
    folder = tmp_path / "vitrina-home"
    monkeypatch.setenv("VITRINA_HOME", str(folder))
    return folder
