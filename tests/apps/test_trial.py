"""Which levels of isolation this machine can give, and that none is claimed that it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from vitrina.apps import sandbox
from vitrina.apps.levels import Level
from vitrina.apps.trial import LevelError, available


def nothing_but(*levels: Level):
    return available(lambda level: None if level in levels else f"no {level.value} today.")


def test_the_strongest_that_there_is_is_taken() -> None:
    assert nothing_but().demand(None) is Level.PROCESS
    assert nothing_but(Level.LANDLOCK).demand(None) is Level.LANDLOCK
    assert nothing_but(Level.LANDLOCK, Level.SANDBOX).demand(None) is Level.SANDBOX


def test_a_level_that_is_asked_for_is_given_or_refused() -> None:
    found = nothing_but(Level.LANDLOCK)
    assert found.demand(Level.PROCESS) is Level.PROCESS
    with pytest.raises(LevelError) as refused:
        found.demand(Level.SANDBOX)
    assert str(refused.value).startswith(
        "Apps cannot be isolated by 'sandbox' here: no sandbox today. It takes bubblewrap"
    )


def test_levels_are_in_order() -> None:
    assert Level.SANDBOX.has(Level.LANDLOCK)
    assert not Level.PROCESS.has(Level.LANDLOCK)
    assert all(level.has(level) for level in Level)


@pytest.mark.slow
def test_without_bubblewrap_there_is_no_sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert available().lacking[Level.SANDBOX] == "bubblewrap is not installed."


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may enter too: those of pytest are closed."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.slow
def test_a_bubblewrap_that_may_do_nothing_is_no_sandbox(monkeypatch: pytest.MonkeyPatch, open_folder: Path) -> None:
    if reason := available().lacking.get(Level.SANDBOX):
        pytest.skip(f"this machine gives no sandbox before bubblewrap is asked: {reason}")
    refusing = open_folder / sandbox.PROGRAM
    refusing.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{open_folder}:{os.environ['PATH']}")
    assert available().lacking[Level.SANDBOX] == "bwrap: No permissions to create new namespace"


@pytest.mark.slow
def test_a_wall_that_does_not_stand_is_seen(tmp_path: Path) -> None:
    """The trial of a level in a process that has none of its walls."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "secret").write_text("secret")
    arguments = [Level.PROCESS.value, str(tmp_path), str(tmp_path / "secret")]
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "vitrina.apps.trial", *arguments], capture_output=True, text=True
    )
    assert (ended.returncode, ended.stderr) == (1, "files outside of the walls can be read.\n")
