"""READMEs in pages are read with the reader's own rights."""

from __future__ import annotations

from fastapi.testclient import TestClient

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
