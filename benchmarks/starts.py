"""What opening an app costs that nobody has open: run directly, forked barely, and by the hub's launcher, in one run.

    python benchmarks/starts.py [--rounds 7] [--only gradio]

From the wish to the first byte of its first page, of a small app of each framework, in turn, round after round; medians
are shown. `direct` is how its author runs it. `bare fork` is a child of a process that imported the framework, and
nothing more: no guard, no folder, no limits. `hub` is the hub's launcher with its nursery, `spare` the same with a
process that waited. Then the memory of one more app: (PSS of nursery and ten apps - PSS of nursery and one) / 9, beside
that of an app run directly. The reference is one hash of 32 MB, timed in every round: where it varies, so do the rest.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import hashlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

from vitrina.apps import AppSpec, NurseryLauncher
from vitrina.apps.frameworks import registry
from vitrina.apps.launchers.renewal import Renewal
from vitrina.apps.pressure import memory_below
from vitrina.apps.stage import Stage
from vitrina.store import bundles

MIB = 2**20
HOST = "127.0.0.1"
GIVE_UP_S = 60.0
KIDS = 10

APPS = {
    "gradio": """
import gradio as gr

demo = gr.Interface(lambda number: f"The square is {number * number}.", gr.Number(3), gr.Textbox())
if __name__ == "__main__":
    demo.launch()
""",
    "panel": """
import panel as pn

number = pn.widgets.FloatInput(value=3)
pn.Column(number, pn.bind(lambda value: f"The square is {value * value}.", number)).servable()
""",
    "streamlit": """
import streamlit as st

number = st.number_input("Number", value=3)
st.write(f"The square is {number * number}.")
""",
    "dash": """
import os
from dash import Dash, Input, Output, callback, dcc, html

app = Dash(__name__)
app.layout = html.Div([dcc.Input(id="number", type="number", value=3), html.P(id="answer")])

@callback(Output("answer", "children"), Input("number", "value"))
def square(value):
    return f"The square is {value * value}."

if __name__ == "__main__":
    app.run(port=os.environ.get("PORT", 8050))
""",
}

DIRECT: dict[str, Callable[[Path, int], list[str]]] = {
    "gradio": lambda script, _: [sys.executable, str(script)],
    "dash": lambda script, _: [sys.executable, str(script)],
    "panel": lambda script, port: [sys.executable, "-m", "panel", "serve", str(script), "--port", str(port)],
    "streamlit": lambda script, port: [
        *(sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)),
        *("--server.headless", "true", "--browser.gatherUsageStats", "false"),
    ],
}

PAGES = {"panel": "/app"}
"""Where `panel serve app.py` has its page."""

LIMITS = {"gradio": 0.12, "panel": 0.25, "streamlit": 0.4, "dash": 0.5}
MEMORY_LIMITS = {"gradio": 0.2, "panel": 0.4, "streamlit": 0.4, "dash": 0.4}
OVER_BARE_S = 0.15
SPARE_S = 0.1


def first_byte(address: str | tuple[str, int], path: str, *, begun_s: float) -> float:
    """Seconds from `begun_s` to the first byte of a page, which is asked for until somebody answers."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    while time.perf_counter() - begun_s < GIVE_UP_S:
        with socket.socket(family) as client:
            try:
                client.connect(address)
                client.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}:8401\r\nConnection: close\r\n\r\n".encode())
                answer = client.recv(12)
            except OSError:
                answer = b""
            if answer:
                assert answer.endswith((b"200", b"302")), answer
                elapsed_s = time.perf_counter() - begun_s
                while client.recv(MIB):
                    pass
                return elapsed_s
        time.sleep(0.003)
    raise SystemExit(f"{address}{path} did not answer")


# ---------- run directly


