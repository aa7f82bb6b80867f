"""Real apps of the four frameworks in real Chromium, at top level and in a frame of the portal's."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from vitrina.store import bundles
from vitrina.store.apps import AppDraft
from vitrina.store.opening import open_store
from vitrina.store.records import App, Visibility
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, FrameLocator, Page

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
STORIES = HERE.parents[1] / "apps" / "stories"
FRAMEWORKS = ("gradio", "streamlit", "dash", "panel")
START_MS = 90_000
STOP_TIMEOUT_S = 30


@dataclass(frozen=True)
class Hub:
    """A hub of real processes with one app of each framework, and three that fail to start."""

    portal: str
    apps_port: int
    apps: dict[str, App]

    def open_url(self, name: str) -> str:
        return f"{self.portal}/{self.apps[name].ref}/open"

    def origin(self, name: str) -> str:
        return f"http://{self.apps[name].label}.localhost:{self.apps_port}"


def fill(home: Path) -> dict[str, App]:
    sources = {name: STORIES / f"{name}_square.py" for name in FRAMEWORKS}
    sources |= {f"broken-{number}": HERE / "stories" / "broken.py" for number in (1, 2, 3)}
    with open_store(home=home) as store:
        project = store.projects.describe(store.projects.ensure("demo", "squares"), visibility=Visibility.PUBLIC)
        model = home / "model.txt"
        model.write_text("squares")
        version = store.registry.log(project, Noun.MODEL, "square", Draft([("model.txt", model)])).version
        found: dict[str, App] = {}
        for name, source in sources.items():
            bundle, archive = bundles.pack(source), home / f"{name}.tar"
            archive.write_bytes(bundle.data)
            draft = AppDraft(archive, bundle.digest, bundle.framework, bundle.entry, bundle.cwd, title=name.title())
            found[name] = store.apps.log(version, name, draft)
    return found


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, lasting_processes: set[int]) -> Iterator[Hub]:
    home = tmp_path_factory.mktemp("home")
    apps = fill(home)
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    port, apps_port = (one.getsockname()[1] for one in held)
    for one in held:
        one.close()
    command = [sys.executable, str(HERE / "a_hub.py"), str(home), str(port), str(apps_port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        lasting_processes.add(process.pid)
        assert process.stdout
        try:
            assert process.stdout.readline() == "ready\n"
            yield Hub(f"http://localhost:{port}", apps_port, apps)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(STOP_TIMEOUT_S) == 0


def change_gradio(app: Page | FrameLocator) -> None:
    app.get_by_label("Number").fill("7", timeout=START_MS)
    app.get_by_role("button", name="Square").click()
    expect(app.get_by_label("Answer")).to_have_value("The square is 49.")


def change_number(app: Page | FrameLocator) -> None:
    field = app.locator("input").first
    field.fill("7", timeout=START_MS)
    field.press("Enter")
    app.get_by_text("The square is 49.").wait_for()


CHANGES: dict[str, Callable[[Page | FrameLocator], None]] = {
    "gradio": change_gradio,
    "streamlit": change_number,
    "dash": change_number,
    "panel": change_number,
}


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_an_app_answers_to_a_changed_input(hub: Hub, page: Page, name: str) -> None:
    page.goto(hub.open_url(name))
    CHANGES[name](page)
    assert page.url.startswith(f"{hub.origin(name)}/")


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_it_does_so_in_a_frame_of_the_portal_too(hub: Hub, page: Page, name: str) -> None:
    page.goto(f"{hub.portal}/")
    page.evaluate(
        """address => { const frame = document.createElement("iframe"); frame.src = address; frame.id = "app";
                        frame.style = "width: 900px; height: 600px"; document.body.replaceChildren(frame) }""",
        hub.open_url(name),
    )
    CHANGES[name](page.frame_locator("#app"))


def test_a_bookmark_leads_back_in(hub: Hub, page: Page) -> None:
    page.goto(f"{hub.origin('dash')}/squares/?from=bookmark")
    change_number(page)
    assert page.url == f"{hub.origin('dash')}/squares/?from=bookmark"


def test_an_address_in_words_leads_to_the_app(hub: Hub, page: Page) -> None:
    page.goto(f"http://localhost:{hub.apps_port}/demo/squares/square/latest/dash/squares/")
    change_number(page)
    assert page.url == f"{hub.origin('dash')}/squares/"


def test_the_cookie_is_out_of_reach_of_the_apps_page(hub: Hub, page: Page) -> None:
    page.goto(hub.open_url("dash"))
    change_number(page)
    assert "vitrina" not in page.evaluate("document.cookie")
    [cookie] = [one for one in page.context.cookies() if one["name"] == "__Host-vitrina-app"]
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "None")
    assert cookie["domain"] == hub.origin("dash").removeprefix("http://").partition(":")[0]


def test_an_apps_page_reaches_neither_hub_nor_neighbour(hub: Hub, page: Page) -> None:
    page.goto(hub.open_url("dash"))
    change_number(page)
    for address in (hub.portal, hub.origin("panel"), "http://evil.example"):
        asked = page.evaluate("address => fetch(address, {credentials: 'include'}).then(() => 'got', String)", address)
        assert "TypeError" in asked


def test_a_starting_app_shows_its_steps(hub: Hub, page: Page) -> None:
    page.goto(hub.open_url("broken-1"), wait_until="commit")
    page.get_by_role("heading", name="Opening Broken-1").wait_for()
    page.get_by_text("Loading its framework").wait_for()
    page.get_by_role("heading", name="The app stopped while it was starting").wait_for(timeout=START_MS)
    assert "reference.csv" in page.locator(".wait-box").inner_text()


def test_start_again_goes_through_the_waiting_page(hub: Hub, page: Page) -> None:
    page.goto(hub.open_url("broken-2"), wait_until="commit")
    page.get_by_role("button", name="Start again").click(timeout=START_MS)
    page.get_by_role("heading", name="The app stopped while it was starting").wait_for(timeout=START_MS)


def test_without_script_the_waiting_page_asks_again(hub: Hub, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(hub.open_url("broken-3"), wait_until="commit")
    page.get_by_role("heading", name="Opening Broken-3").wait_for()
    page.get_by_role("heading", name="The app stopped while it was starting").wait_for(timeout=START_MS)
