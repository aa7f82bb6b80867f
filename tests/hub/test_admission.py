"""A click on "Open app": who is let through, and with what."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from vitrina.hub.proxy.routes import ENTER

APP = "/demo/tumours/models/classifier{selector}/apps/what-if/open"
PRIVATE = "/acme/secret/models/classifier@1.0.0/apps/what-if/open"


@pytest.mark.parametrize("selector", ["@1.0.0", "@latest", "@^1", "", "@champion"])
def test_any_selector_leads_to_the_exact_versions_own_origin(visitor: TestClient, store, shown, selector: str) -> None:
    store.promotions.alias(shown.version, "champion")
    answer = visitor.get(APP.format(selector=selector))
    assert answer.status_code == 303
    assert answer.headers["cache-control"] == "no-store"
    address = urlsplit(answer.headers["location"])
    assert f"{address.scheme}://{address.netloc}" == f"http://{shown.app.label}.localhost:8401"
    assert address.path == ENTER
    assert parse_qs(address.query)["to"] == ["/"]


def test_the_ticket_says_who_and_what_once(visitor: TestClient, resident: TestClient, store, shown) -> None:
    for client, user_id in ((visitor, None), (resident, store.user.id)):
        location = client.get(APP.format(selector="@1.0.0")).headers["location"]
        [ticket] = parse_qs(urlsplit(location).query)["ticket"]
        admission = store.instances.use_ticket(ticket)
        assert (admission.revision_id, admission.user_id) == (shown.app.revision_id, user_id)
        assert store.instances.use_ticket(ticket) is None


def test_a_place_inside_the_app_is_passed_on(visitor: TestClient, shown) -> None:
    location = visitor.get(APP.format(selector="@1.0.0"), params={"to": "/page?a=1&b=2#c"}).headers["location"]
    assert parse_qs(urlsplit(location).query)["to"] == ["/page?a=1&b=2#c"]


def test_an_older_revision_can_be_opened(visitor: TestClient, shown) -> None:
    assert visitor.get("/demo/tumours/models/classifier@1.0.0/apps/what-if@1/open").status_code == 303
    assert visitor.get("/demo/tumours/models/classifier@1.0.0/apps/what-if@2/open").status_code == 404


def test_a_private_app_and_an_absent_one_are_the_same_for_a_visitor(visitor: TestClient, hidden) -> None:
    private, absent = visitor.get(PRIVATE), visitor.get(PRIVATE.replace("secret", "absent"))
    assert private.status_code == absent.status_code == 404
    assert private.json()["detail"] == absent.json()["detail"].replace("absent", "secret")


def test_the_local_user_opens_private_apps(resident: TestClient, hidden) -> None:
    assert resident.get(PRIVATE).status_code == 303


@pytest.mark.parametrize("destination", ["image", "script", "empty", "object"])
def test_a_page_cannot_open_apps_in_the_background(visitor: TestClient, shown, destination: str) -> None:
    refused = visitor.get(APP.format(selector="@1.0.0"), headers={"sec-fetch-dest": destination})
    assert refused.status_code == 403


@pytest.mark.parametrize("destination", ["document", "iframe"])
def test_a_tab_and_a_frame_can(visitor: TestClient, shown, destination: str) -> None:
    answer = visitor.get(APP.format(selector="@1.0.0"), headers={"sec-fetch-dest": destination})
    assert answer.status_code == 303
