"""Versions with signatures, and the modules of the templates as the apps have them."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from vitrina.store.demos.forms import form_of
from vitrina.store.demos.making import SOURCES
from vitrina.store.records import Collection, Project, Version, Visibility
from vitrina.store.refs import Noun

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def version(signature: Mapping[str, Any] | None, *, number: str = "1.0.0", libraries: Any = None) -> Version:
    project = Project(1, "acme", "churn", "", "", Visibility.PUBLIC, NOW, NOW)
    collection = Collection(1, project, Noun.MODEL, "tip-size", "", "", NOW)
    summary = {"libraries": libraries} if libraries else {}
    return Version(1, collection, number, "0" * 64, 0, None, None, (), "sklearn", signature, summary, "", NOW, None)


@pytest.fixture
def version_of() -> Callable[..., Version]:
    return version


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Imports a module of the templates, as the app's own file would."""
    folder = tmp_path / "app"
    folder.mkdir()
    for file in [*SOURCES.glob("*.py"), *SOURCES.glob("*/*.py")]:
        if file.name != "app.py":
            shutil.copyfile(file, folder / file.name)
    monkeypatch.syspath_prepend(str(folder))
    names = {file.stem for file in folder.iterdir()}
    yield importlib.import_module
    for name in names & set(sys.modules):
        del sys.modules[name]


@pytest.fixture
def form(templates, tmp_path: Path) -> Callable[..., Any]:
    """The form of a signature, as apps read it."""

    def read(signature: Mapping[str, Any], **told: Any) -> Any:
        path = tmp_path / "form.json"
        path.write_text(json.dumps(form_of(signature, title="Tip", **told)))
        return templates("fields").read_form(path)

    return read
