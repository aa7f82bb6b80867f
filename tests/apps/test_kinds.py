"""Real starts of the kinds of app that tests/apps/test_frameworks.py leaves out, in the forms that people write."""

from __future__ import annotations

import json
import os
import re
import signal
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from vitrina.apps import State

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

Browser = aiohttp.ClientSession


@pytest.fixture
def way() -> str:
    """Forked from a nursery, where most can go wrong."""
    return "nursery"


async def ask_shiny(browser: Browser, number: int) -> str:
    async with browser.get("/") as page:
        text = await page.text()
        assert "shiny-input-number" in text
        assert not re.search(r'src="https?://', text), "its JavaScript comes from its own server"
    async with browser.ws_connect("/websocket/") as socket:
        data = {"number:shiny.number": number, ".clientdata_output_answer_hidden": False}
        await socket.send_json({"method": "init", "data": data})
        while True:
            said = json.loads(await socket.receive_str())
            if found := said.get("values", {}).get("answer"):
                return str(found)


async def ask_json(browser: Browser, number: int) -> str:
    async with browser.get(f"/square/{number}") as answered:
        assert answered.status == 200, await answered.text()
        return str(json.loads(await answered.text()))


USES = {
    "shiny_square": ask_shiny,
    "shiny_run": ask_shiny,
    "asgi_square": ask_json,
    "asgi_made": ask_json,
    "asgi_plain": ask_json,
    "wsgi_square": ask_json,
    "wsgi_made": ask_json,
    "wsgi_plain": ask_json,
}


@pytest.mark.parametrize("story", USES)
async def test_an_unchanged_app_answers(story: str, stand: Any, spec_of: Any, stories: Path, has_ended: Any) -> None:
    framework = story.partition("_")[0]
    ready = await stand.start(spec_of(stories / f"{story}.py", framework=framework))
    assert ready.state is State.READY, (ready.reason, await stand.supervisor.log_tail(ready.key))
    async with stand.visit(ready) as browser:
        assert await USES[story](browser, 5) == "The square is 25."
    await stand.supervisor.stop(ready.key, reason="Seen.")
    assert has_ended(ready.pid)
    log = await stand.supervisor.log_tail(ready.key)
    assert not any("Traceback" in line for line in log), log


@pytest.mark.parametrize("story", ["shiny_express", "marimo_square"])
async def test_a_page_is_served(story: str, stand: Any, spec_of: Any, stories: Path) -> None:
    spec = spec_of(stories / f"{story}.py")
    assert spec.framework == story.partition("_")[0]
    ready = await stand.start(spec)
    assert ready.state is State.READY, (ready.reason, await stand.supervisor.log_tail(ready.key))
    assert b"<html" in await stand.get(ready)


PAGES = {
    "index.html": "<h1>Start</h1>",
    "more/index.html": "<h1>More</h1>",
    "code.mjs": "export {}",
    "data.bin": "0123",
}


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


