"""`vitrina store …`"""

from __future__ import annotations

from pathlib import Path

from vitrina.store.migrations import HEAD


def test_upgrading_a_store_of_this_release_changes_nothing(vitrina, home: Path, shown) -> None:
    said = vitrina("store", "upgrade")
    assert said.out == f"The store at sqlite:///{home / 'store.db'} is up to date (schema {HEAD}).\n"
    assert vitrina("run", "list", "--json").json


def test_an_empty_place_gets_a_store(vitrina, home: Path) -> None:
    home.mkdir()
    assert f"has schema {HEAD} now (before: none)" in vitrina("store", "upgrade").out
    assert vitrina("project", "list").code == 0
