"""One-time links, sessions and tokens."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from vitrina.hub import keyfile, sessions
from vitrina.hub.portal import create_portal
from vitrina.hub.settings import SIGN_IN, Settings
from vitrina.store.opening import Store

PRIVATE = "/api/v1/projects/acme/secret"
HOME = {"origin": "http://localhost:8400"}


def enter(client: TestClient, key: str) -> str:
    """Uses a link; gives the session that the browser then holds."""
    answer = client.get(SIGN_IN, params={"key": key})
    assert answer.status_code == 303
    return answer.headers["set-cookie"].partition(";")[0].removeprefix(f"{sessions.COOKIE}=")


def test_a_link_gives_a_session_and_leaves_the_address(visitor: TestClient, store: Store) -> None:
    answer = visitor.get(SIGN_IN, params={"key": store.people.make_link(store.user)})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    assert answer.headers["cache-control"] == "no-store"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-vitrina=")
    assert {"httponly", "secure", "path=/", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}
    assert "domain" not in cookie.lower()


def test_a_session_sees_what_is_private(visitor: TestClient, store: Store, hidden: object) -> None:
    assert visitor.get(PRIVATE).status_code == 404
    session = enter(visitor, store.people.make_link(store.user))
    assert visitor.get(PRIVATE, headers={"cookie": f"{sessions.COOKIE}={session}"}).status_code == 200


def test_a_link_works_once(visitor: TestClient, store: Store) -> None:
    key = store.people.make_link(store.user)
    enter(visitor, key)
    again = visitor.get(SIGN_IN, params={"key": key})
    assert again.status_code == 410
    assert "set-cookie" not in again.headers
    assert "vitrina hub link" in again.json()["hint"]


def test_who_is_in_already_may_click_the_used_link(resident: TestClient, store: Store) -> None:
    key = store.people.make_link(store.user)
    assert resident.get(SIGN_IN, params={"key": key}).status_code == 303
    again = resident.get(SIGN_IN, params={"key": key})
    assert again.status_code == 303
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize("key", ["", "guessed", "x" * 5000])
def test_a_guessed_link_is_refused(visitor: TestClient, key: str) -> None:
    assert visitor.get(SIGN_IN, params={"key": key}).status_code == 410


def test_a_key_that_is_only_looked_at_stays_good(visitor: TestClient, store: Store) -> None:
    key = store.people.make_link(store.user)
    looked = visitor.head(SIGN_IN, params={"key": key})
    assert looked.status_code == 303
    assert "set-cookie" not in looked.headers
    enter(visitor, key)


def test_a_browser_gets_a_session_of_its_own_and_not_one_that_it_brings(visitor: TestClient, store: Store) -> None:
    brought = {"cookie": f"{sessions.COOKIE}=planted"}
    answer = visitor.get(SIGN_IN, params={"key": store.people.make_link(store.user)}, headers=brought)
    assert "planted" not in answer.headers["set-cookie"]


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(resident: TestClient, hidden: object) -> None:
    assert resident.get(PRIVATE).status_code == 200
    answer = resident.post(sessions.SIGN_OUT, headers=HOME)
    assert answer.status_code == 303
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert resident.get(PRIVATE).status_code == 404


def test_signing_out_is_no_link(resident: TestClient) -> None:
    assert resident.get(sessions.SIGN_OUT).status_code in {404, 405}


def test_who_is_in_gets_a_link_for_another_browser(program: TestClient, visitor: TestClient) -> None:
    url = program.post(sessions.LINK).json()["url"]
    assert url.startswith(f"http://localhost:8400{SIGN_IN}?key=")
    assert visitor.get(url).status_code == 303
    assert visitor.post(sessions.LINK, headers=HOME).status_code == 403


def test_a_program_with_the_token_of_the_home_is_the_local_user(program: TestClient, hidden: object) -> None:
    assert program.get(PRIVATE).status_code == 200


@pytest.mark.parametrize("given", ["Bearer guessed", "Bearer ", "Basic dXNlcjpwYXNz", "{token}", "Bearer {token}x"])
def test_another_token_is_refused_also_for_public_things(
    visitor: TestClient, shown: object, token: str, given: str
) -> None:
    headers = {"authorization": given.format(token=token)}
    refused = visitor.get("/api/v1/projects/demo/tumours", headers=headers)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert token not in refused.text


def test_the_token_outlives_the_portal(settings: Settings, store: Store, home: Path) -> None:
    create_portal(settings, store)
    before = keyfile.read(home / keyfile.TOKEN)
    create_portal(settings, store)
    assert keyfile.read(home / keyfile.TOKEN) == before
