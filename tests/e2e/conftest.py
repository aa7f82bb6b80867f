"""The demo as a newcomer gets it: `vitrina demo` fills a home, `vitrina hub` serves it."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

DEMO_TIMEOUT_S = 600
STOP_TIMEOUT_S = 30
LINK = re.compile(r"(http://localhost:\d+)/\S*\?\S+")


@dataclass(frozen=True)
class Hub:
    """A running hub. `link` signs a browser in, once."""

    home: Path
    url: str
    link: str
    pid: int


def vitrina(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command line as a person would."""
    return subprocess.run(
        [program(), *arguments],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=DEMO_TIMEOUT_S,
        check=False,
    )


def program() -> str:
    return str(Path(sys.executable).with_name("vitrina"))


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VITRINA_")}
    return {**kept, "VITRINA_HOME": str(home)}


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the three stories."""
    home = tmp_path_factory.mktemp("demo")
    done = vitrina("demo", "--no-serve", "--home", str(home), home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    return home


@pytest.fixture(scope="module")
def hub(demo_home: Path, lasting_processes: set[int]) -> Iterator[Hub]:
    """The hub on that store, on two free ports; it is awaited by the line in which it prints its one-time link."""
    port, apps_port = free_ports(2)
    command = [program(), "hub", "--home", str(demo_home), "--port", str(port), "--apps-port", str(apps_port)]
    with subprocess.Popen(
        command, env=environment(demo_home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        lasting_processes.add(process.pid)
        try:
            yield await_link(process, demo_home)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=STOP_TIMEOUT_S)


def await_link(process: subprocess.Popen[str], home: Path) -> Hub:
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if found := LINK.search(line):
            return Hub(home, found[1], found[0], process.pid)
    pytest.fail("The hub ended before it printed a link:\n" + "".join(said))


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


@pytest.fixture
def visitor(hub: Hub, new_context: Callable[..., BrowserContext]) -> Page:
    """A browser without a session, on a laptop."""
    return new_context(base_url=hub.url, viewport={"width": 1280, "height": 900}).new_page()


def family(pid: int) -> set[int]:
    """The processes below a process, itself left out."""
    found: set[int] = set()
    for lists in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, lists.read_text().split()):
            found |= {child} | family(child)
    return found


def await_end(pids: set[int], *, within_s: float) -> set[int]:
    """Waits until the processes are gone (told by their pidfds); gives those that are not."""
    left: set[int] = set()
    end = time.monotonic() + within_s
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        gone, _, _ = select.select([handle], [], [], max(0.0, end - time.monotonic()))
        os.close(handle)
        if not gone:
            left.add(pid)
    return left
