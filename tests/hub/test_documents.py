"""READMEs in pages are read with the reader's own rights."""

from __future__ import annotations

from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader

from vitrina.store.records import Subject

PAGE = {"accept": "text/html"}


def test_a_readme_names_to_a_visitor_only_what_he_may_see(
    visitor: TestClient, resident: TestClient, store, shown, hidden
) -> None:
    text = f"# Tumours\n\n{shown.version.ref}\n\n[the other]({hidden.version.ref})\n"
    store.reports.publish_readme(shown.project, Subject.PROJECT, shown.project.id, text)
    seen, all_of_it = (client.get("/demo/tumours", headers=PAGE).text for client in (visitor, resident))
    assert f'href="/{shown.version.ref}"' in seen
    assert f'href="/{hidden.version.ref}"' not in seen
    assert f'href="/{hidden.version.ref}"' in all_of_it


def test_a_pasted_address_of_this_hub_is_a_reference(visitor: TestClient, store, shown) -> None:
    store.reports.publish(shown.project, "q3", f"# Q3\n\nhttp://localhost:8400/{shown.version.ref}\n")
    page = visitor.get("/demo/tumours/reports/q3", headers=PAGE).text
    assert f'href="/{shown.version.ref}"' in page
    assert "http://localhost:8400" not in page


def test_the_title_of_a_readme_is_said_once(resident: TestClient, store, shown) -> None:
    store.reports.publish_readme(shown.project, Subject.PROJECT, shown.project.id, "# Tumours of the breast\n")
    store.projects.describe(shown.project, title="Tumours of the breast")
    page = resident.get("/demo/tumours", headers=PAGE).text
    assert page.count(">Tumours of the breast</h") == 1
    store.projects.describe(shown.project, title="Another title")
    assert resident.get("/demo/tumours", headers=PAGE).text.count(">Tumours of the breast</h") == 1


@pytest.mark.slow
def test_a_report_is_a_pdf_for_whoever_may_read_it(
    visitor: TestClient, resident: TestClient, store, shown, hidden
) -> None:
    for one in (shown, hidden):
        store.reports.publish(one.project, "q3", f"# The third quarter\n\n[the other]({hidden.version.ref})\n")
    printed = visitor.get("/-/print/demo/tumours/reports/q3")
    assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf")
    assert "q3.pdf" in printed.headers["content-disposition"]
    pages = PdfReader(BytesIO(printed.content)).pages
    text = "\n".join(page.extract_text() for page in pages)
    assert "The third quarter" in text
    assert "cannot be shown" in text
    absent, forbidden = (visitor.get(f"/-/print/acme/{name}/reports/q3") for name in ("nothing", "secret"))
    assert absent.status_code == forbidden.status_code == 404
    assert resident.get("/-/print/acme/secret/reports/q3").status_code == 200
