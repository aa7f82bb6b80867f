"""Which files browsers keep for good."""

from __future__ import annotations

import pytest

from vitrina.hub.proxy.assets import is_for_good

SCRIPT = {"Content-Type": "text/javascript"}


@pytest.mark.parametrize(
    ("framework", "address"),
    [
        ("gradio", "/assets/index-DphvyggB.js"),
        ("gradio", "/assets/HistoryStorageControl-WpXJfujP.css"),
        ("gradio", "/assets/Index-Akn07EZk2.js"),
        ("gradio", "/assets/runtime-q_-Xi1UK.js"),
        ("gradio", f"/theme.css?v={'a2' * 32}"),
        ("streamlit", "/static/js/emotion-is-prop-valid.esm.CkL99N7j.js"),
        ("streamlit", "/static/media/SourceSansVF-Upright.ttf.BsWL4Kly.woff2"),
        ("dash", "/_dash-component-suites/dash/deps/react@18.v4_4_1m1795445625.3.1.min.js"),
        ("dash", "/_dash-component-suites/dash/dcc/dash_core_components.v4_4_1m1795445625.js"),
        ("panel", f"/static/js/bokeh.min.js?v={'6a' * 64}"),
        ("marimo", "/assets/CellStatus-BP2mavAq.js"),
        ("marimo", "/assets/KaTeX_AMS-Regular-BQhdFMY1.woff2"),
        ("marimo", "/assets/I18nProvider-Cg2I_s1_.js"),
        ("shiny", "/lib/jquery-3.6.0/jquery-3.6.0.min.js"),
        ("shiny", "/lib/bslib-components-0.12.0.9000/web-components.min.js"),
        ("shiny", "/lib/bootstrap-5.3.8/fonts/4iCv6KVjbNBYlgoCxCvjsGyN.woff2"),
    ],
)
def test_what_is_named_by_its_content_is_kept(framework: str, address: str) -> None:
    assert is_for_good(framework, address, status=200, told=SCRIPT)


@pytest.mark.parametrize(
    ("framework", "address"),
    [
        ("gradio", "/"),
        ("gradio", "/config"),
        ("gradio", "/theme.css"),
        ("gradio", "/static/fonts/SourceSansPro/SourceSansPro-Regular.woff2"),
        ("gradio", "/gradio_api/file=/tmp/gradio/assets/plot-DphvyggB.png"),
        ("gradio", "/deep/assets/index-DphvyggB.js"),
        ("gradio", "/assets/index-DphvyggB.json"),
        ("gradio", "/assets/index-DphvyggB.js?user=1"),
        ("streamlit", "/media/8f5b7c2d8f5b7c2d8f5b7c2d.png"),
        ("streamlit", "/app/static/js/own.CkL99N7j.js"),
        ("dash", "/_dash-component-suites/dash/dcc/async-graph.js"),
        ("dash", "/assets/style.css?m=1795445625.0"),
        ("dash", "/_dash-layout"),
        ("panel", "/static/extensions/panel/css/loading.css?v=1.9.4"),
        ("panel", "/static/js/bokeh.min.js"),
        ("marimo", "/favicon.ico"),
        ("marimo", "/@file/1024-plot-DphvyggB.png"),
        ("marimo", "/public/assets/index-DphvyggB.js"),
        ("shiny", "/lib/shiny-theme-mine-1.8.0/css.min.css"),
        ("shiny", "/lib/own-1.0/own.js"),
        ("shiny", "/lib/shiny/shiny.js"),
        ("shiny", "/own-1.0.0/own.js"),
        ("unknown", "/assets/index-DphvyggB.js"),
    ],
)
def test_nothing_else_is(framework: str, address: str) -> None:
    assert not is_for_good(framework, address, status=200, told=SCRIPT)


@pytest.mark.parametrize("name", ["Cache-Control", "Expires", "Pragma", "Set-Cookie"])
def test_what_the_app_says_itself_stands(name: str) -> None:
    assert not is_for_good("gradio", "/assets/index-DphvyggB.js", status=200, told=SCRIPT | {name: "x"})


@pytest.mark.parametrize("status", [206, 301, 404, 500])
def test_only_the_file_itself_is_kept(status: int) -> None:
    assert not is_for_good("gradio", "/assets/index-DphvyggB.js", status=status, told=SCRIPT)


def test_a_page_in_the_place_of_a_file_is_not_kept() -> None:
    told = {"Content-Type": "text/html; charset=utf-8"}
    assert not is_for_good("streamlit", "/static/js/gone.CkL99N7j.js", status=200, told=told)
