"""What is said to people: endings, failures, logs, messages. Values in, words out."""

from __future__ import annotations

import errno
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vitrina.apps import endings, failures
from vitrina.apps.environment import app_environment
from vitrina.apps.job import GarbledError, Job, Message, Step
from vitrina.apps.launchers.launcher import Exit
from vitrina.apps.logs import AppLog, mark_start, of_last_start, older, tail
from vitrina.store.errors import MissingExtraError


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (Exit(code=0), "The app ended by itself (exit 0)."),
        (Exit(code=1), "The app ended by itself (exit 1)."),
        (Exit(signal=9), "The app was killed (signal 9, SIGKILL). Perhaps out of memory?"),
        (Exit(signal=11), "The app broke down in native code (signal 11, SIGSEGV): a library's fault."),
        (Exit(signal=15), "The app was ended from outside (signal 15, SIGTERM)."),
        (Exit(signal=250), "The app was ended from outside (signal 250, unknown)."),
        (Exit(), "The app ended by itself (how is not known)."),
    ],
)
def test_an_ending_names_its_likely_cause(end: Exit, words: str) -> None:
    assert endings.ended(end) == f"{words} Its last log lines say more."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (45, "45 seconds"), (60, "1 minute"), (900, "15 minutes"), (3600, "1 hour"), (7200, "2 hours")],
)
def test_durations_are_said_as_people_do(seconds: float, words: str) -> None:
    assert endings.duration(seconds) == words


def test_a_full_disk_is_said_plainly(tmp_path: Path) -> None:
    for number in (errno.ENOSPC, errno.EDQUOT):
        words = failures.explain(OSError(number, "x"), step=Step.UNPACKING, folder=tmp_path)
        assert words == "The disk is full: the app could not be started. Free some space where the hub keeps its files."


def test_our_own_errors_speak_for_themselves(tmp_path: Path) -> None:
    missing = MissingExtraError("gradio", extra="apps", purpose="A Gradio app")
    words = failures.explain(missing, step=Step.LOADING, folder=tmp_path)
    assert words == 'A Gradio app needs gradio, which is not installed. Install it: pip install "vitrina[apps]"'


def test_an_import_that_fails_inside_a_library_points_at_the_apps_own_line(tmp_path: Path) -> None:
    source = "import json\n\njson.loads('{')\n"
    path = tmp_path / "pages" / "one.py"
    with pytest.raises(ValueError, match="Expecting") as caught:
        exec(compile(source, str(path), "exec"))
    words = failures.explain(caught.value, step=Step.RUNNING, folder=tmp_path)
    assert words.startswith("The app file failed: JSONDecodeError: Expecting property name")
    assert "(pages/one.py line 3)." in words


def test_other_imports_that_fail_send_to_the_log(tmp_path: Path) -> None:
    words = failures.explain(ImportError("no name 'x'"), step=Step.RUNNING, folder=tmp_path)
    assert words == f"The app file does not import: ImportError: no name 'x'. {failures.SEE_LOG}"


def test_no_path_of_the_hubs_machine_is_said(tmp_path: Path) -> None:
    missing = FileNotFoundError(errno.ENOENT, "No such file or directory", str(tmp_path / "data" / "x.csv"))
    words = failures.explain(missing, step=Step.RUNNING, folder=tmp_path)
    assert "No such file or directory: 'data/x.csv'" in words
    assert str(tmp_path) not in words


def test_an_error_without_words_is_named(tmp_path: Path) -> None:
    words = failures.explain(KeyError(), step=Step.LOADING, folder=tmp_path)
    assert words.startswith("The app could not be started (loading its framework): KeyError.")


def test_a_log_is_bounded_and_its_tail_goes_over_the_turn(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    log = AppLog(path, max_bytes=30)
    for number in range(10):
        log.write(f"line {number}\n".encode())
    log.close()
    assert path.stat().st_size <= 30
    assert older(path).stat().st_size <= 30
    assert tail(path, lines=3) == ["line 7", "line 8", "line 9"]
    assert tail(path, lines=100) == [f"line {number}" for number in range(4, 10)]


def test_a_log_goes_on_after_a_new_start(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    for text in (b"first\n", b"second \xff\n"):
        log = AppLog(path)
        log.write(text)
        log.close()
    assert tail(path, lines=5) == ["first", "second �"]


def test_the_log_of_a_start_is_parted_from_that_of_earlier_ones(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    for number in (1, 2):
        mark_start(path, at=datetime(2026, 11, 23, 19, number, tzinfo=UTC))
        log = AppLog(path)
        log.write(f"start {number}\n".encode())
        log.close()
    assert tail(path, lines=2) == ["--- Started at 2026-11-23 19:02:00 UTC.", "start 2"]
    assert of_last_start(tail(path, lines=9)) == ["start 2"]
    assert of_last_start(["the mark is further back"]) == ["the mark is further back"]


def test_no_link_is_followed_to_mark_a_start(tmp_path: Path) -> None:
    (tmp_path / "app.log").symlink_to(tmp_path / "else")
    mark_start(tmp_path / "app.log", at=datetime(2026, 11, 23, tzinfo=UTC))
    assert not (tmp_path / "else").exists()


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert tail(tmp_path / "none.log", lines=5) == []


def test_a_full_disk_drops_output_and_nothing_else() -> None:
    log = AppLog(Path("/dev/full"))
    log.write(b"never kept\n")
    log.close()


def test_messages_come_back_as_they_went() -> None:
    for message in (Message(step=Step.SERVING, health="/x"), Message(pid=7), Message(failure="no"), Message()):
        assert Message.parse(message.line()) == message
    job = Job(1, "dash", "app.py", ".", "/b", "0a", "http://x", "/f", "/s", "/l")
    assert Job.parse(job.line()) == job


@pytest.mark.parametrize(
    "line", [b"", b"[]", b"17", b"no json", b'{"health": 17}', b'{"step": "FLYING"}', b'{"colour": "red"}', b"\xff"]
)
def test_garbage_is_no_message(line: bytes) -> None:
    with pytest.raises(GarbledError):
        Message.parse(line)


def test_the_environment_is_a_list_of_what_may_pass(tmp_path: Path) -> None:
    hub = {
        "PATH": "/bin",
        "TZ": "UTC",
        "HTTPS_PROXY": "http://user:password@proxy",
        "VITRINA_TOKEN": "t",
        "HOME": "/root",
    }
    given = app_environment(hub, folder=tmp_path, served=None)
    assert (given["PATH"], given["TZ"], given["HOME"]) == ("/bin", "UTC", str(tmp_path / "home"))
    assert not {"HTTPS_PROXY", "VITRINA_TOKEN", "VITRINA_SERVED"} & given.keys()


def test_every_step_is_a_line_for_people() -> None:
    assert all(step.value[0].isupper() and step.value.endswith(".") for step in Step)
