"""Filling a store with examples, as the demo does."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from vitrina.hub import examples
from vitrina.hub.examples import Example, ExampleFailedError, NoExamplesError
from vitrina.store.home import place
from vitrina.store.migrations import NewerStoreError
from vitrina.store.opening import open_store
from vitrina.store.records import Visibility

TRAIN = """
import os, sys
from vitrina import tracking

assert "VITRINA_RUN" not in os.environ
tracking.set_readme("# A story", of=sys.argv[1])
if not tracking.get_runs(sys.argv[1]):
    with tracking.run("first", project=sys.argv[1]):
        tracking.log_inputs(lr=0.1)
"""


def example(folder: Path, source: str) -> Example:
    script = folder / "examples" / "story" / "train.py"
    script.parent.mkdir(parents=True)
    script.write_text(source)
    return Example("story", script)


def test_every_example_of_the_clone_is_found() -> None:
    assert [one.project for one in examples.find()] == ["demo/diabetes", "demo/digits", "demo/tumours"]


def test_an_installation_without_the_sources_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(NoExamplesError, match="make demo"):
        examples.find(tmp_path / "site-packages" / "vitrina")


@pytest.mark.slow
def test_it_runs_into_the_store_and_is_shown_to_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINA_RUN", "of-somebody-else")
    where, said = place(home=tmp_path / "demo"), list[str]()
    story = example(tmp_path, TRAIN)
    (story.script.parent / "q3.md").write_text("# Q3")
    for _ in range(2):
        examples.fill(where, [story], say=said.append)
    assert said == ["Example 1 of 1: story …"] * 2
    with open_store(home=where.home) as store:
        [project] = store.projects.list()
        assert (project.ref, project.title, project.visibility) == ("demo/story", "A story", Visibility.PUBLIC)
        assert store.reports.get(project, "q3").text == "# Q3"
        assert [run.name for run in store.runs.list(project).items] == ["first"]
    assert not Path(os.environ["VITRINA_HOME"]).exists()


def test_a_store_that_cannot_be_used_is_said_before_any_example_runs(tmp_path: Path) -> None:
    where, said = place(home=tmp_path / "demo"), list[str]()
    open_store(home=where.home).close()
    with sqlite3.connect(where.home / "store.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(NewerStoreError):
        examples.fill(where, [example(tmp_path, "raise SystemExit(3)")], say=said.append)
    assert said == []


@pytest.mark.slow
def test_one_that_fails_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    story = example(tmp_path, "import sys; print('why', file=sys.stderr); sys.exit(3)")
    with pytest.raises(ExampleFailedError, match="The example story ended with code 3") as failed:
        examples.fill(place(home=tmp_path / "demo"), [story], say=print)
    assert str(story.script) in str(failed.value)
    assert capfd.readouterr().err == "why\n"


FILL = """
import sys
from pathlib import Path
from vitrina.hub import examples
from vitrina.store.home import place

try:
    examples.fill(place(home=Path(sys.argv[1])), [examples.Example("story", Path(sys.argv[2]))], say=print)
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.slow
def test_one_that_is_interrupted_leaves_no_traceback_of_its_own(tmp_path: Path) -> None:
    story = example(tmp_path, "import os, signal; os.kill(os.getppid(), signal.SIGINT); signal.pause()")
    words = [sys.executable, "-c", FILL, str(tmp_path / "demo"), str(story.script)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "interrupted"
    assert done.stderr == ""
