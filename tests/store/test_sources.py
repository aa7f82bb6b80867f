"""What a source says of itself: imports, calls, and the modules beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.store import sources
from vitrina.store.sources import SourceError


def read(tmp_path: Path, source: str) -> sources.Source:
    path = tmp_path / "app.py"
    path.write_text(source)
    return sources.read(path)


CALLS = {
    "import gradio as gr\ngr.Interface(f)": ({"gradio.Interface"}, set[str]()),
    "import gradio\ngradio.Interface(f).launch()": ({"gradio.Interface"}, {"launch"}),
    "from dash import Dash as D\nD(__name__)": ({"dash.Dash"}, set[str]()),
    "import panel.io.server\npanel.serve(x)": ({"panel.serve"}, set[str]()),
    "import streamlit as st\nst.sidebar.slider('x')": ({"streamlit.sidebar.slider"}, set[str]()),
    "def f():\n    import gradio as gr\n    gr.Blocks()": ({"gradio.Blocks"}, set[str]()),
    "app.run()\nmake()().serve()": (set[str](), {"run", "serve"}),
    "from . import gradio\ngradio.Interface()": (set[str](), {"Interface"}),
}


@pytest.mark.parametrize("source", CALLS)
def test_calls_are_named_in_full_when_they_lead_to_an_import(source: str, tmp_path: Path) -> None:
    found = read(tmp_path, source)
    assert (found.functions, found.methods) == CALLS[source]


def test_imports_count_wherever_they_stand(tmp_path: Path) -> None:
    found = read(
        tmp_path, "import a.b\nfrom c import d\ntry:\n    import e\nexcept ImportError:\n    from .f import g\n"
    )
    assert found.modules == {"a.b", "c", "c.d", "e"}
    assert found.packages == {"a", "c", "e"}


def test_local_modules_are_followed_and_circles_end(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import one, json")
    (tmp_path / "one.py").write_text("from two import x")
    (tmp_path / "two.py").write_text("import app, broken")
    (tmp_path / "broken.py").write_text("no python (")
    (tmp_path / "other.py").write_text("")
    names = [path.name for path in sources.local(tmp_path / "app.py")]
    assert names == ["app.py", "one.py", "two.py", "broken.py"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x = (", r"app\.py is no valid Python: .* \(line 1\)\."),
        (b"x = 1\n  y = 2\n", r"unexpected indent \(line 2\)"),
        (b"x = '\xff'\n", r"app\.py is no valid Python: "),
        (b"x\0y", r"app\.py is no "),
    ],
)
def test_what_cannot_be_read_says_where(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_bytes(content)
    with pytest.raises(SourceError, match=message):
        sources.read(tmp_path / "app.py")


def certain(tmp_path: Path, source: str) -> list[tuple[str, int]]:
    path = tmp_path / "app.py"
    path.write_text(source)
    return sources.certain_imports(path)


def test_certain_imports_are_the_plain_ones_at_the_top(tmp_path: Path) -> None:
    source = "import a.b\nfrom c import d\nfrom . import e\nif x:\n    import f\ndef g():\n    import h\n"
    assert certain(tmp_path, source) == [("a", 1), ("c", 2)]


@pytest.mark.parametrize("change", ["sys.path.append('x')", "from sys import path", "site.addsitedir('x')"])
def test_no_import_is_certain_where_the_search_path_is_changed(change: str, tmp_path: Path) -> None:
    assert certain(tmp_path, f"import sys, site\n{change}\nimport a\n") == []


def test_another_path_than_the_search_path_changes_nothing(tmp_path: Path) -> None:
    assert certain(tmp_path, "import os\nos.path.join('a')\n") == [("os", 1)]
