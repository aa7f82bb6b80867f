"""The three stories, told once into one store by their own scripts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vitrina.store import Store, open_store

EXAMPLES = Path(__file__).parents[2] / "examples"
STORIES = ("tumours", "digits", "diabetes")


def tell_into(home: Path, story: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VITRINA_")}
    script = EXAMPLES / story / "train.py"
    # One thread: several on a busy machine wait for each other longer than these small models take.
    env = {**kept, "VITRINA_HOME": str(home), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, script], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a store in which every story was told."""
    home = tmp_path_factory.mktemp("stories")
    for story in STORIES:
        tell_into(home, story)
    return home


@pytest.fixture
def tell_again(told: Path) -> Callable[[str], None]:
    return lambda story: tell_into(told, story)


@pytest.fixture
def store(told: Path) -> Iterator[Store]:
    with open_store(home=told) as opened:
        yield opened
