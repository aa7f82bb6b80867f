"""Pages in a real Chromium, under the portal's own policy: charts, frames, keys, themes, a phone, no script, axe."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# axe has no types.

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from vitrina.hub import sessions

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.slow

VERSION = "/acme/churn/models/classifier@2.0.0"
RUN = "/acme/churn/runs/brisk-heron"
PATHS = [
    "/",
    "/acme/churn",
    "/acme/empty",
    "/acme/churn/runs",
    RUN,
    "/acme/churn/models/classifier",
    VERSION,
    "/acme/churn/datasets/customers@1.0.0",
    "/acme/churn/apps",
    f"{VERSION}/apps/what-if/use",
    "/acme/churn/reports/q3-review",
    "/search?q=class&within=acme/churn",
    "/nobody/nothing",
]
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 900}

EXPECTED = ("404 (Not Found)", "\"connect-src 'none'\"", "Fetch API cannot load")
"""Errors that tests ask for: a page that is not there, and a frame that tries to reach the hub."""

NewContext = Callable[..., "BrowserContext"]


@pytest.fixture(scope="module")
def hub(gallery: Any, lasting_processes: set[int]) -> Iterator[str]:
    """The portal over the gallery, as a process; its address."""
    command = [sys.executable, str(Path(__file__).parent / "a_portal.py"), str(gallery.store.place.home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        lasting_processes.add(process.pid)
        assert process.stdin is not None
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, "the portal did not start"
        yield address
        process.stdin.close()
        process.wait(20)


@pytest.fixture
def visit(new_context: NewContext, hub: str, session: str) -> Iterator[Callable[..., Page]]:
    """Opens a page as the local user. An error that the console tells fails the test."""
    errors: list[str] = []

    def open_page(path: str, *, viewport: dict[str, int] = LAPTOP, **settings: Any) -> Page:
        context = new_context(viewport=viewport, **settings)
        context.set_default_timeout(90_000)  # the first chart makes the portal take Vega out of its package
        address = hub.replace("http:", "https:")  # browsers send Secure cookies to localhost; Playwright asks
        context.add_cookies([{"name": sessions.COOKIE, "value": session, "url": address, "secure": True}])
        page = context.new_page()
        page.on("console", lambda said: errors.append(f"{page.url}: {said.text}") if said.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        page.goto(hub + path)
        return page

    yield open_page
    assert [error for error in errors if not any(word in error for word in EXPECTED)] == []


def test_charts_are_drawn_in_the_colours_of_the_theme_and_again_when_it_changes(visit: Callable[..., Page]) -> None:
    page = visit(VERSION, color_scheme="light")
    line = page.locator("#charts .chart svg .mark-line path").first
    line.scroll_into_view_if_needed()
    line.wait_for(state="attached")
    assert line.get_attribute("stroke") == "#0b736b"
    page.keyboard.press("t")
    page.locator('#charts .chart svg .mark-line path[stroke="#5fdcc0"]').first.wait_for(state="attached")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_nothing_moves_while_charts_arrive(visit: Callable[..., Page]) -> None:
    page = visit(VERSION)
    page.evaluate(
        """() => {
            window.shifts = 0;
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) window.shifts += entry.value;
            }).observe({ type: "layout-shift", buffered: true });
        }"""
    )
    for chart in page.locator("#charts .chart").all():
        chart.scroll_into_view_if_needed()
    page.locator("#charts .chart.ready svg").first.wait_for()
    assert page.evaluate("window.shifts") < 0.02


def test_frames_take_the_height_of_their_figure_and_have_no_origin(visit: Callable[..., Page]) -> None:
    page = visit(RUN)
    for title, height in (("interactive", "340"), ("segments", "300"), ("page", "80")):
        frame = page.locator(f'iframe[title="{title}"]')
        frame.scroll_into_view_if_needed()
        page.locator(f'iframe[title="{title}"][height="{height}"]').wait_for()
    framed = next(frame for frame in page.frames if "/-/frame/" in frame.url)
    assert framed.evaluate("origin") == "null"
    assert framed.evaluate("(() => { try { return parent.document.title } catch (e) { return e.name } })()") == (
        "SecurityError"
    )
    assert framed.evaluate("fetch('/acme/churn.json').then(() => 'read', (e) => e.name)") == "TypeError"
    assert (
        framed.evaluate("(() => { try { return document.cookie } catch (e) { return e.name } })()") == "SecurityError"
    )


def test_keys_go_to_tabs_rows_help_and_search(visit: Callable[..., Page], hub: str) -> None:
    page = visit("/acme/churn/runs")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "faint-aster"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == "eager-lynx"
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#keys").is_hidden()
    page.keyboard.press("/")
    page.keyboard.type("gt?")
    assert page.locator("[data-search]:focus").input_value() == "gt?"
    page.locator("h1").focus()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url(f"{hub}/acme/churn/models")


def test_the_copy_button_copies_and_says_so(visit: Callable[..., Page]) -> None:
    page = visit(VERSION, permissions=["clipboard-read", "clipboard-write"])
    page.locator("#as-code .copy").click()
    page.locator("#said", has_text="Copied").wait_for(state="attached")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("from vitrina import tracking")
    page.locator("#as-code label", has_text="Shell").click()
    page.locator("#as-code .copy").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.startsWith('vitrina model pull'))")
    page.keyboard.press("y")
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.endsWith('classifier@2.0.0'))")


def test_dates_are_told_in_the_browsers_zone(visit: Callable[..., Page]) -> None:
    page = visit("/acme/churn", timezone_id="Asia/Tokyo")
    page.locator("[data-zone-note]", has_text="Asia/Tokyo").wait_for()
    page.reload()
    assert page.locator("html").get_attribute("data-zone") == "Asia/Tokyo"


@pytest.mark.parametrize("path", PATHS)
def test_a_phone_scrolls_no_page_sideways(visit: Callable[..., Page], path: str) -> None:
    page = visit(path, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("path", [VERSION, RUN, "/acme/churn", "/acme/churn/runs"])
def test_a_page_reads_without_script(visit: Callable[..., Page], path: str) -> None:
    page = visit(path, java_script_enabled=False)
    assert page.locator("h1").is_visible()
    for name in ("data-copy", "data-toggle-theme", "data-open-keys"):
        assert all(not button.is_visible() for button in page.locator(f"button[{name}]").all())
    charts = page.locator(".chart").all()
    assert all(chart.inner_text().strip() for chart in charts)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_to_mend(visit: Callable[..., Page], path: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(path, color_scheme=scheme)
    found = Axe().run(page, options={"iframes": False})
    told = [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
    assert told == []


def test_the_versions_of_an_app_open_by_keyboard_and_close_by_escape(visit: Callable[..., Page]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(f"{VERSION}/apps/what-if")
    button, menu = page.get_by_role("button", name="this app in other versions"), page.locator("#versions")
    button.press("Enter")
    menu.wait_for()
    assert menu.locator("[aria-current=page]").count() == 1
    assert Axe().run(page, options={"iframes": False}).response["violations"] == []
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    assert button.evaluate("it => it === document.activeElement")
