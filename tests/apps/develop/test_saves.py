"""Saves, told by the system: with real files and the real watch."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.apps.develop.saves import saves
from vitrina.apps.develop.source import Source

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text("import streamlit\n")
    (tmp_path / ".gitignore").write_text("*.log\n")
    return tmp_path


async def test_each_save_is_told_with_its_files(folder: Path) -> None:
    source = Source(folder)
    told = saves(source, since=source.look())
    (folder / "app.py").write_text("import streamlit as st\n")  # before anybody waits
    assert await anext(told) == (folder / "app.py",)
    (folder / "app.log").write_text("nobody cares")
    (folder / "rows.csv").write_text("1")
    assert await anext(told) == (folder / "rows.csv",)
    (folder / "rows.csv").replace(folder / "data.csv")
    assert await anext(told) == (folder / "data.csv", folder / "rows.csv")
    await told.aclose()


async def test_a_folder_that_is_made_is_watched_too(folder: Path) -> None:
    source = Source(folder)
    told = saves(source, since=source.look())
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").write_text("1")
    assert await anext(told) == (folder / "data" / "a.csv",)
    (folder / "data" / "a.csv").write_text("2")
    assert await anext(told) == (folder / "data" / "a.csv",)
    await told.aclose()


async def test_editors_that_replace_the_file_are_understood(folder: Path) -> None:
    source = Source(folder / "app.py")
    told = saves(source, since=source.look())
    draft = folder / ".app.py.swp"
    for text in ("import panel\n", "import dash\n"):
        draft.write_text(text)
        draft.replace(folder / "app.py")
        assert await anext(told) == (folder / "app.py",)
    await told.aclose()
