"""What a crowd does to a hub: 400 logged apps, 50 of them cold and opened at once; and the portal's pages meanwhile.

    python benchmarks/crowd.py [--logged 400] [--opened 50] [--only dash]

A hub of its own, at the strongest level of isolation that the machine has; the apps are small ones of Gradio,
Streamlit, Dash and Panel, in turn, each with another text, in versions of ten apps each and projects of a hundred.
First the portal's pages are asked for while nothing else happens. Then one visitor for each of the 50 apps opens it,
all at the same moment, and waits as a program does (a question is held for a while, and asked again) until its page is
there; the same pages of the portal are asked for all the while. None may be lost, and the median of the portal's pages
stays under twice its quiet time. The reference is one hash of 32 MB, timed before and after: where it varies, so does
the rest.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import aiohttp

from vitrina.hub import running
from vitrina.store import bundles
from vitrina.store.apps import AppDraft
from vitrina.store.opening import Store, open_store
from vitrina.store.records import App, Version, Visibility
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft

GIVE_UP_S = 600.0
APPS_IN_VERSION, APPS_IN_PROJECT = 10, 100
"""Fifty of one project may run at a time, and one that sits for its picture counts."""

QUIET_ROUNDS = 30
LIMIT = 2.0
MIB = 2**20

APPS = {
    "gradio": "import gradio as gr\n\ngr.Interface(lambda n: n * n, 'number', 'number', title='{name}').launch()\n",
    "streamlit": "import streamlit as st\n\nst.title('{name}')\nst.write(st.number_input('Number', value=3) ** 2)\n",
    "dash": "from dash import Dash, html\n\napp = Dash(__name__)\napp.layout = html.Div('{name}')\napp.run()\n",
    "panel": "import panel as pn\n\npn.Column(pn.pane.Markdown('{name}'), pn.widgets.FloatInput(value=3)).servable()\n",
}


@dataclass(frozen=True)
class Opened:
    """How one visitor fared."""

    framework: str
    seconds: float
    is_served: bool


def log_apps(home: Path, count: int, frameworks: Sequence[str]) -> list[App]:
    """A store with so many apps in public projects."""
    made: list[App] = []
    with open_store(home=home) as store:
        model = home / "model.txt"
        numbered = enumerate(islice(cycle(frameworks), count))
        while few := list(islice(numbered, APPS_IN_VERSION)):
            model.write_text(f"model {len(made)}")
            name = f"crowd-{len(made) // APPS_IN_PROJECT}"
            project = store.projects.describe(store.projects.ensure("demo", name), visibility=Visibility.PUBLIC)
            version = store.registry.log(project, Noun.MODEL, "crowd", Draft([("model.txt", model)])).version
            made += [log_app(store, version, home, f"{framework}-{number}", framework) for number, framework in few]
    return made


def log_app(store: Store, version: Version, home: Path, name: str, framework: str) -> App:
    source, archive = home / "app.py", home / "app.tar"
    source.write_text(APPS[framework].format(name=name))
    bundle = bundles.pack(source)
    archive.write_bytes(bundle.data)
    draft = AppDraft(archive, bundle.digest, bundle.framework, bundle.entry, bundle.cwd, title=name)
    return store.apps.log(version, name, draft)


class Hub:
    """`vitrina hub` on free ports, over a store."""

    def __init__(self, home: Path) -> None:
        self._home = home
        command = [sys.executable, "-c", "from vitrina.hub.cli import main; main()", "hub", "--port", "0", "--no-open"]
        environment = os.environ | {"VITRINA_HOME": str(home)}
        self._process = subprocess.Popen(
            [*command, "--home", str(home)], env=environment, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Hub:
        assert self._process.stdout
        lines: list[str] = []
        for line in self._process.stdout:
            lines.append(line)
            if "signs you in" in line:
                break
        self.level = next(line for line in lines if line.startswith("Apps are isolated by")).strip()
        self.portal = running.find(self._home).url
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=60)


class Crowd:
    """Visitors without an account."""

    def __init__(self, hub: Hub, client: aiohttp.ClientSession) -> None:
        self._hub, self._client = hub, client

    async def open(self, app: App) -> Opened:
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(GIVE_UP_S):
                is_served = await self._come(app)
        except (TimeoutError, aiohttp.ClientError):
            is_served = False
        return Opened(app.framework, time.perf_counter() - begun, is_served)

    async def _come(self, app: App) -> bool:
        """Whether its page was there in the end."""
        async with self._client.get(f"{self._hub.portal}/{app.ref}/open", allow_redirects=False) as answer:
            to = answer.headers["Location"]
        path = to.partition("/")[2].partition("/")[2].partition("/")[2]
        host = to.removeprefix("http://").partition("/")[0]
        url = f"http://127.0.0.1:{host.rpartition(':')[2]}"
        async with self._client.get(f"{url}/{path}", headers={"Host": host}, allow_redirects=False) as answer:
            cookie = answer.headers["Set-Cookie"].partition(";")[0]
        headers = {"Host": host, "Cookie": cookie, "Accept": "application/json"}
        while True:
            async with self._client.get(f"{url}/", headers=headers, allow_redirects=False) as answer:
                body = await answer.read()
                if answer.status == 200:
                    return b"<html" in body.lower() or b"<!doctype" in body.lower()
                if answer.status not in {202, 503}:
                    print(f"{app.ref}: {answer.status} {body[:200]!r}")
                    return False

    async def page_s(self, path: str) -> float:
        begun = time.perf_counter()
        async with self._client.get(f"{self._hub.portal}{path}") as answer:
            await answer.read()
            assert answer.status == 200, (path, answer.status)
        return time.perf_counter() - begun


def pages_of(apps: Sequence[App]) -> list[str]:
    """The portal's own pages: home, a project, a version with its ten apps, and an app's without what it frames."""
    version = apps[0].version
    return ["/", f"/{version.collection.project.ref}", f"/{version.ref}", f"/{apps[0].ref}"]


async def measure(hub: Hub, apps: Sequence[App], opened: int) -> bool:
    """Whether nobody was lost, and the portal stayed quick."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as client:
        crowd, pages = Crowd(hub, client), pages_of(apps)
        for path in pages:
            await crowd.page_s(path)
        quiet = [await crowd.page_s(path) for _ in range(QUIET_ROUNDS) for path in pages]
        chosen = random.Random(opened).sample(apps, opened)
        begun = time.perf_counter()
        all_ = asyncio.gather(*(crowd.open(app) for app in chosen))
        busy: list[float] = []
        while not all_.done():
            for path in pages:
                busy.append(await crowd.page_s(path))
        found = await all_
        print(f"all were answered after {time.perf_counter() - begun:.1f} s")
    return tell(found, quiet, busy)


