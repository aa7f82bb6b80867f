"""`vitrina app run`, as somebody has it in a terminal: real processes, real saves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, expect

from vitrina.apps import trial
from vitrina.apps.levels import Level
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.versions import Stage

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
def typed(*words: object, variables: Mapping[str, str] = MappingProxyType({})) -> Iterator[Terminal]:
    command = [sys.executable, "-c", "from vitrina.hub.cli import main; main()", "app", "run", *map(str, words)]
    given = {**os.environ, **variables}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=given) as process:
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


@pytest.mark.parametrize("how", [("--reload",), ("--no-reload",), ("--as-hub", "--isolation", "process")], ids=" ".join)
def test_it_has_the_version_in_production_beside_its_own(
    shown, store, script: Path, tmp_path: Path, how: tuple[str, ...]
) -> None:
    model = tmp_path / "model.txt"
    model.write_text("the next one")
    newer = store.registry.log(shown.project, Noun.MODEL, "classifier", Draft([("model.txt", model)])).version
    store.promotions.promote(shown.version, Stage.PRODUCTION, reason="")
    beside = (
        "served().production() and (served().production().ref, served().production().path('model.txt').read_text())"
    )
    (script.parent / "words.py").write_text(f"from vitrina.apps import served\nHELLO = str({beside})\n")
    with typed(script, "--model", newer.ref, "--framework", "asgi", *how) as terminal:
        assert page(served_at(terminal)) == str((REF, "weights of tumours"))
        assert terminal.interrupt()[0] == 0
    with typed(script, "--model", REF, "--framework", "asgi", *how) as terminal:
        assert page(served_at(terminal)) == "None", "it is the one in production itself"
        assert terminal.interrupt()[0] == 0


def test_an_app_that_writes_beside_its_code_is_not_started_without_end(script: Path) -> None:
    """It writes at each start, into a file that was there and one that was not."""
    counted = script.parent / "starts.csv"
    counted.write_text("")
    write = "from pathlib import Path\nfor name in ('starts.csv', 'new.db'):\n"
    write += "    with Path(__file__).with_name(name).open('a') as file:\n        file.write('1')\n"
    (script.parent / "words.py").write_text(f"{write}HELLO = 'one'\n")
    with typed(script.parent, "--entry", script.name, "--framework", "asgi") as terminal:
        address = served_at(terminal)
        terminal.until("starts.csv changes after every start: taken for the app's own")
        words = script.parent / "words.py"
        words.write_text(words.read_text().replace("one", "two"))
        said = terminal.until("words.py changed: starting again.")
        terminal.until("Served anew after")
        assert page(address) == "two"
        assert [line for line in said if "starts.csv changed" in line] == []
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


def test_as_hub_it_starts_from_its_bundle_with_nothing_of_the_shell(shown, script: Path) -> None:
    facts = "os.environ.get('OF_THE_SHELL'), os.path.exists('notes.txt'), served().ref"
    (script.parent / "words.py").write_text(f"import os\nfrom vitrina.apps import served\nHELLO = str([{facts}])\n")
    (script.parent / "notes.txt").write_text("not in the bundle")
    words = (script, "--framework", "asgi", "--as-hub", "--isolation", "process", "--model", REF)
    with typed(*words, variables={"OF_THE_SHELL": "secret"}) as terminal:
        [level] = terminal.until("Network: none.")
        assert level.startswith("Apps are isolated by 'process'")
        address = served_at(terminal)
        assert page(address) == str([None, False, REF])
        (script.parent / "words.py").write_text("HELLO = 'two'\n")
        terminal.until("Served anew after")
        assert page(address) == "two"
        (script.parent / "words.py").write_text("HELLO = 1 / 0\n")
        said = terminal.until("It does not start.")
        assert "ZeroDivisionError: division by zero" in said
        assert page(address) == "two"
        assert terminal.interrupt()[0] == 0


def test_as_hub_a_first_failure_shows_the_log_and_one_line(script: Path) -> None:
    (script.parent / "words.py").write_text("HELLO = 1 / 0\n")
    with typed(script, "--framework", "asgi", "--as-hub", "--isolation", "process") as terminal:
        said = terminal.until("vitrina: ")
        assert "ZeroDivisionError: division by zero" in said
        assert said[-1].startswith("vitrina: The app file failed: ZeroDivisionError")
        assert terminal.process.wait() == 1


def test_as_hub_the_strongest_level_holds(script: Path) -> None:
    if trial.available().strongest is not Level.SANDBOX:
        pytest.skip(f"NO SANDBOX HERE: {trial.available().lacking}")
    facts = f"os.path.exists({str(script)!r}), os.getpid() < 100"
    (script.parent / "words.py").write_text(f"import os\nHELLO = str([{facts}])\n")
    with typed(script, "--framework", "asgi", "--as-hub") as terminal:
        assert terminal.until("Network")[-1].startswith("Apps are isolated by 'sandbox', the strongest")
        assert page(served_at(terminal)) == str([False, True])
        assert terminal.interrupt()[0] == 0


def test_what_only_a_hub_gives_is_not_taken_in_silence(vitrina, script: Path) -> None:
    said = vitrina("app", "run", script, "--network", "full", "--isolation", "process")
    assert (said.code, said.err) == (
        1,
        "vitrina: --isolation, --network: that only means something for a start as the hub makes it. "
        "Say that too: --as-hub\n",
    )
    assert "Leave out --no-reload." in vitrina("app", "run", script, "--as-hub", "--no-reload").err
