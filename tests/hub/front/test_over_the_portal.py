"""Whoever comes to an app without having been let in is sent over the portal, by the name of the origin."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from fastapi.testclient import TestClient

from vitrina.hub.proxy.routes import ENTER


def test_the_portal_sends_them_back_with_a_ticket(visitor: TestClient, shown, store) -> None:
    answer = visitor.get(f"/-/apps/{shown.app.label}/open", params={"to": "/page?a=1"})
    address = urlsplit(answer.headers["location"])
    assert (answer.status_code, address.path) == (303, ENTER)
    given = parse_qs(address.query)
    assert given["to"] == ["/page?a=1"]
    assert store.instances.use_ticket(given["ticket"][0]).revision_id == shown.app.revision_id


def test_it_sends_nobody_to_what_they_may_not_see(visitor: TestClient, resident: TestClient, hidden) -> None:
    private = visitor.get(f"/-/apps/{hidden.app.label}/open")
    absent = visitor.get("/-/apps/no-such-0000000000/open")
    assert private.status_code == absent.status_code == 404
    assert private.json()["detail"].replace(hidden.app.label, "no-such-0000000000") == absent.json()["detail"]
    assert resident.get(f"/-/apps/{hidden.app.label}/open").status_code == 303


def test_a_page_cannot_do_it_in_the_background(visitor: TestClient, shown) -> None:
    refused = visitor.get(f"/-/apps/{shown.app.label}/open", headers={"sec-fetch-dest": "image"})
    assert refused.status_code == 403
