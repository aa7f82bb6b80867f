"""What stays out of a bundle: the rules of git, compared with git itself, and names that nobody wants."""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath

import pytest

from vitrina.store.bundles import pack
from vitrina.store.gathering import Wanted, gather

DASH = "from dash import Dash\napp = Dash(__name__)\n"

FILES = (
    *("app.py", "a.csv", "keep.csv", "notes.txt", "#odd", "!bang", "sp ace.txt", "top.log"),
    *("data/a.csv", "data/keep.csv", "data/deep/a.csv", "data/deep/x.log", "build/out.js", "build/keep.txt"),
    *("src/app/a.py", "src/app/a.csv", "src/b.py", "src/build/c.py", "logs/x.log", "logs/keep.log", "ü/é.txt"),
)

RULES: dict[str, dict[str, str]] = {
    "a name anywhere": {".gitignore": "*.csv\n"},
    "brought back": {".gitignore": "*.csv\n!keep.csv\n"},
    "the last rule that fits": {".gitignore": "!keep.csv\n*.csv\n"},
    "at the top only": {".gitignore": "/build\n/*.log\n"},
    "a folder only": {".gitignore": "build/\nnotes.txt/\n"},
    "not back out of a folder that is out": {".gitignore": "build/\n!build/keep.txt\n"},
    "all but what is in a folder": {".gitignore": "build/*\n!build/keep.txt\n"},
    "only some kinds": {".gitignore": "*\n!*/\n!*.py\n"},
    "only one folder": {".gitignore": "/*\n!/src/\n"},
    "a path in the middle": {".gitignore": "data/deep\nsrc/*/a.py\n"},
    "two stars": {".gitignore": "**/deep/*.csv\nsrc/**/c.py\nlogs/**\n"},
    "a folder's own": {".gitignore": "*.log\n", "logs/.gitignore": "!keep.log\n", "data/.gitignore": "/a.csv\n"},
    "inner wins over outer": {".gitignore": "!*.csv\n", "data/.gitignore": "*.csv\n"},
    "comments and odd names": {".gitignore": "# a.csv\n\\#odd\n\\!bang\nsp\\ ace.txt\nnotes.txt   \n\n"},
    "back out of what is inside": {".gitignore": "logs/**\n!logs/keep.log\n"},
    "folders inside of one that is in": {".gitignore": "*\n!src/\n!b.py\n"},
    "any folder": {".gitignore": "*/\n!src/\n!src/app/\n"},
    "folders of a folder": {".gitignore": "src/*/\n!src/build\n"},
    "a folder by a name and a path": {".gitignore": "deep/\nsrc/app/\n!src/app\n"},
    "what makes no sense": {".gitignore": "!\n/\n[\n*.csv\n"},
    "character classes": {".gitignore": "[an]*.csv\n?eep.log\n"},
    "other alphabets": {".gitignore": "ü/\n"},
    "ends of lines of another system": {".gitignore": "*.csv\r\n!keep.csv\r\n"},
}


def make(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, newline="")


def kept(folder: Path) -> set[str]:
    wanted = Wanted(folder, entry=PurePosixPath("app.py"), cwd=PurePosixPath(), is_whole=True)
    return {str(name) for name, path in gather(wanted) if path.is_file()}


def git(folder: Path, *words: str) -> str:
    alone = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["git", *words], cwd=folder, env=alone, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.mark.parametrize("case", RULES)
def test_it_keeps_what_git_would_add(case: str, tmp_path: Path) -> None:
    make(tmp_path, dict.fromkeys(FILES, DASH) | RULES[case])
    git(tmp_path, "init", "-q")
    git_keeps = set(git(tmp_path, "ls-files", "-z", "--others", "--exclude-standard").split("\0")) - {""}
    assert kept(tmp_path) == git_keeps | {"app.py"}  # the entry comes whatever a rule says
    assert kept(tmp_path) != {*FILES, *RULES[case]}, "a case without effect proves nothing"


def test_rules_of_the_repository_above_count_and_those_above_it_do_not(tmp_path: Path) -> None:
    app = tmp_path / "repository" / "apps" / "what-if"
    make(app, {"app.py": DASH, "a.log": "", "a.csv": "", "a.txt": ""})
    make(
        tmp_path, {".gitignore": "*.txt\n", "repository/.gitignore": "*.log\n", "repository/apps/.gitignore": "*.csv\n"}
    )
    (tmp_path / "repository" / ".git").mkdir()
    assert kept(app) == {"app.py", "a.txt"}


def test_without_a_repository_only_the_folders_own_rules_count(tmp_path: Path) -> None:
    make(
        tmp_path,
        {".gitignore": "*.csv\n", "app/app.py": DASH, "app/a.csv": "", "app/b.csv": "", "app/.gitignore": "b*"},
    )
    assert kept(tmp_path / "app") == {"app.py", "a.csv", ".gitignore"}


def test_a_folder_that_somebody_chose_is_taken_though_the_repository_leaves_it_out(tmp_path: Path) -> None:
    make(tmp_path, {".gitignore": "scratch/\n", "scratch/app.py": DASH, "scratch/a.csv": ""})
    (tmp_path / ".git").mkdir()
    assert kept(tmp_path / "scratch") == {"app.py", "a.csv"}


def test_our_own_rules_win_over_those_of_git_beside_them(tmp_path: Path) -> None:
    make(tmp_path, {"app.py": DASH, "a.csv": "", "b.csv": "", "notes.txt": ""})
    make(tmp_path, {".gitignore": "*.csv\n", ".vitrinaignore": "!a.csv\nnotes.txt\n.*ignore\n"})
    assert kept(tmp_path) == {"app.py", "a.csv"}


def test_a_rule_brings_back_what_is_usually_left_out_but_never_what_nobody_wants(tmp_path: Path) -> None:
    make(tmp_path, {"app.py": DASH, ".gradio/x": "", "__pycache__/x.pyc": "", "mine/pyvenv.cfg": "", "mine/x.py": ""})
    assert kept(tmp_path) == {"app.py"}
    make(tmp_path, {".vitrinaignore": "!*\n"})
    assert kept(tmp_path) == {"app.py", ".gradio/x", ".vitrinaignore"}


def test_a_bundle_that_is_logged_from_a_relative_path_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, {".gitignore": "*.csv\n", "app/app.py": DASH, "app/a.csv": "", "app/b.log": ""})
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    assert pack("app").digest == pack(tmp_path / "app").digest
    assert pack("./app/../app").digest == pack(tmp_path / "app").digest