def tell(found: Sequence[Opened], quiet: Sequence[float], busy: Sequence[float]) -> bool:
    for framework in dict.fromkeys(one.framework for one in found):
        times = sorted(one.seconds for one in found if one.framework == framework)
        print(
            f"{framework:10} {len(times):3} opened, page after {statistics.median(times):5.1f} s, last {times[-1]:5.1f}"
        )
    lost = [one for one in found if not one.is_served]
    ratio = statistics.median(busy) / statistics.median(quiet)
    print(f"lost: {len(lost)} of {len(found)}")
    for name, times in (("quiet", quiet), ("crowd", busy)):
        print(
            f"portal's pages, {name}: median {statistics.median(times) * 1000:5.0f} ms, "
            f"95 % within {statistics.quantiles(times, n=20)[-1] * 1000:5.0f} ms, {len(times)} pages"
        )
    print(f"crowd / quiet: {ratio:.2f} (at most {LIMIT:g})")
    return not lost and ratio <= LIMIT


def reference_s() -> float:
    begun = time.perf_counter()
    hashlib.sha256(bytes(32 * MIB)).digest()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logged", type=int, default=400)
    parser.add_argument("--opened", type=int, default=50)
    parser.add_argument("--only", choices=APPS)
    given = parser.parse_args()
    frameworks = [given.only] if given.only else list(APPS)
    with tempfile.TemporaryDirectory(prefix="vc-") as folder:
        home = Path(folder)
        apps = log_apps(home, given.logged, frameworks)
        with Hub(home) as hub:
            print(f"{len(apps)} apps are logged, {given.opened} are opened at once. {hub.level}")
            print(f"reference: {reference_s() * 1000:.0f} ms")
            is_good = asyncio.run(measure(hub, apps, given.opened))
            print(f"reference: {reference_s() * 1000:.0f} ms")
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
