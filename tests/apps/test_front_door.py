"""The room's front door: what it offers is there, and costs nothing until it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import vitrina.apps


@pytest.mark.parametrize("name", vitrina.apps.__all__)
def test_what_is_offered_is_there(name: str) -> None:
    assert getattr(vitrina.apps, name) is not None


def test_what_is_not_offered_is_not_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = vitrina.apps.nonsense


def test_the_supervisor_and_its_launcher_load_no_framework_and_no_database() -> None:
    code = "import sys; from vitrina.apps import *; print(*{name.partition('.')[0] for name in sys.modules})"
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    heavy = {"streamlit", "gradio", "dash", "panel", "bokeh", "flask", "uvicorn", "sqlalchemy", "numpy", "pandas"}
    assert not heavy & set(answer.stdout.split())
