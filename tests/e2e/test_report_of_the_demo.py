"""The Q3 review as stakeholders get it: a page of the hub, and a PDF."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from demo_hub import Hub, vitrina
from pypdf import PdfReader

from vitrina.store.opening import open_store

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

REPORT = "demo/tumours/reports/q3-review"
NAMES_ON_AXES = ("false positive rate", "recall", "predicted", "AUC lost when shuffled")
"""Text that only a drawn chart has."""


@pytest.fixture(scope="module")
def printed(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> PdfReader:
    target = tmp_path_factory.mktemp("pdf") / "q3.pdf"
    done = vitrina("report", "render", REPORT, "--to", "pdf", "-o", str(target), home=demo_home)
    assert done.returncode == 0, done.stdout + done.stderr
    return PdfReader(target)


def test_the_pdf_has_its_text_its_charts_and_its_pages(printed: PdfReader) -> None:
    text = "\n".join(page.extract_text() for page in printed.pages)
    assert 4 <= len(printed.pages) <= 8
    assert "which classifier should we use?" in printed.metadata.title
    assert f"1 / {len(printed.pages)}" not in printed.pages[0].extract_text()
    assert f"2 / {len(printed.pages)}" in printed.pages[1].extract_text()
    assert [name for name in NAMES_ON_AXES if name in text] == list(NAMES_ON_AXES)


def test_the_pdf_leads_to_what_it_speaks_of(printed: PdfReader) -> None:
    links = {
        note.get_object()["/A"]["/URI"]
        for page in printed.pages
        for note in page.get("/Annots", ())
        if "/URI" in note.get_object().get("/A", {})
    }
    assert any(link.endswith("/demo/tumours/models/classifier@2.0.0") for link in links)


def test_the_numbers_that_are_printed_are_those_of_the_store(printed: PdfReader, demo_home: Path) -> None:
    with open_store(home=demo_home) as store:
        expected: list[str] = []
        for number in ("2.0.0", "1.1.0", "1.0.0"):
            run_id = store.find(f"demo/tumours/models/classifier@{number}").run_id
            assert run_id is not None
            [auc] = [series.last for series in store.metrics.series([run_id])[run_id] if series.name == "auc"]
            expected.append(f"{auc:.3f}")
    row = next(line for line in printed.pages[1].extract_text().splitlines() if re.match(r"auc\b", line))
    assert re.findall(r"0\.\d{3}", row) == expected


def test_a_visitor_reads_the_report_with_its_charts_drawn(visitor: Page) -> None:
    visitor.goto(f"/{REPORT}")
    visitor.get_by_role("heading", level=1, name="Q3 review: which classifier should we use?").wait_for()
    chart = visitor.locator(".chart").first
    chart.scroll_into_view_if_needed()
    chart.locator("svg, canvas").first.wait_for(timeout=30_000)


def test_the_link_signs_in_once_and_shows_what_is_private(hub: Hub, visitor: Page) -> None:
    with open_store(home=hub.home) as store:
        store.projects.ensure("me", "secret")
    assert visitor.goto("/me/secret").status == 404
    visitor.goto(hub.link)
    assert "key=" not in visitor.url
    assert visitor.goto("/me/secret").status == 200
    visitor.context.clear_cookies()
    visitor.goto(hub.link)
    assert visitor.goto("/me/secret").status == 404
