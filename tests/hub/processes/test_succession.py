"""What a program leaves to the one that replaces it, and what becomes of it when there is none."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from vitrina.hub.processes import succession
from vitrina.hub.processes.keeper import Kept
from vitrina.hub.processes.succession import TRIAL, VARIABLE, Estate


def an_estate(*files: int, kept: tuple[Kept, ...] = ()) -> Estate:
    return Estate(os.getpid(), *files, starts=2, isolation="landlock", kept=kept)


def test_an_estate_is_understood_by_the_program_that_gets_it(tmp_path: Path) -> None:
    with socket.socket() as portal, socket.socket() as front, (tmp_path / "claim").open("w") as claim:
        left = an_estate(portal.fileno(), front.fileno(), claim.fileno())
        environ = {VARIABLE: left.text()}
        assert succession.inherit(environ) == left
    assert environ == {}


def test_only_a_trial_is_a_trial_and_it_must_understand_the_estate() -> None:
    told = an_estate(3, 4, 5, kept=(Kept("gradio", 7, 8, 9),)).text()
    assert not succession.is_trial({VARIABLE: told})
    assert succession.is_trial({VARIABLE: told, TRIAL: "1"})
    with pytest.raises(TypeError, match="colour"):
        succession.is_trial({VARIABLE: told.replace("isolation", "colour"), TRIAL: "1"})


def test_without_the_program_nothing_is_given_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    reading, writing = os.pipe()
    estate = an_estate(reading, reading, writing)
    with pytest.raises(FileNotFoundError):
        succession.trial(estate)
    with pytest.raises(FileNotFoundError):
        succession.replace(estate)
    assert not os.get_inheritable(reading), "no child gets it"
    assert not os.get_inheritable(writing)
    os.close(reading)
    os.close(writing)


EARLY = """
import os, signal
from vitrina.hub.processes import parent, succession
succession.hear_later()
os.kill(os.getpid(), succession.RESTART)  # by itself it would end this process
with parent._signals_wake() as woken:
    assert woken.recv(1) == bytes([succession.RESTART])
assert succession.RESTART not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
"""


def test_a_restart_that_is_asked_for_early_waits_until_somebody_hears_it() -> None:
    """In a process of its own: another thread of this one would hear the signal, and end it."""
    subprocess.run([sys.executable, "-c", EARLY], check=True, timeout=60)
