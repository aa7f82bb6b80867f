"""Which release of a framework is installed, and what an app of an older one is allowed for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vitrina.apps.frameworks import releases

FOUND = "import sys; from vitrina.apps.frameworks import releases; print(releases.is_older(sys.argv[1]))"


@pytest.mark.parametrize(("version", "is_older"), [("5.49.1", True), ("6.0.0", False), ("6.0.0rc1", False)])
def test_the_release_of_an_environment_is_seen_before_its_libraries_may_run(
    tmp_path: Path, version: str, *, is_older: bool
) -> None:
    """An app may listen on a port of its own only if its framework is older, which its walls are to know."""
    assert ask(environment(tmp_path, version)) == str(is_older)


def test_a_framework_that_an_environment_has_not_is_not_older(tmp_path: Path) -> None:
    assert ask(environment(tmp_path, "5.49.1"), "streamlit") == "False"


def test_what_is_no_framework_is_not_older() -> None:
    assert not releases.is_older("plain")


def environment(folder: Path, version: str) -> Path:
    """An environment as uv makes one, with a Gradio whose code must not run."""
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    (folder / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).resolve().parent}\n")
    packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    told = packages / f"gradio-{version}.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: gradio\nVersion: {version}\n")
    (packages / "hostile.pth").write_text("import os; os._exit(9)\n")
    (packages / "gradio.py").write_text("import os; os._exit(9)\n")
    return folder / "bin" / "python"


def ask(python: Path, name: str = "gradio") -> str:
    own = str(Path(releases.__file__).parents[3])
    started = [python, "-P", "-S", "-c", FOUND, name]
    return subprocess.run(started, check=True, text=True, capture_output=True, env={"PYTHONPATH": own}).stdout.strip()
