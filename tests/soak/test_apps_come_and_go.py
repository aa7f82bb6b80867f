"""Hours of use in minutes: people open an app, look at pages, and the app is stopped again, over and over.

`make soak` runs it for SOAK_MINUTES (10 if unset) with a browser, and SOAK_ROUNDS times (500 if unset) without one.
What the hub holds after the first rounds it may hold at the end, and no more: files, threads, processes, sockets,
memory.
"""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from leftovers import child_processes, family

from vitrina import tracking
from vitrina.apps import sockets
from vitrina.hub.cli.asking import ask_hub
from vitrina.store.opening import open_store
from vitrina.store.records import Visibility
from vitrina.tracking import VersionHandle

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

MINUTES = float(os.environ.get("SOAK_MINUTES", "10"))
ROUNDS = int(os.environ.get("SOAK_ROUNDS", "500"))
WARM_ROUNDS = 5
"""Rounds until everything that is made once has been made."""

SETTLED_SHARE = 5
"""Of many rounds, one part in so many is over when memory is looked at for the first time: it has settled then."""

SPARE_PROCESSES = 4
"""A spare app and its guard, of an old nursery and of a new one."""

START_TIMEOUT_S = 120

FEWEST_ROUNDS = 10
SPARE_FILES = 8
MEMORY_GROWTH = 1.15
"""What an interpreter's memory may grow by while it settles."""

START_MS = 120_000
STOP_TIMEOUT_S = 30
APP = """
from dash import Dash, Input, Output, callback, dcc, html

app = Dash(__name__)
app.layout = html.Div([dcc.Input(id="number", type="number", value=3), html.P(id="answer")])


@callback(Output("answer", "children"), Input("number", "value"))
def square(number):
    return f"The square is {number * number:g}."


app.run()
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(MINUTES * 60 + 600)]


@dataclass(frozen=True)
class Footprint:
    """What one process holds."""

    files: int
    threads: int
    memory_kb: int


@dataclass(frozen=True)
class Sum:
    """What all processes of a hub hold together, and what lies in its home."""

    processes: int
    files: int
    sockets: int
    """Where apps listen."""

    folders: int
    """Private ones of apps."""

    memory_kb: int
    """Of the hub, its portal, its front and its nurseries."""


@dataclass(frozen=True)
class Hub:
    link: str
    pid: int

    def sum(self, home: Path) -> Sum:
        held = {pid: footprint_if_there(pid) for pid in {self.pid} | family(self.pid)}
        lasting = {self.pid} | child_processes(self.pid)
        folders, names = (home / "apps" / "running").iterdir(), sockets.prepare(home / "apps").iterdir()
        return Sum(
            processes=len(held),
            files=sum(one.files for one in held.values()),
            sockets=sum(1 for _ in names),
            folders=sum(1 for _ in folders),
            memory_kb=sum(one.memory_kb for pid, one in held.items() if pid in lasting),
        )

    def footprints(self) -> dict[str, Footprint]:
        """Of the hub and all processes below it, by what they are."""
        pids = sorted({self.pid} | family(self.pid))
        return {f"{number}: {name_of(pid)}": footprint_of(pid) for number, pid in enumerate(pids)}


def name_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")[:80]


def footprint_of(pid: int) -> Footprint:
    status = Path(f"/proc/{pid}/status").read_text()
    memory = re.search(r"VmRSS:\s+(\d+)", status)
    threads = re.search(r"Threads:\s+(\d+)", status)
    assert memory is not None
    assert threads is not None
    return Footprint(sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()), int(threads[1]), int(memory[1]))


def footprint_if_there(pid: int) -> Footprint:
    """Of a process that may be ending just now."""
    try:
        return footprint_of(pid)
    except (OSError, AssertionError):
        return Footprint(0, 0, 0)


@pytest.fixture
def version(tmp_path: Path) -> VersionHandle:
    """A version with an app, in the store of this test's home."""
    source = tmp_path / "squares.py"
    source.write_text(APP)
    with tracking.run("first", project="acme/squares"):
        tracking.log_metrics(accuracy=1.0)
        made = tracking.log_model("squares", source)
        tracking.log_app("squares", source, model=made)
    return made


def vitrina(*words: str) -> list[str]:
    return [str(Path(sys.executable).with_name("vitrina")), *words]


