"""Apps written for older releases than the hub has: built from the machine's package index, started, run once."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from vitrina.apps import trial
from vitrina.apps.environments.environments import Environments
from vitrina.apps.environments.index import configured
from vitrina.hub.trial import try_app
from vitrina.store import bundles

SCRIPT = """# /// script
# dependencies = ["{requirement}"]
# ///
import {library}
assert {library}.__version__ == "{version}", {library}.__version__
{body}
"""

DASH = """from dash import Dash, html
app = Dash(__name__)
app.layout = html.Div("Hello")
"""
STREAMLIT = "streamlit.title('Hello')\n"
PANEL = "panel.Row('Hello').servable()\n"
GRADIO = "gradio.Interface(lambda name: name, 'text', 'text').launch()\n"

RELEASES = [
    ("dash", "4.0.0", DASH),
    ("streamlit", "1.57.0", STREAMLIT),
    ("panel", "1.8.0", PANEL),
    ("gradio", "6.0.0", GRADIO),
]


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Environments:
    index = configured(os.environ, home=Path.home())
    folder = tmp_path_factory.mktemp("environments")
    return Environments(folder, index=index, level=trial.available().strongest)


@pytest.mark.slow
@pytest.mark.parametrize(("library", "version", "body"), RELEASES, ids=[name for name, _, _ in RELEASES])
def test_an_app_of_an_older_release_works(
    library: str, version: str, body: str, environments: Environments, tmp_path: Path
) -> None:
    script = tmp_path / "app.py"
    script.write_text(SCRIPT.format(requirement=f"{library}=={version}", library=library, version=version, body=body))
    bundle = bundles.pack(script)
    python = asyncio.run(environments.prepare(bundle.requirements, framework=bundle.framework))
    environments.close()
    assert python.environment, "the hub has another release, or this proves nothing"
    tried = try_app(bundle, served=None, timeout_s=60, on_step=lambda _: None, interpreter=python)
    assert tried.works, f"{tried.reason}\n" + "\n".join(tried.lines)
