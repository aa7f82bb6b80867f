"""Stopping an app from outside: a wish that the front gets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from vitrina.hub import front_line
from vitrina.hub.front_line import FrontLine, GarbledWishError, NoFrontError, StopApp
from vitrina.hub.portal import create_portal

STOP = "/api/v1/projects/demo/tumours/models/classifier/versions/1.0.0/apps/what-if/instance/stop"


@pytest.fixture
def line() -> Iterator[tuple[FrontLine, object]]:
    portal, front = front_line.pair()
    with portal, front:
        yield FrontLine(portal), front


@pytest.fixture
def asked(settings, store, token, line) -> Iterator[TestClient]:
    app = create_portal(settings, store, front=line[0])
    with TestClient(app, base_url="http://localhost:8400") as client:
        client.headers["authorization"] = f"Bearer {token}"
        yield client


def test_the_front_gets_the_wish(asked: TestClient, line, shown) -> None:
    answer = asked.post(STOP)
    assert answer.status_code == 202
    assert front_line.wish_of(line[1].recv(4096)) == StopApp(shown.app.label, "local stopped it.")


def test_a_visitor_may_not_stop_what_he_sees(visitor: TestClient, shown) -> None:
    refused = visitor.post(STOP, headers={"origin": "http://localhost:8400"})
    assert refused.status_code == 403
    assert "manage" in refused.json()["detail"]


def test_a_portal_without_a_front_says_so(program: TestClient, shown) -> None:
    assert program.post(STOP).status_code == 503


def test_a_front_that_reads_nothing_is_not_waited_for(line) -> None:
    def ask_for_ever() -> None:
        while True:  # its queue has an end
            line[0].stop("label", reason="again")

    with pytest.raises(NoFrontError):
        ask_for_ever()


@pytest.mark.parametrize("datagram", [b"", b"[]", b"{}", b'{"label": "x"}', b"\xff"])
def test_what_is_no_wish_is_refused(datagram: bytes) -> None:
    with pytest.raises(GarbledWishError):
        front_line.wish_of(datagram)


def test_people_who_are_inside_may_be_let_finish(asked: TestClient, line, shown) -> None:
    assert asked.post(f"{STOP}?drain=true").status_code == 202
    assert front_line.wish_of(line[1].recv(4096)) == StopApp(shown.app.label, "local stopped it.", drain=True)
