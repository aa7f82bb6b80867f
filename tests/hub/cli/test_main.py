"""How commands end, and what they say when they fail."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import vitrina as package
from vitrina.hub.cli.nouns import NOUNS


def test_help_names_every_noun(vitrina) -> None:
    said = vitrina("--help")
    assert said.code == 0
    for noun, line in NOUNS.items():
        assert noun in said.out
        assert line in said.out


@pytest.mark.parametrize("noun", NOUNS)
def test_every_noun_has_help(vitrina, noun: str) -> None:
    said = vitrina(noun, "--help")
    assert said.code == 0
    assert said.out.startswith(f"Usage: vitrina {noun}")


def test_it_tells_its_release(vitrina) -> None:
    assert vitrina("--version").out == f"{package.__version__}\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("modle",), "Did you mean 'model'?"),
        (("model", "shwo"), "No such command"),
        (("model", "show"), "Missing argument"),
        (("run", "list", "--limit", "0"), "--limit"),
        (("hub", "--port", "99999"), "--port"),
        (("project", "visibility", "demo/tumours", "everyone"), "everyone"),
        (("project", "describe", "demo/tumours"), "--title"),
    ],
)
def test_wrong_usage_ends_with_2(vitrina, words: tuple[str, ...], says: str) -> None:
    said = vitrina(*words)
    assert said.code == 2
    assert says in said.err


def test_no_words_are_wrong_usage_too(vitrina) -> None:
    said = vitrina()
    assert said.code == 2
    assert "Usage: vitrina" in said.out + said.err


def test_help_has_its_articles_right(vitrina) -> None:
    assert " a artifact" not in vitrina("artifact", "--help").out


FAILURES = [
    (("project", "show", "no/such"), "There is no project no/such."),
    (("project", "show", "demo"), "'demo' is not a reference"),
    (("project", "show", "demo/tumours/models/classifier"), "Its project is demo/tumours."),
    (("run", "show", "demo/tumours/runs/nobody"), "run 'nobody'"),
    (("run", "show", "demo/tumours"), "is no run"),
    (("model", "show", "demo/tumours/models/nothing"), "model 'nothing'"),
    (("model", "show", "demo/tumours/models/classifier@9"), "The highest there are: 1.0.0."),
    (("model", "show", "demo/tumours/models/classifier@1.0.0.0"), "1.0.0.0"),
    (("dataset", "show", "demo/tumours/models/classifier"), "Use: vitrina model"),
    (("model", "promote", "demo/tumours/runs/first", "staging"), "is no model"),
    (("model", "alias", "demo/tumours/models/classifier", "1.2.0"), "cannot be an alias"),
    (("lineage", "demo/tumours"), "has no lineage"),
    (("app", "logs", "demo/tumours/models/classifier"), "is no app"),
    (("app", "logs", "demo/tumours/models/classifier@1.0.0/apps/what-if"), "vitrina app open"),
    (("app", "open", "demo/tumours/models/classifier@1.0.0/apps/what-if"), "Start it: vitrina hub"),
    (("app", "stop", "demo/tumours/models/classifier@1.0.0/apps/what-if"), "Start it: vitrina hub"),
    (("app", "check", "no_such.py"), "no_such.py"),
    (("app", "run", "no_such.py"), "no_such.py"),
    (("app", "log", "no_such.py", "--model", "demo/tumours/models/classifier"), "no_such.py"),
    (("hub", "link"), "Start it: vitrina hub"),
    (("hub", "--host", "0.0.0.0"), "Leave out --host"),
    (("hub", "--host", "example.org"), "Leave out --host"),
]


@pytest.mark.parametrize(("words", "says"), FAILURES, ids=[" ".join(words) for words, _ in FAILURES])
def test_a_failure_is_one_line_that_says_what_to_do(vitrina, shown, words: tuple[str, ...], says: str) -> None:
    said = vitrina(*words)
    assert said.code == 1
    assert said.out == ""
    assert said.err.startswith("vitrina: ")
    assert said.err.count("\n") == 1
    assert says in said.err


@pytest.mark.parametrize("words", [("run", "list"), ("store", "upgrade"), ("demo", "--no-serve")])
def test_the_address_of_a_hub_is_refused(vitrina, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    monkeypatch.setenv("VITRINA_URL", "http://localhost:8400")
    said = vitrina(*words)
    assert said.code == 1
    assert "VITRINA_URL is the hub http://localhost:8400" in said.err


@pytest.mark.parametrize("words", [("run", "list"), ("store", "upgrade"), ("hub",)])
def test_a_store_of_a_newer_release_is_refused_untouched(vitrina, home: Path, words: tuple[str, ...]) -> None:
    assert vitrina("project", "list").code == 0
    with sqlite3.connect(home / "store.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    said = vitrina(*words)
    assert said.code == 1
    assert "written by a newer Vitrina" in said.err
    assert said.err.count("\n") == 1
    with sqlite3.connect(home / "store.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    connection.close()


def test_a_home_that_cannot_be_made_is_one_line(vitrina, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VITRINA_HOME", str(tmp_path / "file" / "home"))
    for words in (("run", "list"), ("hub",)):
        said = vitrina(*words)
        assert said.code == 1
        assert str(tmp_path / "file") in said.err
        assert said.err.count("\n") == 1


@pytest.mark.slow
def test_a_disk_without_room_says_what_to_do(home: Path) -> None:
    limited = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "from vitrina.hub.cli import main; main(['hub', '--port', '0', '--no-open'])"
    )
    said = subprocess.run([sys.executable, "-c", limited], capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert (
        said.stderr == "vitrina: File too large. Raise the limit on the size of files (ulimit -f), then do it again.\n"
    )
