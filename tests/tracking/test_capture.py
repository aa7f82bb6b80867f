"""The commit of the code, and the surroundings of a run."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import pytest

from vitrina import tracking
from vitrina.store.compare.comparison import compare
from vitrina.store.opening import Store
from vitrina.tracking.capture import environment, git
from vitrina.tracking.capture.git import Code


def test_the_status_of_a_repository_is_read() -> None:
    clean = "# branch.oid 0123abcd\n# branch.head main\n# branch.upstream origin/main\n# branch.ab +1 -0\n"
    assert git.parse(clean) == Code("0123abcd", "main", is_dirty=False)
    assert git.parse(clean + "1 .M N... 100644 100644 100644 a b train.py\n") == Code("0123abcd", "main", is_dirty=True)
    assert git.parse("# branch.oid 0123abcd\n# branch.head (detached)\n") == Code("0123abcd", "", is_dirty=False)
    assert git.parse("# branch.oid (initial)\n# branch.head main\n") is None
    assert git.parse("") is None


@pytest.mark.slow
def test_a_script_in_a_repository_has_its_commit(store: Store, run_script, tmp_path: Path) -> None:
    source = "from vitrina import tracking\nwith tracking.run() as run: print(run.ref)\n"
    assert "code" not in tracking.get_run(run_script(source).stdout.strip()).meta

    def call(*arguments: str) -> str:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        return subprocess.run(
            ["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True
        ).stdout

    call("init", "--initial-branch", "main")
    call("add", "script.py")
    call("commit", "--message", "Train")
    commit = call("rev-parse", "HEAD").strip()
    first = tracking.get_run(run_script(source).stdout.strip())
    assert first.meta["code"] == {"commit": commit, "branch": "main", "is_dirty": False, "entry": "script.py"}
    call("remote", "add", "origin", "https://alice:hunter2@example.org/acme/churn.git")
    second = tracking.get_run(run_script(f"{source}# changed\n").stdout.strip())
    assert second.meta["code"]["is_dirty"] is True
    assert second.meta["code"]["remote"] == "https://example.org/acme/churn.git"
    walk = store.lineage.trace(store.lineage.commit(first.record.project, commit), up=False)
    assert [(edge.relation, edge.target.ref) for edge in walk.edges] == [("ran", first.ref), ("ran", second.ref)]
    assert {edge.source.remote for edge in walk.edges} == {"https://example.org/acme/churn.git"}


@pytest.mark.slow
def test_a_script_can_keep_its_source_and_what_was_not_committed(store: Store, run_script, tmp_path: Path) -> None:
    source = "from vitrina import tracking\nwith tracking.run() as run: run.log_code_ref(source=True); print(run.ref)\n"
    alone = tracking.get_run(run_script(source).stdout.strip())
    assert alone.get_artifact("texts/script").decode() == source
    assert [one.name for one in alone.get_objects()] == ["packages", "script"]
    for words in (["init"], ["add", "script.py"], ["commit", "--message", "Train"]):
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)
    changed = tracking.get_run(run_script(f"{source}# changed\n").stdout.strip())
    assert "+# changed" in changed.get_artifact("texts/uncommitted changes").decode()
    found = compare(store, [store.find(alone.ref), store.find(changed.ref)])
    assert "+# changed" in found.code[0].lines


def test_a_run_knows_its_interpreter_and_packages(store: Store) -> None:
    with tracking.run() as run:
        pass
    facts = store.runs.get(run.record.id).meta["environment"]
    assert (facts["python"], facts["host"]) == (platform.python_version(), platform.node())
    lines = run.get_artifact("texts/packages").decode().splitlines()
    assert any(line.startswith("numpy==") for line in lines)
    assert lines == sorted(lines, key=lambda line: line.partition("==")[0].lower())


def test_what_a_script_says_of_itself_is_kept_instead(store: Store) -> None:
    with tracking.run(track_code=False, track_env=False) as run:
        assert store.runs.get(run.record.id).meta == {}
        tracking.log_code_ref({"commit": "abc"})
        tracking.log_env(content={"image": "train:3"})
    assert store.runs.get(run.record.id).meta == {"code": {"commit": "abc"}, "environment": {"image": "train:3"}}
    assert run.get_objects() == []


def test_a_distribution_without_a_name_is_left_out() -> None:
    assert all("==" in line for line in environment.packages().splitlines())
