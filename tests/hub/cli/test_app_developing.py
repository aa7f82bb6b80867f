"""`vitrina app run`, as somebody has it in a terminal: real processes, real saves."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, expect

pytestmark = pytest.mark.slow

TIMEOUT_MS = 60_000

REF = "demo/tumours/models/classifier@1.0.0"

APP = """
from words import HELLO

async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": HELLO.encode()})
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "words.py").write_text("HELLO = 'one'\n")
    (folder / "hello.py").write_text(APP)
    return folder / "hello.py"


class Terminal:
    """A command that runs, with what it says in the order in which it says it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def until(self, word: str) -> list[str]:
        """The lines up to the one that holds this word."""
        assert self.process.stdout is not None
        said: list[str] = []
        for line in self.process.stdout:
            said.append(line.rstrip("\n"))
            if word in line:
                return said
        pytest.fail(f"It never said {word!r}, but: {said}")

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Ctrl-C; its exit code, and what it still said."""
        self.process.send_signal(number)
        said, _ = self.process.communicate()
        return self.process.returncode, said


@contextmanager
def typed(*words: object) -> Iterator[Terminal]:
    command = [sys.executable, "-c", "from vitrina.hub.cli import main; main()", "app", "run", *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield Terminal(process)
        finally:
            process.terminate()


def page(address: str) -> str:
    with urlopen(address) as answer:
        return answer.read().decode()


def window_of(terminal: Terminal) -> str:
    return terminal.until("A page that follows each save")[-1].split()[-1]


def served_at(terminal: Terminal) -> str:
    return terminal.until("is served at")[-1].split()[4]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_save_of_any_file_starts_it_again_behind_the_same_address(script: Path, number: signal.Signals) -> None:
    with typed(script, "--framework", "asgi") as terminal:
        address = served_at(terminal)
        assert page(address) == "one"
        (script.parent / "words.py").write_text("HELLO = 'two'\n")
        terminal.until("words.py changed: starting again.")
        terminal.until("Served anew after")
        assert page(address) == "two"
        assert terminal.interrupt(number) == (0, "")


def test_an_open_page_follows_each_save(script: Path, new_context: Callable[..., BrowserContext]) -> None:
    with typed(script, "--framework", "asgi") as terminal:
        tab = new_context().new_page()
        tab.goto(window_of(terminal))
        expect(tab.frame_locator("iframe").locator("body")).to_have_text("one")
        (script.parent / "words.py").write_text("HELLO = 'two'\n")
        expect(tab.frame_locator("iframe").locator("body")).to_have_text("two", timeout=TIMEOUT_MS)
        (script.parent / "words.py").write_text("HELLO = <b>\n")
        expect(tab.get_by_role("status")).to_contain_text("It does not start.", timeout=TIMEOUT_MS)
        expect(tab.frame_locator("iframe").locator("body")).to_have_text("two")
        assert terminal.interrupt()[0] == 0
        expect(tab.get_by_role("status")).to_have_text("vitrina app run has ended.", timeout=TIMEOUT_MS)


def test_what_fails_shows_its_own_lines_and_keeps_the_one_before(script: Path) -> None:
    with typed(script, "--framework", "asgi") as terminal:
        address = served_at(terminal)
        (script.parent / "words.py").write_text("HELLO = 1 / 0\n")
        said = terminal.until("It does not start.")
        assert said[-1].endswith("The one before serves on.")
        assert "ZeroDivisionError: division by zero (words.py line 1)" in said[-1]
        trace = said[said.index("Traceback (most recent call last):") :]
        assert trace[1].strip() == f'File "{script}", line 2, in <module>'
        assert page(address) == "one"
        (script.parent / "words.py").write_text("HELLO = 'right'\n")
        terminal.until("Served anew after")
        assert page(address) == "right"


def test_a_first_start_that_fails_ends_it_with_one_line(script: Path) -> None:
    (script.parent / "words.py").write_text("HELLO = 1 / 0\n")
    with typed(script, "--framework", "asgi") as terminal:
        said = terminal.until("vitrina: ")
        assert said[-1].startswith("vitrina: The app file failed: ZeroDivisionError")
        assert terminal.process.wait() == 1


@pytest.mark.parametrize("reload", ["--reload", "--no-reload"])
def test_an_app_runs_here_with_the_version_it_is_given(shown, script: Path, reload: str) -> None:
    script.write_text("from vitrina.apps import served\nprint('given', served().ref, flush=True)\n" + APP)
    with typed(script, "--model", REF, "--framework", "asgi", reload) as terminal:
        assert terminal.until("given") == [f"given {REF}"]
        assert page(served_at(terminal)) == "one"
        assert terminal.interrupt()[0] == 0


def test_a_program_is_run_again_too(script: Path) -> None:
    (script.parent / "server.py").write_text(
        "import sys\nfrom http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer\n"
        "ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), SimpleHTTPRequestHandler).serve_forever()\n"
    )
    with typed(script.parent, "--command", f"{sys.executable} server.py {{port}}") as terminal:
        address = served_at(terminal)
        assert page(f"{address}/words.py") == "HELLO = 'one'\n"
        (script.parent / "words.py").write_text("HELLO = 'two'\n")
        terminal.until("Served anew after")
        assert page(f"{address}/words.py") == "HELLO = 'two'\n"
        assert terminal.interrupt()[0] == 0
