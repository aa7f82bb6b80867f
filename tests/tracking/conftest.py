"""A store to log to, opened a second time to look at what is in it; and scripts that run as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from textwrap import dedent

import pytest

from vitrina.store.errors import VitrinaError
from vitrina.store.opening import Store, open_store
from vitrina.tracking.connections import CONNECTIONS
from vitrina.tracking.current import CURRENT
from vitrina.tracking.runs import Run


@pytest.fixture(autouse=True)
def no_run_is_left() -> Iterator[None]:
    """The next test begins with no current run and no open connection."""
    yield
    for run in CURRENT.going_on():
        with suppress(VitrinaError):
            assert isinstance(run, Run)
            run.end()
    CONNECTIONS.close()


@pytest.fixture
def store(home: Path) -> Generator[Store]:
    """The embedded store that the test logs to."""
    with open_store() as opened:
        yield opened


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def any_store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Generator[Store]:
    """The same in both kinds of database."""
    if request.param == "postgresql":
        monkeypatch.setenv("VITRINA_URL", request.getfixturevalue("postgres_url"))
    with open_store() as opened:
        yield opened
        CONNECTIONS.close()


RunScript = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_script(tmp_path: Path) -> RunScript:
    """`run_script("…")` runs Python source as a process of its own, in `tmp_path`, with this test's home."""

    def start(source: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        script = tmp_path / "script.py"
        script.write_text(dedent(source))
        return subprocess.run(
            [sys.executable, "-W", "error", str(script), *arguments],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return start
