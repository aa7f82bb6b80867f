"""Nurseries that are made before anybody comes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from vitrina.hub.proxy.placing import Shelf
from vitrina.hub.proxy.warming import Warming
from vitrina.store import bundles
from vitrina.store.apps import AppDraft

pytestmark = pytest.mark.anyio


class Expecting:
    """Notes what a launcher is told to expect."""

    def __init__(self) -> None:
        self.told: list[tuple[str, set[str]]] = []

    async def expect(self, framework: str, modules: Iterable[str]) -> None:
        self.told.append((framework, set(modules)))


@pytest.fixture
def warming(store: Any, home: Path) -> Warming:
    launcher: Any = Expecting()
    return Warming(store, Shelf(store, home / "apps"), launcher, is_quiet=lambda: True, looks_every_s=0)


async def test_each_framework_is_expected_once_with_what_its_apps_import(
    warming: Warming, store: Any, shown: Any, tmp_path: Path
) -> None:
    for number, imported in enumerate(("import altair", "import helper, os, pandas as pd"), start=1):
        folder = tmp_path / f"app{number}"
        folder.mkdir()
        (folder / "helper.py").write_text("import bokeh.plotting")
        (folder / "app.py").write_text(f"import streamlit as st\n{imported}\nst.write(1)\n")
        bundle = bundles.pack(folder)
        draft = AppDraft(bundle.data, bundle.digest, bundle.framework, bundle.entry, bundle.cwd)
        store.apps.log(shown.app.version, f"app{number}", draft)
    await warming.run()
    told: Any = warming.launcher
    assert dict(told.told) == {
        "gradio": set(),  # whose bundle cannot be read: that is its start's business
        "streamlit": {"streamlit", "altair", "pandas", "bokeh.plotting"},
    }
    assert len(told.told) == 2


async def test_it_waits_until_the_machine_is_quiet(warming: Warming, shown: Any) -> None:
    looks = iter([False, False, True, True])
    told: Any = warming.launcher
    await Warming(warming.store, warming.shelf, told, is_quiet=lambda: next(looks), looks_every_s=0).run()
    assert list(looks) == []
    assert [framework for framework, _ in told.told] == ["gradio"]
