"""What each command imports: the client works where no extra is installed, and help is quick."""

from __future__ import annotations

import subprocess
import sys

import pytest

OF_EXTRAS = (
    *("fastapi", "starlette", "uvicorn", "aiohttp", "jinja2", "itsdangerous"),
    *("numpy", "pandas", "pyarrow", "sklearn", "skops", "altair", "plotly", "bokeh", "matplotlib", "vl_convert"),
    *("markdown_it", "nh3", "pygments", "yaml", "weasyprint", "gradio", "streamlit", "dash", "panel", "psycopg"),
)
HEAVY = ("sqlalchemy", "alembic", "rich", "arrow", *OF_EXTRAS)

RUN = """
import sys
for name in {absent!r}:
    sys.modules[name] = None
from vitrina.hub.cli import main
main({words!r})
"""


def run(*words: str, absent: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    code = RUN.format(absent=absent, words=list(words))
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [("--help",), ("--version",), ("model", "--help"), ("app", "--help"), ("hub", "--help")]
)
def test_help_needs_nothing(words: tuple[str, ...]) -> None:
    done = run(*words, absent=HEAVY)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("project", "list"),
        ("project", "visibility", "demo/tumours", "private"),
        ("run", "list", "demo/tumours"),
        ("run", "show", "demo/tumours/runs/first"),
        ("model", "list", "--versions"),
        ("model", "show", "demo/tumours/models/classifier@1.0.0", "--json"),
        ("model", "pull", "demo/tumours/models/classifier@1.0.0", "-o", "{folder}"),
        ("model", "promote", "demo/tumours/models/classifier@1.0.0", "production"),
        ("dataset", "list"),
        ("artifact", "list"),
        ("app", "list"),
        ("lineage", "demo/tumours/models/classifier@1.0.0"),
        ("compare", "demo/tumours/models/classifier@1.0.0", "demo/tumours/runs/first"),
        ("store", "upgrade"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_nouns_of_the_client_work_without_extras(shown, tmp_path, words: tuple[str, ...]) -> None:
    done = run(*(word.format(folder=tmp_path / "pulled") for word in words), absent=OF_EXTRAS)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.slow
def test_what_needs_an_extra_says_which() -> None:
    done = run("hub", absent=OF_EXTRAS)
    assert done.returncode == 1
    assert done.stderr == (
        'vitrina: The hub needs fastapi, which is not installed. Install it: pip install "vitrina[hub]"\n'
    )
