"""What apps know of their version works in any environment: with an interpreter that has none of our libraries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from vitrina.apps import viewing, write_served
from vitrina.apps.environments import runner
from vitrina.apps.viewing import Viewer, headers_of

META: dict[str, Any] = {
    "ref": "acme/churn/models/classifier@1.1.0",
    "name": "classifier",
    "version": "1.1.0",
    "kind": "model",
    "owner": "acme",
    "project": "churn",
    "params": {"depth": 3},
    "metrics": {"accuracy": 0.93},
    "signature": None,
    "flavour": None,
}

APP = """
import sys
sys.path.append({library!r})
from wsgiref.util import setup_testing_defaults
from vitrina.apps import served

version = served()
print(version.ref, version.metrics["accuracy"], version.path("model.bin").read_text())
environ = {{"HTTP_" + name.upper().replace("-", "_"): value for name, value in {headers!r}.items()}}
setup_testing_defaults(environ)
viewer = version.viewer(environ)
print(viewer.user, viewer.name, *viewer.groups)
print(version.viewer(environ | {{"HTTP_X_VITRINA_USER": "bob"}}).user, version.viewer().user)
print(*sorted({{name.partition(".")[0] for name in sys.modules}} - set(sys.stdlib_module_names) - {{"__main__"}}))
"""


@pytest.fixture
def served_folder(tmp_path: Path) -> Path:
    (tmp_path / "model.bin").write_text("weights")
    write_served(tmp_path / "served", meta=META, files=[("model.bin", tmp_path / "model.bin")])
    return tmp_path / "served"


def test_a_bare_interpreter_reads_version_and_viewer(tmp_path: Path, served_folder: Path) -> None:
    library = runner.place(tmp_path / "runner")
    headers = headers_of(Viewer("alice", "Alice Müller", ("risk",)), key="key", now_s=2e9)
    program = APP.format(library=str(library), headers=headers)
    patient = f"import time; time.time = lambda: 2e9 + 60\n{program}"
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", patient],  # -S: without the folder of installed libraries
        env={"VITRINA_SERVED": str(served_folder), viewing.VARIABLE: "key"},
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    assert answer.stdout.decode().splitlines() == [
        "acme/churn/models/classifier@1.1.0 0.93 weights",
        "alice Alice Müller risk",
        "None None",
        "vitrina",
    ]


def test_it_is_on_the_path_to_be_read_only(tmp_path: Path) -> None:
    library = runner.place(tmp_path / "runner")
    files = [path for path in library.rglob("*") if path.is_file()]
    assert library / "vitrina" / "apps" / "served.py" in files
    assert not [path for path in files if path.stat().st_mode & 0o222]
