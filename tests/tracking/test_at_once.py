"""Two processes that log to the same collection at the same moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vitrina.store.opening import Store
from vitrina.store.refs import Noun

SCRIPT = """
import sys
from pathlib import Path
from vitrina import tracking

with tracking.run("fit", project="acme/churn"):
    print("ready", flush=True)
    sys.stdin.readline()
    for text in sys.argv[1:]:
        Path(sys.argv[0]).with_suffix("." + text).write_text(text)
        print(tracking.log_model("m", Path(sys.argv[0]).with_suffix("." + text)).version, flush=True)
"""


@pytest.mark.slow
def test_each_new_content_gets_one_number_whoever_logs_it(any_store: Store, tmp_path: Path) -> None:
    """Both log `same`, and something of their own: one wins each number, and the same content has the same."""
    processes: list[subprocess.Popen[str]] = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        script = tmp_path / name / "script.py"
        script.write_text(SCRIPT)
        command = [sys.executable, str(script), "same", name]
        processes.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    (same_one, one), (same_two, two) = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert same_one == same_two
    assert {same_one, one, two} == {"1.0.0", "1.0.1", "1.0.2"}
    collection = any_store.registry.collection(any_store.projects.get("acme", "churn"), Noun.MODEL, "m")
    assert len(any_store.registry.versions([collection.id])[collection.id]) == 3