@contextlib.contextmanager
def directly(name: str, script: Path) -> Generator[tuple[float, int]]:
    """An app as its author runs it: seconds to the first byte, and its pid."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {"GRADIO_SERVER_PORT": str(port), "PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False"}
    begun_s = time.perf_counter()
    process = subprocess.Popen(
        DIRECT[name](script, port), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield first_byte((HOST, port), PAGES.get(name, "/"), begun_s=begun_s), process.pid
    finally:
        process.kill()
        process.wait()


# ---------- forked barely: the sketch


def fork_barely(name: str, script: Path) -> None:
    """Import the framework; then, for each line, fork a child that serves on the socket that the line names."""
    framework = registry.load(name)
    os.environ.update(framework.environ(origin=f"http://{HOST}:8401", scratch=script.parent))
    framework.load()
    gc.freeze()
    print("ready", flush=True)
    for line in sys.stdin:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(line.strip())
        listener.listen(128)
        listener.setblocking(False)
        pid = os.fork()
        if pid == 0:
            os.chdir(script.parent)
            framework.serve(Stage(script, f"http://{HOST}:8401", listener, lambda *_: None))
            os._exit(0)
        listener.close()
        print(pid, flush=True)


@dataclass
class Bare:
    """The sketch's process."""

    name: str
    script: Path

    def __enter__(self) -> Bare:
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--bare", self.name, str(self.script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._said()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def start_s(self, place: str) -> float:
        """Seconds to the first byte."""
        assert self.process.stdin
        begun_s = time.perf_counter()
        self.process.stdin.write(f"{place}\n")
        self.process.stdin.flush()
        pid = int(self._said())
        elapsed_s = first_byte(place, "/", begun_s=begun_s)
        os.kill(pid, 9)
        return elapsed_s

    def _said(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


# ---------- by the hub's launcher


def spec_of(script: Path) -> AppSpec:
    bundle = bundles.pack(script)
    archive = script.with_suffix(".tar")
    archive.write_bytes(bundle.data)
    return AppSpec(
        key="app",
        ref="benchmark",
        framework=bundle.framework,
        entry=bundle.entry,
        cwd=bundle.cwd,
        bundle=archive,
        bundle_digest=bundle.digest,
        served=None,
        origin=f"http://{HOST}:8401",
    )


async def launch_s(launcher: NurseryLauncher, spec: AppSpec) -> float:
    """Seconds to the first byte."""
    begun_s = time.perf_counter()
    app = await launcher.launch(spec, number=1)
    await app.ready(lambda _: None)
    elapsed_s = await asyncio.to_thread(first_byte, str(app.address.path), "/", begun_s=begun_s)
    await app.stop(grace_s=0)
    return elapsed_s


async def one_more_bytes(launcher: NurseryLauncher, spec: AppSpec) -> float:
    """The memory of one more app: nursery, guards and apps, as shares of what they share."""
    apps, sizes = [], []
    for number in range(1, KIDS + 1):
        app = await launcher.launch(spec, number=number)
        await app.ready(lambda _: None)
        await asyncio.to_thread(first_byte, str(app.address.path), "/", begun_s=time.perf_counter())
        apps.append(app)
        if number in {1, KIDS}:
            await asyncio.sleep(1)
            [ward] = launcher._wards.values()
            sizes.append(sum(memory_below(nursery.pid) for nursery in ward.nurseries))
    for app in apps:
        await app.stop(grace_s=0)
    return (sizes[1] - sizes[0]) / (KIDS - 1)


# ---------- the run


@dataclass
class Times:
    direct: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    hub: list[float] = field(default_factory=list)
    spare: list[float] = field(default_factory=list)
    reference: list[float] = field(default_factory=list)


def reference_s() -> float:
    begun_s = time.perf_counter()
    hashlib.sha256(bytes(32 * MIB)).digest()
    return time.perf_counter() - begun_s


async def measure(name: str, folder: Path, *, rounds: int) -> None:
    script = folder / "app.py"
    script.write_text(APPS[name])
    spec, times, direct_bytes = spec_of(script), Times(), list[int]()
    launcher = NurseryLauncher(folder / "apps", bounds=Renewal(quiet_s=3600, free_share=0))
    with Bare(name, script) as bare:
        for turn in range(rounds + 1):  # the first warms disk caches, and is not counted
            found = Times() if turn == 0 else times
            found.reference.append(reference_s())
            with directly(name, script) as (seconds, pid):
                found.direct.append(seconds)
                if turn:
                    direct_bytes.append(memory_below(pid))
            found.bare.append(bare.start_s(str(folder / f"s{turn}")))
            found.hub.append(await launch_s(launcher, spec))
            await launcher.tend()
            await asyncio.sleep(0.5)  # so long a spare prepares itself, at least
            found.spare.append(await launch_s(launcher, spec))
    more = await one_more_bytes(launcher, spec)
    await launcher.close()
    report(name, times, more=more, direct_bytes=statistics.median(direct_bytes))


def report(name: str, times: Times, *, more: float, direct_bytes: float) -> None:
    direct, bare, hub, spare = (statistics.median(each) for each in (times.direct, times.bare, times.hub, times.spare))
    checks = {
        f"hub - bare fork at most {OVER_BARE_S * 1000:.0f} ms": hub - bare <= OVER_BARE_S,
        f"hub at most {LIMITS[name]} x direct": hub <= LIMITS[name] * direct,
        "spare at most half of hub, or 100 ms": spare <= max(hub / 2, SPARE_S),
        f"one more app at most {MEMORY_LIMITS[name]} x direct": more <= MEMORY_LIMITS[name] * direct_bytes,
    }
    reference = [1000 * seconds for seconds in times.reference]
    print(
        f"{name:10} direct {direct * 1000:5.0f} ms   bare fork {bare * 1000:4.0f}   hub {hub * 1000:4.0f} "
        f"({hub / direct:.2f} x)   spare {spare * 1000:4.0f}   reference {statistics.median(reference):.0f} ms "
        f"({min(reference):.0f}-{max(reference):.0f})\n"
        f"{'':10} one more app {more / MIB:.0f} MB, directly {direct_bytes / MIB:.0f} MB ({more / direct_bytes:.2f} x)"
    )
    for check, holds in checks.items():
        print(f"{'':10} {'yes' if holds else 'NO '}  {check}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=APPS)
    parser.add_argument("--bare", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bare:
        return fork_barely(given.bare[0], Path(given.bare[1]))
    for name in APPS:
        if given.only in {None, name}:
            with tempfile.TemporaryDirectory(prefix="starts-") as folder:
                asyncio.run(measure(name, Path(folder), rounds=given.rounds))
    return None


if __name__ == "__main__":
    main()
