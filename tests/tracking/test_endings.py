"""How a run ends, and what it says then."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from vitrina.store.records import Status
from vitrina.tracking.endings import LONGEST_MESSAGE, Ending, ending_of
from vitrina.tracking.last_words import Outcome, Tally, lines


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (None, Ending(Status.SUCCEEDED, "end")),
        (KeyboardInterrupt(), Ending(Status.STOPPED, "interrupted", "Interrupted by Ctrl-C.")),
        (SystemExit(), Ending(Status.SUCCEEDED, "exit")),
        (SystemExit(2), Ending(Status.FAILED, "exit", "Exit code 2.")),
        (ValueError("a\nb"), Ending(Status.FAILED, "exception", "ValueError: a\nb")),
        (ValueError(), Ending(Status.FAILED, "exception", "ValueError")),
    ],
)
def test_what_ended_a_run_is_told_apart(error: BaseException | None, ending: Ending) -> None:
    assert ending_of(error) == ending


def test_an_exception_that_prints_an_array_is_cut() -> None:
    message = ending_of(ValueError("x" * 10_000)).message
    assert len(message) == LONGEST_MESSAGE
    assert message.endswith("…")


def test_the_last_words_say_what_was_logged_where_it_is_and_what_is_next() -> None:
    tally = Tally()
    tally.note("inputs", ["lr", "depth"])
    tally.note("metrics", ["loss"])
    tally.note("metrics", ["loss"])
    tally.note("charts", ["roc"])
    tally.note("models", ["classifier@1.1.0"])
    tally.note("apps", ["what-if"])
    outcome = Outcome("acme/churn/runs/9f3c", Status.SUCCEEDED, "", 12.34, "sqlite:////data/store.db", tally.names())
    assert lines(outcome) == [
        "Run acme/churn/runs/9f3c succeeded after 12.3 s: 2 inputs, 1 metric, 1 chart, model classifier@1.1.0, 1 app.",
        "It is in sqlite:////data/store.db.",
        "See it: start `vitrina hub`, then open http://localhost:8400/acme/churn/runs/9f3c",
    ]


@pytest.mark.parametrize(("seconds", "words"), [(0.04, "0.0 s"), (75, "1 min 15 s"), (7300, "2 h 1 min")])
def test_a_duration_is_read_as_people_say_it(seconds: float, words: str) -> None:
    outcome = Outcome("a/b/runs/c", Status.FAILED, "ValueError: no", seconds, "here", {})
    assert lines(outcome)[0] == f"Run a/b/runs/c failed after {words} (ValueError: no): nothing logged."


@pytest.mark.slow
def test_a_person_at_a_terminal_is_told_and_a_pipe_is_not(run_script, tmp_path: Path) -> None:
    source = (
        "from vitrina import tracking\nwith tracking.run(project='acme/churn') as run: run.log_metric('loss', 1.0)\n"
    )
    assert run_script(source).stderr == ""
    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        pytest.skip(f"THIS MACHINE HAS NO PSEUDO-TERMINALS (is /dev/pts mounted?), so no test can sit at one: {error}")
    with subprocess.Popen([sys.executable, str(tmp_path / "script.py")], stderr=theirs) as script:
        os.close(theirs)
        told = os.read(ours, 10_000).decode()
    os.close(ours)
    assert script.returncode == 0
    first, second, third = told.splitlines()
    assert re.fullmatch(r"Run acme/churn/runs/[0-9a-f]{16} succeeded after [0-9.]+ s: 1 metric\.", first)
    assert second.startswith("It is in sqlite:///")
    assert third.startswith("See it: start `vitrina hub`, then open http://localhost:8400/acme/churn/runs/")
