"""What a launcher believes of the notes that the one before it left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vitrina.apps.launchers.leaving import Leaving
from vitrina.apps.launchers.places import Places
from vitrina.apps.launchers.process import Site
from vitrina.apps.levels import Level
from vitrina.apps.spec import AppSpec


def test_a_note_of_another_release_says_nothing() -> None:
    assert Leaving.parse({"key": "app", "colour": "red"}) is None


@pytest.mark.parametrize("name", ["home", "running/..", "running"])
def test_a_note_cannot_name_what_is_not_an_instances(
    name: str, tmp_path: Path, spec_of: Callable[..., AppSpec], stories: Path
) -> None:
    places = Places(tmp_path / "apps", hub_environment={}, level=Level.PROCESS)
    start = places.prepare(spec_of(stories / "plain_hello.py", framework="static"), number=1)
    start.listener.close()
    assert places.has(start.site)
    assert not places.has(Site(start.site.socket, tmp_path / "apps" / name, start.site.origin))
    assert not places.has(Site(tmp_path / "docker.sock", start.site.folder, start.site.origin))
    places.close()
