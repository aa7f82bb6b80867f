"""Which framework a source is written in: a table of sources as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.store import frameworks
from vitrina.store.frameworks import DetectionError

DETECTED = {
    "a Streamlit script": ("import streamlit as st\nst.title('x')", "streamlit"),
    "Streamlit by name": ("from streamlit import title\ntitle('x')", "streamlit"),
    "a Gradio interface": ("import gradio as gr\ngr.Interface(f, 'text', 'text').launch()", "gradio"),
    "Gradio under a guard": ("import gradio\nif __name__ == '__main__':\n    demo.launch()", "gradio"),
    "a Dash app": ("from dash import Dash, html\napp = Dash(__name__)\napp.run(debug=True)", "dash"),
    "Dash with bootstrap only": ("import dash_bootstrap_components as dbc\nfrom parts import app", "dash"),
    "a Panel app": ("import panel as pn\npn.Row().servable()", "panel"),
    "Panel that serves itself": ("import panel as pn\npn.serve(app)", "panel"),
    "imported in a function": ("def main():\n    import gradio as gr\n    gr.Blocks().launch()\nmain()", "gradio"),
    "Panel views shown by Streamlit": ("import panel as pn, streamlit as st\nst.write(pn.Row())", "streamlit"),
    "Streamlit's cache in a Panel app": ("import panel as pn, streamlit\npn.Row().servable()", "panel"),
    "Gradio's client in a Dash app": ("import gradio\nfrom dash import Dash\napp = Dash()", "dash"),
    "a plotting call in a Gradio app": ("import dash, gradio as gr\nwith gr.Blocks() as d: pass\nd.launch()", "gradio"),
}


@pytest.mark.parametrize("case", DETECTED)
def test_the_framework_is_told_from_the_source(case: str, tmp_path: Path) -> None:
    source, framework = DETECTED[case]
    (tmp_path / "app.py").write_text(source)
    assert frameworks.detect(tmp_path, "app.py") == framework


def test_a_module_beside_the_entry_may_tell(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("from ui import main\nmain()")
    (tmp_path / "ui.py").write_text("import broken, streamlit as st\ndef main(): st.title('x')")
    (tmp_path / "broken.py").write_text("no python (")
    assert frameworks.detect(tmp_path, "app.py") == "streamlit"


def test_none_lists_what_is_served(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import numpy")
    message = r"app\.py imports no app framework that Vitrina serves \(streamlit, gradio, .*, command\)\. If it is"
    with pytest.raises(DetectionError, match=message):
        frameworks.detect(tmp_path, "app.py")


@pytest.mark.parametrize(
    ("source", "served"),
    [
        ("import gradio as gr, streamlit as st\nst.title('x')\ngr.Interface(f).launch()", "streamlit, gradio"),
        ("import gradio, panel", "none"),
    ],
)
def test_several_ask_which(source: str, served: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(source)
    with pytest.raises(DetectionError, match=rf"imports several .* and serves {served}\. Say which one it is"):
        frameworks.detect(tmp_path, "app.py")


@pytest.mark.parametrize(
    ("source", "framework"),
    [
        ("from shiny import App, ui\napp = App(ui.page_fluid(), None)", "shiny"),
        ("from shiny.express import ui, input\nui.h1('x')", "shiny"),
        ("import marimo\napp = marimo.App()", "marimo"),
        ("from fastapi import FastAPI\napp = FastAPI()", "asgi"),
        ("from flask import Flask\napp = Flask(__name__)", "wsgi"),
        ("from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()", "wsgi"),
        ("from flask import Flask\nfrom dash import Dash\napp = Dash(server=Flask('x'))", "dash"),
        ("from fastapi import FastAPI\nimport streamlit as st\nst.title('x')", "streamlit"),
        ("from fastapi import FastAPI\nimport gradio as gr\napp = gr.mount_gradio_app(FastAPI(), demo, '/')", "asgi"),
        ("from fastapi import FastAPI\nfrom flask import Flask\napp = FastAPI()", "asgi"),
    ],
)
def test_what_others_build_on_is_only_meant_where_nothing_else_is(source: str, framework: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(source)
    assert frameworks.detect(tmp_path, "app.py") == framework


@pytest.mark.parametrize(
    ("name", "framework"), [("index.html", "static"), ("report.htm", "static"), ("vitrina.command", "command")]
)
def test_files_that_are_not_python_are_known_by_their_names(name: str, framework: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("<h1>no Python</h1>")
    assert frameworks.detect(tmp_path, name) == framework


def test_words_in_texts_and_comments_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "# import gradio\nx = 'import panel'\nimport streamlit\nstreamlit.write('dash.Dash()')"
    )
    assert frameworks.detect(tmp_path, "app.py") == "streamlit"


def test_a_framework_of_another_package_is_known_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin = Path(__file__).parents[1] / "apps" / "stories" / "plugin"
    monkeypatch.syspath_prepend(str(plugin))
    (tmp_path / "app.py").write_text("import plain")
    assert frameworks.detect(tmp_path, "app.py") == "plain"
    assert frameworks.names() == [*frameworks.SIGNS, "plain"]
    assert frameworks.known("plain") == "plain"
