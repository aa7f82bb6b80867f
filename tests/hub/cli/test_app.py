"""`vitrina app …`"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vitrina.store.records import Running

REF = "demo/tumours/models/classifier@1.0.0"
NOW = datetime(2026, 1, 5, tzinfo=UTC)

DASH = """
from dash import Dash, html

app = Dash(__name__)
app.layout = html.Div("Hello")

if __name__ == "__main__":
    app.run()
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "hello.py"
    path.write_text(DASH)
    return path


def started(*words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from vitrina.hub.cli import main; main()", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_it_lists_apps_with_their_state(vitrina, store, shown, hidden) -> None:
    [app] = vitrina("app", "list", REF, "--json").json
    assert (app["ref"], app["kind"], app["framework"], app["state"]) == (shown.app.ref, "app", "gradio", "cold")
    store.instances.note(Running(shown.app.revision_id, "front", "ready", "", 7, "", NOW, NOW))
    assert vitrina("app", "list", "demo/tumours", "--json").json[0]["state"] == "ready"
    assert len(vitrina("app", "list", "--json").json) == 2


def test_it_logs_an_app(vitrina, store, shown, script: Path) -> None:
    told = vitrina("app", "log", script, "--model", REF, "--title", "Hello", "--json").json
    assert (told["ref"], told["framework"], told["revision"]) == (f"{REF}/apps/hello", "dash", 1)
    assert (
        vitrina("app", "log", script, "--model", REF, "--name", "hello").out
        == f"{REF}/apps/hello: revision 1 (dash).\n"
    )
    assert store.find(f"{REF}/apps/hello").app.title == "Hello"


def test_it_takes_along_what_is_named_and_stops_at_a_secret(vitrina, store, shown, script: Path) -> None:
    (script.parent / "data").mkdir()
    (script.parent / "data" / "a.csv").write_text("1")
    (script.parent / "data" / ".env").write_text("KEY=1")
    words = ("app", "log", script, "--model", REF, "--include", "data/*.csv", "--include", "data/.env")
    said = vitrina(*words)
    assert said.code == 1
    assert "data/.env (an environment file)" in said.err
    assert "--allow-secret data/.env" in said.err
    assert vitrina(*words, "--allow-secret", "data/.env", "--json").json["revision"] == 1


def test_it_keeps_what_an_app_needs(vitrina, store, shown, script: Path) -> None:
    (script.parent / "needs.txt").write_text("dash>=4\n")
    words = ("app", "log", script, "--model", REF, "--requirements")
    assert vitrina(*words, script.parent / "needs.txt").code == 0
    assert store.find(f"{REF}/apps/hello").app.requirements == "dash>=4\n"
    assert vitrina(*words, "auto").code == 0
    assert store.find(f"{REF}/apps/hello").app.requirements.startswith("dash==")
    assert "There is no requirements file" in vitrina(*words, script.parent / "none.txt").err


def test_a_missing_framework_is_said(vitrina, shown, tmp_path: Path) -> None:
    (tmp_path / "nothing.py").write_text("print(1)")
    said = vitrina("app", "log", tmp_path / "nothing.py", "--model", REF)
    assert said.code == 1
    assert "framework" in said.err


@pytest.mark.slow
def test_a_check_starts_an_app_and_leaves_nothing_of_it(vitrina, script: Path) -> None:
    said = vitrina("app", "check", script)
    assert said.code == 0, said.err
    assert f"{script} works (dash)" in said.out


@pytest.mark.slow
def test_a_check_says_how_long_each_step_takes_and_which_hosts_the_page_asks(vitrina, script: Path) -> None:
    script.write_text(
        DASH.replace("Dash(__name__)", "Dash(__name__, external_scripts=['https://cdn.example.org/x.js'])")
    )
    said = vitrina("app", "check", script)
    assert said.code == 0, said.err
    assert re.search(r"^ +\d+\.\d s  Loading its framework\.$", said.out, re.MULTILINE)
    assert said.out.endswith("Its page asks other hosts, which browsers will refuse on the hub: cdn.example.org\n")
    script.write_text(DASH)
    assert "Its page asks no other host" in vitrina("app", "check", script).out


@pytest.mark.slow
def test_a_check_says_loudly_that_there_is_no_browser(vitrina, script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(script.parent))
    said = vitrina("app", "check", script)
    assert said.code == 0, said.err
    assert "NOT CHECKED: which other hosts its page asks. There is no Chromium here." in said.err
    assert "NOT CHECKED" not in vitrina("app", "check", script, "--no-browser").err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("import no_such_library\n" + DASH, "no_such_library"),
        ("raise RuntimeError('at the start')\n" + DASH, "at the start"),
    ],
)
def test_a_check_says_why_an_app_does_not_start(vitrina, script: Path, source: str, says: str) -> None:
    script.write_text(source)
    said = vitrina("app", "check", script)
    assert said.code == 1
    last = said.err.splitlines()[-1]
    assert last.startswith(f"vitrina: {script} does not work.")
    assert says in last


@pytest.mark.slow
@pytest.mark.parametrize(("broken", "code"), [("raise RuntimeError('for a visitor')", 1), ("", 0)])
def test_a_check_runs_what_only_runs_for_a_person_who_comes(vitrina, tmp_path: Path, broken: str, code: int) -> None:
    script = tmp_path / "explorer.py"
    script.write_text(f"import streamlit as st\nst.title('One')\n{broken}\n")
    said = vitrina("app", "check", script)
    assert said.code == code, said.err
    assert ("RuntimeError: for a visitor" in said.err) is bool(broken)
    assert ("its code fails when it runs for a person who comes" in said.err) is bool(broken)


@pytest.mark.slow
def test_ctrl_c_ends_a_check_with_130_and_its_app_with_it(script: Path) -> None:
    script.write_text(
        "import os, sys, time\nprint(os.getpid(), file=sys.stderr, flush=True)\ntime.sleep(3600)\n" + DASH
    )
    with started("app", "check", script) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it has begun to start the app
        process.send_signal(signal.SIGINT)
        process.communicate()
        assert process.returncode == 130
