"""Real hubs, started as people start them."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from vitrina.hub import running

COMMAND = [sys.executable, "-c", "from vitrina.hub.cli import main; main()"]
GONE_WITHIN_S = 30
HTTP_OK = 200


@dataclass
class Hub:
    """`vitrina hub`, and what it printed until it served."""

    process: subprocess.Popen[str]
    home: Path
    lines: list[str] = field(default_factory=list)

    def read_until(self, wanted: str) -> str:
        """The first line that holds a word; fails when the hub ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if wanted in line:
                return line
        pytest.fail(f"The hub ended with {self.process.wait()}:\n{''.join(self.lines)}")

    @property
    def url(self) -> str:
        return running.find(self.home).url

    @property
    def children(self) -> dict[str, int]:
        """Portal and front, by name."""
        numbers = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        words = {int(number): Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0") for number in numbers}
        return {word[3].decode().rpartition(".")[2]: number for number, word in words.items()}

    def get(self, path: str, **settings: object) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", trust_env=False, timeout=60, **settings)  # pyright: ignore[reportArgumentType]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=GONE_WITHIN_S)
        self.lines += out.splitlines(keepends=True)
        return self.process.returncode


class Ends:
    """Hears of the ends of processes that are not our children."""

    def __init__(self, *pids: int) -> None:
        self._files = {os.pidfd_open(pid): pid for pid in pids}

    def wait(self) -> None:
        """Returns when all have ended; fails when one lives on."""
        waiting = dict(self._files)
        poll = select.poll()
        for file in waiting:
            poll.register(file, select.POLLIN)
        while waiting:
            ended = poll.poll(GONE_WITHIN_S * 1000)
            assert ended, f"still there: {list(waiting.values())}"
            for file, _ in ended:
                poll.unregister(file)
                del waiting[file]

    def close(self) -> None:
        for file in self._files:
            os.close(file)


@pytest.fixture
def watch() -> Iterator[Callable[..., Ends]]:
    with ExitStack() as stack:

        def watching(*pids: int) -> Ends:
            ends = Ends(*pids)
            stack.callback(ends.close)
            return ends

        yield watching


@pytest.fixture
def start_hub(home: Path) -> Iterator[Callable[..., Hub]]:
    """Starts `vitrina hub` on free ports and waits until it serves, or (with `is_awaited=False`) not."""
    begun: list[Hub] = []

    def start(*words: object, is_awaited: bool = True, program: Sequence[str] = ()) -> Hub:
        command = program or [*COMMAND, "hub", "--port", "0", "--no-open", *map(str, words)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        hub = Hub(process, home)
        begun.append(hub)
        if is_awaited:
            hub.read_until("signs you in")
        return hub

    yield start
    for hub in begun:
        with hub.process:
            if hub.process.poll() is None:
                hub.process.kill()


@pytest.fixture
def hub(start_hub: Callable[..., Hub]) -> Hub:
    return start_hub()


@dataclass(frozen=True)
class OpenedApp:
    ref: str
    pid: int
    guard: int
    host: str
    cookie: str

    def ask(self) -> str:
        """What it answers to somebody who is inside."""
        port = self.host.rpartition(":")[2]
        headers = {"host": self.host, "cookie": self.cookie, "accept": "application/json"}
        answer = httpx.get(f"http://127.0.0.1:{port}/_dash-layout", headers=headers, trust_env=False, timeout=60)
        return answer.json()["props"]["children"]


@pytest.fixture
def open_app() -> Callable[[Hub, str], OpenedApp]:
    """Opens an app (see `telling`) as a browser does, and waits until it answers."""
    from vitrina.store.opening import open_store

    def opened(hub: Hub, ref: str) -> OpenedApp:
        entrance = urlsplit(hub.get(f"/{ref}/open").headers["location"])
        browser = httpx.Client(base_url=f"http://127.0.0.1:{entrance.port}", trust_env=False, timeout=120)
        with browser:
            headers = {"host": entrance.netloc, "accept": "text/html"}
            to, cookies = f"{entrance.path}?{entrance.query}", ""
            for _ in range(3):  # the ticket, the cookie's proof, the app
                answer = browser.get(to, headers={**headers, "cookie": cookies})
                found = re.findall(r"[^;,\s]+=[^;]+(?=;)", answer.headers.get("set-cookie", ""))
                cookies = found[0] if found else cookies
                to = answer.headers.get("location", to)
            layout = {"host": entrance.netloc, "accept": "application/json", "cookie": cookies}
            while browser.get("/_dash-layout", headers=layout).status_code != HTTP_OK:
                pass  # each question is held for as long as a start may take a moment more
        with open_store(home=hub.home) as store:
            revision = store.find(ref).app
            assert revision is not None
            pid = store.instances.of_revisions([revision.revision_id])[revision.revision_id].pid
        assert pid is not None
        status = Path(f"/proc/{pid}/status").read_text()
        guard = int(re.findall(r"PPid:\s+(\d+)", status)[0])
        return OpenedApp(ref, pid, guard, entrance.netloc, cookies)

    return opened


TELLING = """
from dash import Dash, html

app = Dash(__name__)
app.layout = html.Div("Hello")

if __name__ == "__main__":
    app.run()
"""


@pytest.fixture
def telling(home: Path, tmp_path: Path) -> Iterator[str]:
    """The reference of a public app that says Hello."""
    from vitrina import tracking
    from vitrina.store.opening import open_store
    from vitrina.store.records import Visibility
    from vitrina.tracking.connections import CONNECTIONS

    script, weights = tmp_path / "telling.py", tmp_path / "weights.txt"
    script.write_text(TELLING)
    weights.write_text("1 2 3")
    with tracking.run("first", project="demo/tumours"):
        version = tracking.log_model("classifier", weights)
        app = tracking.log_app("telling", script, model=version)
    with open_store() as store:
        store.projects.describe(store.projects.get("demo", "tumours"), visibility=Visibility.PUBLIC)
    yield app.ref
    CONNECTIONS.close()
