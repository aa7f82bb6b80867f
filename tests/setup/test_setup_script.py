"""scripts/setup.sh does what is not done yet, and says what it cannot do. Here it runs on a small project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[2] / "scripts" / "setup.sh"
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "tiny"
version = "1"
[project.optional-dependencies]
all = []
test = []
check = []
"""
# A build backend in one file, so that pip needs no network to install the project.
BACKEND = """
import zipfile

METADATA = "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n" + "".join(
    f"Provides-Extra: {extra}\\n" for extra in ("all", "test", "check"))

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr("tiny-1.dist-info/METADATA", METADATA)
        wheel.writestr("tiny-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("tiny-1.dist-info/RECORD", "")
    return name
"""
NEEDED = [
    "bash",
    "cat",
    "chmod",
    "dirname",
    "env",
    "find",
    "flock",
    "grep",
    "id",
    "mkdir",
    "paste",
    "printf",
    "rm",
    "sh",
    "sort",
    "tail",
    "uname",
]
BROUGHT = ["chromium", "pdftotext", "initdb", "bwrap", "nginx"]

Setup = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(SCRIPT, folder / "scripts")
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "backend.py").write_text(BACKEND)
    return folder


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder to be the whole PATH: what the script itself uses, and what `make test` needs to be there."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in NEEDED + BROUGHT:
        found = shutil.which(name) or shutil.which("true")
        assert found
        (folder / name).symlink_to(found)
    return folder


@pytest.fixture
def setup(programs: Path) -> Setup:
    def run(project: Path, profile: str = "test", **environment: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": str(programs), "HOME": str(project), "PYTHON": sys.executable, **environment}
        command = [project / "scripts" / "setup.sh", profile]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    return run


def write_program(folder: Path, name: str, *lines: str) -> None:
    program = folder / name
    program.unlink(missing_ok=True)
    program.write_text("\n".join(["#!/bin/bash", *lines, ""]))
    program.chmod(0o755)


def test_the_second_time_says_and_does_nothing(project: Path, setup: Setup) -> None:
    first = setup(project)
    assert (first.returncode, first.stderr) == (0, "")
    assert "Installed in" in first.stdout
    log = (project / ".venv" / "setup.log").stat()
    for profile in ("test", "demo"):  # what tests need holds what the demo needs
        again = setup(project, profile)
        assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert (project / ".venv" / "setup.log").stat() == log


def test_only_a_change_of_what_is_asked_for_installs_again(project: Path, setup: Setup) -> None:
    setup(project)
    pyproject = project / "pyproject.toml"
    pyproject.write_text(PYPROJECT + "[tool.ruff]\nline-length = 100\n")
    assert setup(project).stdout == ""
    pyproject.write_text(PYPROJECT + "more = []\n")
    assert "Installed in" in setup(project).stdout


def test_a_venv_of_another_folder_is_made_anew(project: Path, setup: Setup) -> None:
    setup(project)
    moved = project.rename(project.with_name("moved"))
    said = setup(moved)
    assert said.returncode == 0
    assert "making it anew" in said.stdout
    assert str(moved) in (moved / ".venv" / "bin" / "pip").read_text()


def test_a_failed_installation_is_told_and_tried_again(project: Path, setup: Setup) -> None:
    (project / "backend.py").write_text("raise ImportError('the disk is full')")
    failed = setup(project)
    assert failed.returncode == 1
    assert "pip could not install the libraries (all it said: .venv/setup.log)" in failed.stderr
    (project / "backend.py").write_text(BACKEND)
    assert "Installed in" in setup(project).stdout


def test_who_may_not_install_packages_is_told_which_in_one_line(project: Path, programs: Path, setup: Setup) -> None:
    for name in ("chromium", "pdftotext"):
        (programs / name).unlink()
    said = setup(project)
    assert said.returncode == 1
    assert said.stdout == ""
    assert said.stderr.splitlines() == [
        "setup: packages are missing that this account may not install. "
        "As root: apt-get install -y chromium poppler-utils"
    ]
    assert not (project / ".venv").exists()


def test_packages_are_installed_with_sudo_that_asks_for_no_password(
    project: Path, programs: Path, setup: Setup, tmp_path: Path
) -> None:
    calls, chromium = tmp_path / "calls", programs / "chromium"
    chromium.unlink()
    write_program(programs, "id", "echo 1000")
    write_program(programs, "apt-get", "exit 77  # only by sudo")
    write_program(
        programs,
        "sudo",
        f'echo "$*" >>{calls}',
        f'[ "${{*: -1}}" != chromium ] || {shutil.which("cp")} {programs}/apt-get {chromium}',
    )
    said = setup(project)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("Installing Debian packages: chromium\n")
    allowed, update, no_cluster, install, cluster_again = calls.read_text().splitlines()
    assert allowed == "-n true"
    assert update.endswith(" update")
    assert "create_main_cluster = false" in no_cluster
    assert install.endswith(" install -y --no-install-recommends chromium")
    assert cluster_again.startswith("rm -f ")


def test_packages_that_apt_get_cannot_install_are_told(project: Path, programs: Path, setup: Setup) -> None:
    (programs / "chromium").unlink()
    write_program(programs, "id", "echo 1000")
    write_program(programs, "apt-get", "")
    write_program(programs, "sudo", '[ "$*" = "-n true" ] || { echo "E: no space left"; exit 100; }')
    said = setup(project)
    assert said.returncode == 1
    assert "E: no space left" in said.stderr
    assert "apt-get could not install them" in said.stderr


def test_an_old_python_is_refused_with_the_way_to_name_another(project: Path, programs: Path, setup: Setup) -> None:
    write_program(programs, "python3", '[ "$1" = --version ] && echo "Python 3.9.2"', "exit 1")
    said = setup(project, "demo", PYTHON="python3")
    assert said.returncode == 1
    assert "Python 3.9.2 is too old" in said.stderr
    assert "PYTHON=python3.12 make demo" in said.stderr


def test_an_unknown_profile_is_wrong_usage(project: Path, setup: Setup) -> None:
    said = setup(project, "everything")
    assert (said.returncode, said.stderr) == (2, "usage: scripts/setup.sh demo|test\n")


def test_the_tests_have_what_they_were_set_up_with() -> None:
    """The real clone: what `make test` prepared before this very test is there."""
    assert os.access(Path(__file__).parents[2] / ".venv" / "bin" / "vitrina", os.X_OK)
