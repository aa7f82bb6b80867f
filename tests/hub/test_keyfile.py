"""Keys that are kept in files."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.hub import keyfile


def test_a_key_is_made_once_and_is_its_owners_alone(home: Path) -> None:
    path = home / keyfile.TOKEN
    key = keyfile.kept(path)
    assert len(key) >= 32
    assert keyfile.kept(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in home.iterdir()] == [keyfile.TOKEN]


def test_a_key_that_others_can_read_is_refused(home: Path) -> None:
    path = home / keyfile.TOKEN
    keyfile.kept(path)
    path.chmod(0o640)
    with pytest.raises(keyfile.OpenKeyError, match=str(path)):
        keyfile.kept(path)


def test_no_key_is_none(home: Path) -> None:
    assert keyfile.read(home / keyfile.TOKEN) is None
