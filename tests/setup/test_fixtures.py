"""The fixtures of the whole test tree keep what they promise."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import create_engine, make_url, text

pytest_plugins = ["pytester"]

slow = pytest.mark.slow
ROOT = Path(__file__).parents[2]


@slow
def test_a_postgres_url_leads_to_an_empty_database_that_sorts_by_language(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE word (it text)"))
        connection.execute(text("INSERT INTO word VALUES ('b'), ('B'), ('a')"))
        assert connection.scalars(text("SELECT it FROM word ORDER BY it")).all() == ["a", "b", "B"]
        assert connection.scalar(text("SHOW timezone")) == "Asia/Kathmandu"
    engine.dispose()


@slow
def test_the_next_test_meets_nothing_of_the_one_before(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT to_regclass('word')")) is None
    engine.dispose()
    assert make_url(postgres_url).drivername == "postgresql+psycopg"


class OnePage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<h1>Here</h1>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class calls it so
        """Says nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), OnePage) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"localhost:{server.server_port}"
        server.shutdown()
        thread.join()


@slow
def test_a_page_reaches_this_machine_under_any_localhost_name(page: Page, site: str) -> None:
    page.goto(f"http://anything.{site}/")
    assert page.inner_text("h1") == "Here"


@slow
def test_two_visitors_share_no_cookies(new_context: Callable[..., BrowserContext], site: str) -> None:
    first, second = new_context(), new_context()
    first.add_cookies([{"name": "a", "value": "1", "url": f"http://{site}"}])
    assert second.cookies() == []


LEAVES_A_PROCESS = """
    import subprocess

    def test_it(request):
        process = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process.stdin.write(b"here\\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"here\\n"
        request.config.process = process
"""
LEAVES_A_THREAD = """
    import threading

    def test_it(request):
        request.config.event = threading.Event()
        threading.Thread(target=request.config.event.wait, args=[1], name="forgotten").start()
"""
ASKS_A_STRANGER = """
    def test_it(page):
        page.set_content("<img src='http://example.org/a.png'>")
        page.wait_for_load_state()
"""
FAILS_ON_A_PAGE = """
    def test_it(page):
        page.set_content("<h1>Wrong</h1>")
        assert page.inner_text("h1") == "Right"
"""


@slow
@pytest.mark.parametrize(
    ("source", "words"),
    [
        (LEAVES_A_PROCESS, ["This test left behind:", "process ", ": cat"]),
        (LEAVES_A_THREAD, ["This test left behind:", "thread forgotten"]),
        (ASKS_A_STRANGER, ["Pages asked other hosts:", "http://example.org/a.png"]),
        (FAILS_ON_A_PAGE, ["when the test failed: ", "/page-0.png"]),
    ],
    ids=["process", "thread", "stranger", "picture"],
)
def test_a_test_that_misbehaves_is_told(pytester: pytest.Pytester, source: str, words: list[str]) -> None:
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text())
    pytester.makeini(f"[pytest]\npythonpath = {ROOT / 'tests' / 'fixtures'}\n")
    pytester.makepyfile(source)
    result = pytester.runpytest_subprocess("-p", "no:xdist")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    said = result.stdout.str()
    assert all(word in said for word in words), said
