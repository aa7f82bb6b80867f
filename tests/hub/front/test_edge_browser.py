"""Apps of the frameworks in real Chromium, through a real nginx before a real hub."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from vitrina.hub import keyfile
from vitrina.hub.settings import Settings
from vitrina.store import bundles
from vitrina.store.apps import AppDraft
from vitrina.store.home import place
from vitrina.store.opening import open_store
from vitrina.store.records import App, Visibility
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
STORIES = HERE.parents[1] / "apps" / "stories"
START_MS = 90_000
STOP_TIMEOUT_S = 30


@dataclass(frozen=True)
class Hub:
    portal: str
    apps: dict[str, App]
    settings: Settings

    def open_url(self, name: str) -> str:
        return f"{self.portal}/{self.apps[name].ref}/open"


def fill(home: Path) -> dict[str, App]:
    with open_store(home=home) as store:
        project = store.projects.describe(store.projects.ensure("demo", "squares"), visibility=Visibility.PUBLIC)
        model = home / "model.txt"
        model.write_text("squares")
        version = store.registry.log(project, Noun.MODEL, "square", Draft([("model.txt", model)])).version
        found: dict[str, App] = {}
        for name in ("gradio", "streamlit"):
            bundle, archive = bundles.pack(STORIES / f"{name}_square.py"), home / f"{name}.tar"
            archive.write_bytes(bundle.data)
            draft = AppDraft(archive, bundle.digest, bundle.framework, bundle.entry, bundle.cwd, title=name.title())
            found[name] = store.apps.log(version, name, draft)
    return found


@pytest.fixture(scope="module")
def hub(run_nginx, tmp_path_factory: pytest.TempPathFactory, lasting_processes: set[int]) -> Iterator[Hub]:
    home = tmp_path_factory.mktemp("home")
    apps = fill(home)
    with socket.create_server(("127.0.0.1", 0)) as outside:
        held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        port, apps_port = (one.getsockname()[1] for one in held)
        for one in held:
            one.close()
        further = {"public_apps_url": f"http://*.localhost:{outside.getsockname()[1]}"}
        command = [sys.executable, str(HERE / "a_hub.py"), str(home), str(port), str(apps_port), json.dumps(further)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            lasting_processes.add(process.pid)
            assert process.stdout
            try:
                assert process.stdout.readline() == "ready\n"
                secret = keyfile.kept(home / keyfile.SECRET)
                settings = Settings(place(home=home), port=port, apps_port=apps_port, secret=secret, **further)
                with run_nginx(settings, outside, tmp_path_factory.mktemp("nginx")) as pid:
                    lasting_processes.add(pid)
                    yield Hub(f"http://localhost:{port}", apps, settings)
            finally:
                process.send_signal(signal.SIGTERM)
                assert process.wait(STOP_TIMEOUT_S) == 0


def test_a_person_opens_gradio_by_its_ticket_and_gets_an_answer(hub: Hub, page: Page) -> None:
    page.goto(hub.open_url("gradio"))
    page.get_by_label("Number").fill("7", timeout=START_MS)
    page.get_by_role("button", name="Square").click()
    expect(page.get_by_label("Answer")).to_have_value("The square is 49.")
    assert page.url.startswith(hub.settings.sites.of(hub.apps["gradio"]).root)


def test_streamlit_answers_over_its_websocket(hub: Hub, page: Page) -> None:
    sockets: list[str] = []
    page.on("websocket", lambda opened: sockets.append(opened.url))
    page.goto(hub.open_url("streamlit"))
    field = page.locator("input").first
    field.fill("7", timeout=START_MS)
    field.press("Enter")
    page.get_by_text("The square is 49.").wait_for()
    assert [url for url in sockets if url.endswith("/_stcore/stream")]


def test_gradios_hashed_files_are_not_asked_for_again(hub: Hub, page: Page) -> None:
    page.goto(hub.open_url("gradio"))
    page.get_by_label("Number").wait_for(timeout=START_MS)
    page.wait_for_load_state("networkidle")
    kept: dict[str, bool] = {}

    def note(told: dict[str, Any]) -> None:
        response = told["response"]
        if "/assets/" in response["url"]:
            kept[response["url"]] = response["fromDiskCache"]

    page.close()
    page = page.context.new_page()  # in the same page it would be a reload
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.responseReceived", note)
    page.goto(hub.settings.sites.of(hub.apps["gradio"]).root)
    page.get_by_label("Number").wait_for(timeout=START_MS)
    page.wait_for_load_state("networkidle")
    assert len(kept) > 10
    assert all(kept.values())
