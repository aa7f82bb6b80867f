"""The frozen file: opened from a disk without network it draws everything, runs nothing of anybody's, and is the same
twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vitrina.reports import Document, Means, Reader, Workers, edition_of_text, parse, resolve
from vitrina.reports.backends.frozen import frozen
from vitrina.store.opening import Store
from vitrina.store.refs import parse_ref

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.slow

HOME = parse_ref("acme/churn")
DATED = datetime(2026, 11, 20, 16, 40, tzinfo=UTC)
MODEL = "acme/churn/models/classifier"


def read(store: Store, text: str) -> Document:
    return resolve(parse(text), Reader(store, home=HOME))


def printed(store: Store, workers: Workers, text: str) -> bytes:
    document = read(store, text)
    edition = edition_of_text(document, name="q3-review.md", dated=DATED, project="acme/churn")
    return frozen(document, replace(edition, revision=2), Means(store.blobs.read, workers))


@pytest.fixture(scope="module")
def file(sample: Store, workers: Workers) -> bytes:
    text = (Path(__file__).parent / "texts" / "q3-review.md").read_text(encoding="utf-8")
    return printed(sample, workers, text)


@pytest.fixture
def opened(file: bytes, tmp_path: Path, new_context: Callable[..., BrowserContext]) -> Page:
    """The file in a browser that has no network."""
    (tmp_path / "report.html").write_bytes(file)
    page = new_context(offline=True).new_page()
    page.goto(f"file://{tmp_path}/report.html")
    return page


def test_the_same_revision_over_the_same_data_gives_the_same_bytes(file: bytes, sample: Store, review: str) -> None:
    with Workers() as others:
        assert printed(sample, others, review) == file


def test_it_names_no_address_that_a_browser_would_load(file: bytes) -> None:
    page = re.sub(rb"<script[^>]*>.*?</script>", b"", file, flags=re.DOTALL)
    assert re.findall(rb'(?:src|href)="(?!#|data:|https?://hub)[^"]*"', page) == []


def test_its_dates_are_the_revisions(file: bytes) -> None:
    assert b'<time datetime="2026-11-20T16:40:00Z"' in file
    page = re.sub(rb"<script.*?</script>", b"", file, flags=re.DOTALL).decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\d", page)) == {"2026-11-20"}
    assert set(re.findall(r"\d{1,2} [A-Z][a-z]{2,8} \d{4}", page)) == {"20 November 2026", "20 Nov 2026"}


def test_vega_is_in_it_once_however_many_charts_there_are(sample: Store, workers: Workers) -> None:
    one = printed(sample, workers, f"![a]({MODEL}@1.2.0#charts/lift)\n")
    ten = printed(sample, workers, f"![a]({MODEL}@1.2.0#charts/lift)\n\n" * 10)
    assert len(ten) - len(one) < 50_000
    assert len(ten) < 2_000_000


def test_a_file_without_charts_carries_no_library(sample: Store, workers: Workers) -> None:
    assert len(printed(sample, workers, "# Words\n\nOnly.\n")) < 60_000


def test_its_charts_are_drawn(opened: Page) -> None:
    charts = opened.locator(".chart")
    assert charts.count() == 3
    for chart in charts.all():
        chart.locator("svg").wait_for()
    assert "1.2.0 0.913" in (charts.first.text_content() or "")
    assert opened.locator(".state.bad").count() == 0


def test_its_foreign_figures_are_drawn_in_frames_without_an_origin(opened: Page) -> None:
    frames = opened.locator("iframe.boxed")
    assert [frame.get_attribute("sandbox") for frame in frames.all()] == ["allow-scripts"] * 3
    opened.frame_locator("iframe[title='What the model looks at']").locator(".main-svg").first.wait_for()
    opened.frame_locator("iframe[title='Spread']").locator(".bk-Figure").first.wait_for()
    opened.frame_locator("iframe[title='page']").get_by_text("A page").wait_for()


def test_a_frame_is_as_high_as_what_is_in_it(opened: Page) -> None:
    opened.wait_for_function("document.querySelector(\"iframe[title='page']\").height === '80'")


def test_it_follows_a_reader_into_the_dark(opened: Page) -> None:
    line = opened.locator(".chart").first.locator("path[stroke='#0b736b']").first
    line.wait_for()
    opened.emulate_media(color_scheme="dark")
    opened.locator(".chart").first.locator("path[stroke='#5fdcc0']").first.wait_for()


def test_its_policy_lets_only_its_own_scripts_run(sample: Store, workers: Workers, tmp_path: Path, page: Page) -> None:
    """Even a script that had come past the cleaning would not run."""
    content = printed(sample, workers, f"Text.\n\n![a]({MODEL}@1.2.0#charts/lift)\n")
    assert b"script-src &#39;sha256-" in content
    smuggled = content.replace(
        b"<p>Text.</p>", b"<p>Text.</p><script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"
    )
    assert smuggled != content
    (tmp_path / "smuggled.html").write_bytes(smuggled)
    page.goto(f"file://{tmp_path}/smuggled.html")
    page.locator(".chart svg").wait_for()
    assert page.evaluate("window.ran") is None


def test_it_is_whole_without_scripts(file: bytes, tmp_path: Path, new_context: Callable[..., BrowserContext]) -> None:
    (tmp_path / "report.html").write_bytes(file)
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"file://{tmp_path}/report.html")
    assert [word.text_content() for word in page.locator(".chart noscript").all()] == [
        "This chart is drawn by the script in this file."
    ] * 3
    assert page.get_by_role("heading", level=1).text_content() == "Third-quarter review of the churn model"


def test_it_has_no_accessibility_violation(opened: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened.locator(".chart svg").last.wait_for()
    options = {"iframes": False}  # what others logged is theirs
    results = Axe().run(opened, context=None, options=options)
    assert [violation["id"] for violation in results.response["violations"]] == []
