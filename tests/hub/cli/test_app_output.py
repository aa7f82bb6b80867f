"""`vitrina app logs`."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vitrina.store.records import Running

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def note(store, shown, log: Path, *, number: int = 1, state: str = "ready") -> None:
    store.instances.note(Running(shown.app.revision_id, "front", state, "", None, str(log), NOW, NOW, number))


def test_it_prints_what_an_app_wrote_last(vitrina, store, shown, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text("one\ntwo\nthree\n")
    note(store, shown, tmp_path / "app.log", state="crashed")
    assert vitrina("app", "logs", shown.app.ref, "-n", "2").out == "two\nthree\n"


def test_each_instance_has_its_own(vitrina, store, shown, tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.log").write_text(f"of {number}\n")
        note(store, shown, tmp_path / f"{number}.log", number=number)
    assert vitrina("app", "logs", shown.app.ref, "--instance", 2).out == "of 2\n"
    said = vitrina("app", "logs", shown.app.ref, "--instance", 3)
    assert said.code == 1
    assert said.err.startswith(f"vitrina: There is no log of instance 3 of {shown.app.ref} on this machine.")


def test_nothing_written_is_said_with_what_to_do(vitrina, shown) -> None:
    said = vitrina("app", "logs", shown.app.ref)
    assert said.code == 1
    assert said.err.endswith(f"It is written when the app runs: vitrina app open {shown.app.ref}\n")


@pytest.mark.slow
def test_followed_it_goes_on_until_ctrl_c(store, shown, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("one\ntwo\n")
    note(store, shown, log)
    words = ["app", "logs", shown.app.ref, "--follow", "-n", "1"]
    command = [sys.executable, "-c", "from vitrina.hub.cli import main; main()", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "two\n"
        with log.open("a") as file:
            file.write("three\n")
        assert process.stdout.readline() == "three\n"
        log.replace(tmp_path / "app.log.1")
        log.write_text("in a new file\n")
        assert process.stdout.readline() == "in a new file\n"
        process.send_signal(signal.SIGINT)
        assert process.communicate() == ("", "")
        assert process.returncode == 0