@pytest.fixture
def hub(version: VersionHandle) -> Iterator[Hub]:
    """A hub on that store, on two free ports, and the link that signs a browser in."""
    assert version.is_new
    with subprocess.Popen(vitrina("hub", "--port", "0"), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = (re.search(r"http://localhost:\d+/\S+key=\S+", line) for line in process.stdout)
        link = next(found for found in said if found is not None)
        try:
            yield Hub(link[0], process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=STOP_TIMEOUT_S)


def test_apps_come_and_go_and_leave_nothing_behind(
    hub: Hub, version: VersionHandle, new_context: Callable[..., BrowserContext]
) -> None:
    from playwright.sync_api import expect

    app = f"{version.ref}/apps/squares"
    of_the_hub = family(hub.pid)
    started, rounds = time.monotonic(), 0
    warm: dict[str, Footprint] = {}
    visitor = new_context(base_url=re.sub(r"/-/.*", "", hub.link))
    visitor.new_page().goto(hub.link)
    while rounds < FEWEST_ROUNDS or time.monotonic() - started < MINUTES * 60:
        page = visitor.new_page()
        for path in ("/acme/squares", f"/{version.ref}", f"/{app}"):
            page.goto(path)
        frame = page.frame_locator("iframe")
        expect(frame.locator("#answer")).to_have_text("The square is 9.", timeout=START_MS)
        frame.locator("#number").fill("12")
        expect(frame.locator("#answer")).to_have_text("The square is 144.", timeout=START_MS)
        page.close()
        of_the_app = family(hub.pid) - of_the_hub
        assert of_the_app
        subprocess.run(vitrina("app", "stop", app), check=True, stdout=subprocess.DEVNULL)
        await_end(of_the_app)
        rounds += 1
        if rounds == WARM_ROUNDS:
            warm = hub.footprints()
    assert_no_growth(warm, hub.footprints(), rounds=rounds)


@pytest.mark.timeout(ROUNDS * 20 + 600)
def test_many_rounds_leave_nothing_behind(hub: Hub, version: VersionHandle, home: Path) -> None:
    """Each round is a visitor who opens the cold app and gets its page; then it is stopped, and all of it ends."""
    with open_store(home=home) as store:
        store.projects.describe(store.find("acme/squares").project, visibility=Visibility.PUBLIC)
    visitor = Visitor(re.sub(r"/-/.*", "", hub.link), f"{version.ref}/apps/squares")
    settled, began = Sum(0, 0, 0, 0, 0), time.monotonic()
    for number in range(1, ROUNDS + 1):
        pid = visitor.opens(home)
        visitor.stops(home)
        await_end({pid} - {0})
        if number % max(ROUNDS // 10, 1) == 0 or number == ROUNDS // SETTLED_SHARE:
            now = hub.sum(home)
            settled = now if number == ROUNDS // SETTLED_SHARE else settled
            print(f"{number:4} rounds, {(time.monotonic() - began) / number:.2f} s each: {now}")  # noqa: T201  seen with -s
    now = hub.sum(home)
    assert now.processes <= settled.processes + SPARE_PROCESSES, (settled, now)
    assert now.files <= settled.files + SPARE_FILES * 2, (settled, now)
    assert now.sockets <= settled.sockets + SPARE_PROCESSES, (settled, now)
    assert now.folders <= SPARE_PROCESSES, (settled, now)
    assert now.memory_kb <= settled.memory_kb * MEMORY_GROWTH, (settled, now)


class Visitor:
    """Somebody without an account, who asks as a browser does."""

    def __init__(self, portal: str, app: str) -> None:
        self._portal, self._app = portal, app

    def opens(self, home: Path) -> int:
        """The app's process, once its layout was there."""
        entrance = httpx.URL(httpx.get(f"{self._portal}/{self._app}/open", trust_env=False).headers["location"])
        with httpx.Client(
            base_url=f"http://127.0.0.1:{entrance.port}", trust_env=False, timeout=START_TIMEOUT_S
        ) as page:
            page.headers["Host"] = entrance.netloc.decode()
            entered = page.get(entrance.raw_path.decode())
            page.headers["Cookie"] = entered.headers["set-cookie"].partition(";")[0]
            while (asked := page.get("/_dash-layout", headers={"Accept": "application/json"})).status_code != 200:
                assert asked.status_code == httpx.codes.SERVICE_UNAVAILABLE, asked.text
        with open_store(home=home) as store:
            app = store.find(self._app).app
            assert app is not None
            return store.instances.of_revisions([app.revision_id])[app.revision_id].pid or 0

    def stops(self, home: Path) -> None:
        project, rest = self._app.split("/models/")
        model, name = rest.split("/apps/")
        collection, number = model.split("@")
        app = f"/api/v1/projects/{project}/models/{collection}/versions/{number}/apps/{name}@1"
        ask_hub(home, f"{app}/instance/stop")


def await_end(pids: set[int]) -> None:
    """Waits until all these processes are gone, each told by its pidfd."""
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        gone, _, _ = select.select([handle], [], [], STOP_TIMEOUT_S)
        os.close(handle)
        assert gone, f"the app's process {pid} is still there: {name_of(pid)}"


def assert_no_growth(before: dict[str, Footprint], after: dict[str, Footprint], *, rounds: int) -> None:
    shown = f"after {WARM_ROUNDS} rounds:\n{before}\nafter {rounds} rounds:\n{after}"
    assert before.keys() == after.keys(), shown
    for name, was in before.items():
        now = after[name]
        assert now.files <= was.files + SPARE_FILES, shown
        assert now.threads <= was.threads + SPARE_FILES, shown
        assert now.memory_kb <= was.memory_kb * MEMORY_GROWTH, shown
