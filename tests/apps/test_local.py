"""`vitrina app run` without the command line: an app in place, in the foreground, on a loopback port."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import aiohttp
import pytest

from vitrina.apps import PortError, run_local
from vitrina.store.bundles import BundleError
from vitrina.store.frameworks import DetectionError

slow = pytest.mark.slow
anyio = pytest.mark.anyio

PROGRAM = """
import sys
from pathlib import Path
from vitrina.apps import AppError, run_local
served = Path(sys.argv[3]) if sys.argv[3] else None
try:
    run_local(sys.argv[1], framework=sys.argv[2] or None, served=served, port=0)
except AppError as error:
    print(error, file=sys.stderr)
    sys.exit(1)
"""


async def begin(
    path: Path, environment: dict[str, str], *, framework: str = "", served: str = ""
) -> asyncio.subprocess.Process:
    arguments = [sys.executable, "-c", PROGRAM, str(path), framework, served]
    return await asyncio.create_subprocess_exec(*arguments, env=os.environ | environment, stdout=PIPE, stderr=PIPE)


async def address(app: asyncio.subprocess.Process) -> str:
    assert app.stdout
    line = (await app.stdout.readline()).decode()
    assert line.endswith(" (Ctrl-C ends it)\n"), line
    return line.split()[4]


@anyio
@slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("story", ["dash_older", "panel_shown", "streamlit_square"])
async def test_an_app_runs_in_place_until_it_is_told_to_end(
    story: str, number: signal.Signals, stories: Path, tmp_path: Path
) -> None:
    app = await begin(stories / f"{story}.py", {"TMPDIR": str(tmp_path)})
    url = await address(app)
    assert url.startswith("http://127.0.0.1:")
    async with aiohttp.ClientSession() as browser, browser.get(url) as page:
        assert page.status == 200
    assert names_in(tmp_path), "it has a private folder while it runs"
    app.send_signal(number)
    _, errors = await app.communicate()
    assert (app.returncode, b"Traceback" in errors) == (0, False), errors.decode()
    assert names_in(tmp_path) == []


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith("vitrina-app-")]


@anyio
@slow
async def test_a_streamlit_app_works_under_both_names_of_loopback(stories: Path) -> None:
    app = await begin(stories / "streamlit_square.py", {})
    port = (await address(app)).rpartition(":")[2]
    async with aiohttp.ClientSession() as browser:
        for host in ("127.0.0.1", "localhost"):
            origin = f"http://{host}:{port}"
            async with browser.ws_connect(f"{origin}/_stcore/stream", protocols=["streamlit"], origin=origin) as socket:
                assert socket.protocol == "streamlit"
    app.send_signal(signal.SIGINT)
    await app.communicate()
    assert app.returncode == 0


@anyio
@slow
async def test_it_gets_the_version_that_it_is_given(stories: Path, plain: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import os\ndef answer(path): return f\"{os.environ['VITRINA_SERVED']} {os.getcwd()}\".encode()\n"
    )
    app = await begin(tmp_path / "app.py", plain, framework="plain", served=str(tmp_path))
    async with aiohttp.ClientSession() as browser, browser.get(await address(app)) as page:
        assert await page.text() == f"{tmp_path} {tmp_path}"
    app.send_signal(signal.SIGINT)
    await app.communicate()
    assert app.returncode == 0


@anyio
@slow
async def test_an_app_that_fails_shows_its_traceback_and_one_line(stories: Path, plain: dict[str, str]) -> None:
    app = await begin(stories / "rogues" / "raises.py", plain, framework="plain")
    _, errors = await app.communicate()
    assert app.returncode == 1
    assert "Traceback" in errors.decode()
    assert (
        errors.decode().splitlines()[-1].startswith("The app file failed: ValueError: no settings (raises.py line 2).")
    )


def test_a_port_in_use_says_so(stories: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        message = rf"Port {port} of 127\.0\.0\.1 cannot be used: Address already in use\. .*--port N"
        with pytest.raises(PortError, match=message):
            run_local(stories / "dash_older.py", served=None, port=port)


def test_bad_input_says_what_to_do(stories: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="There is no file or folder"):
        run_local(tmp_path / "missing.py", served=None, port=0)
    with pytest.raises(BundleError, match="Say it: --entry FILE"):
        run_local(tmp_path, served=None, port=0)
    with pytest.raises(DetectionError, match="imports no app framework"):
        run_local(stories / "plain_hello.py", served=None, port=0)