async def test_a_folder_of_pages_is_served_as_it_is(stand: Any, spec_of: Any, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    _write(folder, PAGES | {"404.html": "<h1>Not here</h1>", "empty/data.csv": "a,b"})
    ready = await stand.start(spec_of(folder))
    assert ready.state is State.READY, ready.reason
    async with stand.visit(ready) as browser:
        assert await (await browser.get("/")).text() == "<h1>Start</h1>"
        more = await browser.get("/more")
        assert (await more.text(), more.url.path) == ("<h1>More</h1>", "/more/")
        assert (await browser.get("/code.mjs")).content_type == "text/javascript"
        part = await browser.get("/data.bin", headers={"Range": "bytes=1-2"})
        assert (part.status, await part.text(), part.headers["Content-Range"]) == (206, "12", "bytes 1-2/4")
        again = await browser.get("/data.bin", headers={"If-None-Match": part.headers["ETag"]})
        assert again.status == 304
        for path in ("/gone", "/empty/", "/..%2Fsecret", "/../../home"):
            missing = await browser.get(path)
            assert (missing.status, await missing.text()) == (404, "<h1>Not here</h1>"), path


async def test_one_page_of_another_name_is_where_the_root_leads(stand: Any, spec_of: Any, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("<h1>Report</h1>")
    ready = await stand.start(spec_of(tmp_path / "report.html"))
    async with stand.visit(ready) as browser, browser.get("/") as page:
        assert (await page.text(), page.url.path) == ("<h1>Report</h1>", "/report.html")


COMMANDS = {
    "a port": "python -m http.server --bind 127.0.0.1 {port}",
    "a socket": "python serve.py {socket}",
}
SERVE = """
import asyncio, sys
async def answer(reader, writer):
    asked = await reader.readuntil(b"\\r\\n\\r\\n")
    body = b"heard " + asked.split()[1]
    writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
    writer.close()
async def main():
    await (await asyncio.start_unix_server(answer, sys.argv[1])).serve_forever()
asyncio.run(main())
"""


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
async def test_a_program_is_passed_on_to_wherever_it_listens(
    command: str, stand_in: Any, plain: dict[str, str], spec_of: Any, tmp_path: Path, has_ended: Any
) -> None:
    folder = tmp_path / "program"
    _write(folder, {"page.txt": "heard /page.txt", "vitrina.command": command, "serve.py": SERVE})
    with tempfile.TemporaryDirectory(prefix="va-") as short:  # the name of a socket has to fit below it
        async with stand_in(Path(short), environment=plain) as stand:
            ready = await stand.start(spec_of(folder))
            assert ready.state is State.READY, (ready.reason, await stand.supervisor.log_tail(ready.key))
            assert await stand.get(ready, "/page.txt") == b"heard /page.txt"
            program = _child(ready.pid)
            await stand.supervisor.stop(ready.key, reason="Seen.")
            assert has_ended(ready.pid)
            assert has_ended(program)


def _child(pid: int) -> int:
    [child] = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


async def test_an_app_ends_with_its_program(stand: Any, spec_of: Any, tmp_path: Path) -> None:
    folder = tmp_path / "program"
    _write(folder, {"vitrina.command": COMMANDS["a port"]})
    ready = await stand.start(spec_of(folder))
    os.kill(_child(ready.pid), signal.SIGKILL)
    crashed = await stand.until(ready.key, State.CRASHED)
    assert crashed.state is State.CRASHED


FAILING = {
    "python -c 'raise SystemExit(4)' {port}": "python ended before it answered (exit code 4). Its last log lines",
    "not-installed-anywhere {port}": "not-installed-anywhere cannot be begun: No such file or directory. Install it",
    "python -m http.server": "The command says nowhere where to listen. Put {port} or {socket} into it.",
    "python 'unclosed {port}": "The command cannot be read: No closing quotation. See to its quotes.",
}


@pytest.mark.parametrize("command", FAILING)
async def test_a_program_that_does_not_start_says_why(command: str, stand: Any, spec_of: Any, tmp_path: Path) -> None:
    folder = tmp_path / "program"
    _write(folder, {"vitrina.command": command})
    crashed = await stand.start(spec_of(folder))
    assert crashed.state is State.CRASHED
    assert crashed.reason.startswith(FAILING[command])


async def test_a_socket_whose_name_would_be_too_long_for_the_kernel_is_said(
    stand_in: Any, plain: dict[str, str], spec_of: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "program"
    _write(folder, {"vitrina.command": COMMANDS["a socket"], "serve.py": SERVE})
    async with stand_in(tmp_path / ("deep" * 25), environment=plain) as stand:
        crashed = await stand.start(spec_of(folder))
    assert crashed.state is State.CRASHED
    assert re.fullmatch(
        r"The name of a socket in \S+ is too long\. Let the program take a port: {port}", crashed.reason
    )


NOTHING_MADE = {
    "shiny": "The app made no Shiny app. Make one at the top of the file: app = App(app_ui, server)",
    "marimo": "The app made no marimo notebook. Make one at the top of the file: app = marimo.App()",
    "asgi": "The app made no ASGI application. Make one at the top of the file: app = FastAPI()",
    "wsgi": "The app made no WSGI application. Make one at the top of the file: app = Flask(__name__)",
}


@pytest.mark.parametrize("framework", NOTHING_MADE)
async def test_a_file_that_makes_no_app_says_so(framework: str, stand: Any, spec_of: Any, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("value = 1\n")
    crashed = await stand.start(spec_of(tmp_path / "app.py", framework=framework))
    assert (crashed.state, crashed.reason) == (State.CRASHED, NOTHING_MADE[framework])


@pytest.mark.parametrize("framework", NOTHING_MADE)
async def test_a_file_that_does_not_import_says_where(framework: str, stand: Any, spec_of: Any, tmp_path: Path) -> None:
    (tmp_path / "what_if.py").write_text("import json\n\nimport not_installed_anywhere\n")
    crashed = await stand.start(spec_of(tmp_path / "what_if.py", framework=framework))
    assert crashed.state is State.CRASHED
    assert "No module named 'not_installed_anywhere' (what_if.py line 3)" in crashed.reason


FAILS_IN_A_SESSION = {
    "shiny": "from shiny import App, ui\ndef server(input, output, session): 1 / 0\napp = App(ui.page_fluid(), server)",
    "marimo": "import marimo\napp = marimo.App()\n@app.cell\ndef _():\n    1 / 0\n    return\n",
}


@pytest.mark.parametrize("framework", FAILS_IN_A_SESSION)
async def test_what_only_fails_in_a_session_is_found_by_the_rehearsal(
    framework: str, stand: Any, spec_of: Any, tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text(FAILS_IN_A_SESSION[framework])
    ready = await stand.start(spec_of(tmp_path / "app.py"))
    async with stand.visit(ready) as browser, browser.get("/_vitrina/rehearsal") as rehearsed:
        assert rehearsed.status == 500
    assert any("ZeroDivisionError" in line for line in await stand.supervisor.log_tail(ready.key))


@pytest.mark.parametrize("story", ["shiny_square", "marimo_square"])
async def test_what_goes_well_in_a_session_is_found_so(story: str, stand: Any, spec_of: Any, stories: Path) -> None:
    ready = await stand.start(spec_of(stories / f"{story}.py"))
    assert await stand.get(ready, "/_vitrina/rehearsal") == b""


async def test_a_notebook_that_somebody_has_open_ends_when_it_is_told_to(
    stand: Any, spec_of: Any, stories: Path
) -> None:
    ready = await stand.start(spec_of(stories / "marimo_square.py"))
    async with stand.visit(ready) as browser, browser.ws_connect("/ws?session_id=s1") as socket:
        assert json.loads(await socket.receive_str())["op"]
        await stand.supervisor.stop(ready.key, reason="Seen.")
        async for _ in socket:
            """What it still says."""
    assert stand.supervisor.get(ready.key).state is State.STOPPED
    log = await stand.supervisor.log_tail(ready.key)
    assert not any("killed" in line.lower() for line in log), log


PACKAGE = {
    "shop/__init__.py": "",
    "shop/app.py": "from fastapi import FastAPI\nfrom .prices import square\nfrom shop.names import NAME\n"
    "app = FastAPI(title=NAME)\napp.get('/square/{number}')(square)\n",
    "shop/prices.py": "def square(number: int) -> str: return f'The square is {number**2}.'\n",
    "shop/names.py": "NAME = 'shop'\n",
}


async def test_an_app_may_be_a_module_of_a_package(stand: Any, spec_of: Any, tmp_path: Path) -> None:
    _write(tmp_path / "of-a-package", PACKAGE)
    ready = await stand.start(spec_of(tmp_path / "of-a-package", entry="shop/app.py"))
    assert ready.state is State.READY, (ready.reason, await stand.supervisor.log_tail(ready.key))
    async with stand.visit(ready) as browser:
        assert await ask_json(browser, 6) == "The square is 36."


async def test_notebooks_beside_a_notebook_have_paths_of_their_own(stand: Any, spec_of: Any, tmp_path: Path) -> None:
    notebook = "import marimo\napp = marimo.App(app_title='%s')\n@app.cell\ndef _():\n    return\n"
    _write(tmp_path / "books", {"app.py": notebook % "First", "other.py": notebook % "Second", "plain.py": "x = 1"})
    ready = await stand.start(spec_of(tmp_path / "books"))
    assert b"First" in await stand.get(ready, "/")
    assert b"Second" in await stand.get(ready, "/other/")
