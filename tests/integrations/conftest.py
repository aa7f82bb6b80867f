"""Environments for libraries that nothing else needs: on top of the one that runs these tests."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

Overlay = Callable[..., Path]


@pytest.fixture(scope="session")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Overlay:
    """`overlay("name", "lightgbm", …)` gives the interpreter of an environment with these libraries; whatever it does
    not bring itself, Vitrina too, it has from the one that runs the tests. The package index is pip's own."""

    def make(name: str, *requirements: str) -> Path:
        folder = tmp_path_factory.mktemp(name)
        venv.create(folder, with_pip=False, symlinks=True)
        (site,) = folder.glob("lib/python*/site-packages")
        below = [path for path in sys.path if path.endswith("site-packages")]
        # Lines of such a file that begin with import are run; one that is a path alone would not read .pth files there.
        (site / "below.pth").write_text("".join(f"import site; site.addsitedir({path!r})\n" for path in below))
        pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install"]
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--no-compile"]
        done = subprocess.run([*pip, *quiet, *requirements], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
        return folder / "bin" / "python"

    return make
