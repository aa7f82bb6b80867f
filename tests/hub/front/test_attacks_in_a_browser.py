"""What an app's page tries to do with its reader's rights, in real Chromium: in vain, wherever apps are.

Each is tried by a page that keeps to the front's policy, and by one on which the browser does not enforce it: what the
portal refuses by itself must be enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from app_hub import AppHub, HubOf
    from chromium_browser import OwnDomain
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.slow

STORY = Path(__file__).parent / "stories" / "viewer_dash.py"
START_MS = 90_000

ATTEMPTS = """async portal => {
    const tried = {};
    const attempt = async (name, work) => {
        try { tried[name] = String(await work()); } catch (error) { tried[name] = "refused"; }
    };
    const opened = socket => new Promise((open, fail) => {
        socket.onopen = () => open("opened");
        socket.onerror = fail;
    });
    const loaded = (element, href) => new Promise((load, fail) => {
        element.onload = () => load("loaded");
        element.onerror = fail;
        element[element.tagName === "LINK" ? "href" : "src"] = href;
        document.head.append(element);
    });
    const style = Object.assign(document.createElement("link"), {rel: "stylesheet"});
    await attempt("read", () => fetch(`${portal}/api/v1/projects`, {credentials: "include"}).then(it => it.text()));
    await attempt("read blindly", () => fetch(`${portal}/-/status.json`, {credentials: "include", mode: "no-cors"}));
    await attempt("open a socket", () => opened(new WebSocket(portal.replace("http", "ws") + "/")));
    await attempt("load as a script", () => loaded(document.createElement("script"), `${portal}/-/status.json`));
    await attempt("load as a style", () => loaded(style, `${portal}/-/status.json`));
    await attempt("load as a picture", () => loaded(new Image(), `${portal}/favicon.ico`));
    await attempt("make a link", () => fetch(`${portal}/-/link`, {credentials: "include", method: "POST",
        headers: {"content-type": "application/json"}}).then(it => it.text()));
    return tried;
}"""
"""Each of them would give something back."""

WRITES = """async portal => {
    const out = `${portal}/-/sign-out`;
    await fetch(out, {credentials: "include", method: "POST", mode: "no-cors", body: "a=1"}).catch(() => {});
    navigator.sendBeacon(out, "a=1");
    const frame = Object.assign(document.createElement("iframe"), {name: "sink"});
    document.body.append(frame);
    const form = Object.assign(document.createElement("form"), {action: out, method: "post", target: "sink"});
    document.body.append(form);
    const answered = new Promise(done => {
        frame.onload = done;
        document.addEventListener("securitypolicyviolation", done);
    });
    form.submit();
    await answered;
}"""
"""Each of them would sign the reader out."""

FRAMED = """address => new Promise(done => {
    const frame = Object.assign(document.createElement("iframe"), {id: "prey", src: address});
    frame.onload = frame.onerror = () => done(true);
    document.body.append(frame);
})"""


@dataclass(frozen=True)
class Scene:
    """A hub with an app and its neighbour, as browsers see them."""

    hub: AppHub
    portal: str

    def root(self, name: str) -> str:
        return self.hub.site_of(name).root


@pytest.fixture(scope="module")
def own_domain(company_domain: OwnDomain) -> OwnDomain:
    return company_domain


@pytest.fixture(scope="module", params=["own origins", "paths", "a company"])
def scene(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    hub_of: HubOf,
    company_of: Callable[..., AppHub],
) -> Scene:
    sources = {"app": STORY, "neighbour": STORY}
    match request.param:
        case "own origins":
            hub = hub_of(tmp_path_factory.mktemp("home"), sources)
        case "paths":
            hub = hub_of(tmp_path_factory.mktemp("home"), sources, public_apps_url="http://localhost:{apps_port}")
        case _:
            hub = company_of(sources)
    return Scene(hub, hub.settings.portal_url)


@pytest.fixture(params=[False, True], ids=["with the policy", "without the policy"])
def page(request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext], scene: Scene) -> Page:
    """A reader who is signed in, at the app."""
    page = new_context(ignore_https_errors=True, bypass_csp=request.param).new_page()
    page.goto(scene.portal + scene.hub.sign_in_path())
    page.goto(f"{scene.portal}/{scene.hub.apps['app'].ref}/open")
    expect(page.get_by_text("9 for You (local)")).to_be_visible(timeout=START_MS)
    return page


def is_signed_in(page: Page, scene: Scene) -> bool:
    answer = page.context.new_page().goto(f"{scene.portal}/-/status.json")
    assert answer
    return answer.status == 200


def test_nothing_is_got_from_the_portal(scene: Scene, page: Page) -> None:
    tried = page.evaluate(ATTEMPTS, scene.portal)
    assert len(tried) == 7
    assert set(tried.values()) == {"refused"}, tried


def test_nothing_is_done_in_the_readers_name(scene: Scene, page: Page) -> None:
    page.evaluate(WRITES, scene.portal)
    assert is_signed_in(page, scene)


def test_the_hubs_cookies_are_neither_seen_nor_set(scene: Scene, page: Page) -> None:
    page.evaluate("""() => {
        const domain = location.hostname.split(".").slice(-2).join(".");
        for (const name of ["__Host-vitrina", "__Host-vitrina-app"]) {
            document.cookie = `${name}=forged; path=/; secure; domain=${domain}`;
            document.cookie = `${name}=forged; path=/x; secure`;
        }
    }""")
    assert "vitrina" not in page.evaluate("document.cookie")
    assert not [one for one in page.context.cookies() if one["value"] == "forged"]
    assert is_signed_in(page, scene)


def test_the_portal_is_not_framed(scene: Scene, page: Page) -> None:
    page.evaluate(FRAMED, f"{scene.portal}/-/status")
    assert not [frame for frame in page.frames if frame.url.startswith(scene.portal)]


def test_a_window_of_the_portal_is_out_of_reach(scene: Scene, page: Page) -> None:
    with page.context.expect_page() as opened:
        page.evaluate("address => { window.prey = window.open(address) }", f"{scene.portal}/-/status")
    opened.value.wait_for_load_state()
    assert page.evaluate("() => { try { return window.prey.document?.title ?? null } catch { return null } }") is None
    assert page.evaluate("window.prey.closed"), "the portal's windows are none of others"


def test_a_neighbour_is_not_asked_or_framed(scene: Scene, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(ignore_https_errors=True).new_page()
    page.goto(scene.portal + scene.hub.sign_in_path())
    for name in ("neighbour", "app"):
        page.goto(f"{scene.portal}/{scene.hub.apps[name].ref}/open")
        expect(page.get_by_text("9 for You (local)")).to_be_visible(timeout=START_MS)
    address = scene.root("neighbour")
    asked = page.evaluate("address => fetch(address, {credentials: 'include'}).then(() => 'got', String)", address)
    assert "TypeError" in asked
    page.evaluate(FRAMED, address)
    assert not [frame for frame in page.frames if frame.url.startswith(address)]
