"""`/metrics`: who may read it, what stands there, and what it costs."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families as parsed
from sqlalchemy import event

from vitrina.hub import front_line, keyfile
from vitrina.hub.front_line import LONGEST_BYTES, FrontLine, NoFrontError
from vitrina.hub.measures.families import counter
from vitrina.hub.measures.scrape import SAID_BY_PROXIES
from vitrina.hub.measures.told import GarbledAnswerError, RunningApp, Told
from vitrina.hub.portal import create_portal

REF = "acme/secret/models/classifier@1.0.0/apps/what-if@1"
TOLD = Told(
    [counter("app_openings", "Openings.", {(): 3})], [RunningApp("label", REF, 1, "gradio", "ready", 2, 50_000_000)]
)
HERE, ELSEWHERE = ("127.0.0.1", 50_000), ("192.0.2.7", 50_000)


@contextmanager
def answering(answer: bytes = TOLD.as_bytes()) -> Iterator[FrontLine]:
    """A front that answers each wish with this, and then ends its answer."""
    portal, front = front_line.pair()
    front.setblocking(True)

    def serve() -> None:
        while True:
            datagram, files, _, _ = socket.recv_fds(front, LONGEST_BYTES, 1)
            if not datagram:
                return
            with socket.socket(fileno=files[0]) as asked:
                asked.sendall(answer)

    with portal, front:
        thread = threading.Thread(target=serve)
        thread.start()
        yield FrontLine(portal)
        portal.send(b"")
        thread.join()


def read(client: TestClient, **headers: str) -> dict[str, Metric]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    return {one.name: one for one in parsed(answer.text)}


@contextmanager
def portal_of(settings, store, *, client=HERE, front: FrontLine | None = None) -> Iterator[TestClient]:
    app = create_portal(settings, store, front=front)
    with TestClient(app, base_url="http://localhost:8400", client=client, follow_redirects=False) as opened:
        yield opened


def value(found: dict[str, Metric], name: str, **labels: str) -> float:
    return next(one.value for one in found[name].samples if labels.items() <= one.labels.items())


def test_a_program_of_this_machine_reads_totals_and_no_name(settings, store, hidden) -> None:
    with answering() as front, portal_of(settings, store, front=front) as client:
        found = read(client)
        assert "secret" not in client.get("/metrics").text
    assert value(found, "vitrina_front_up") == value(found, "vitrina_store_up") == 1
    assert value(found, "vitrina_app_openings") == 3
    assert value(found, "vitrina_feedback_refused") == 0
    assert "vitrina_app_memory_bytes" not in found


@pytest.mark.parametrize("key", [keyfile.METRICS, keyfile.TOKEN])
def test_who_shows_a_key_reads_names_from_anywhere(settings, store, key: str) -> None:
    with answering() as front, portal_of(settings, store, client=ELSEWHERE, front=front) as client:
        found = read(client, authorization=f"Bearer {keyfile.read(settings.home / key)}")
    assert value(found, "vitrina_app_memory_bytes", app=REF, instance="1") == 50_000_000
    assert value(found, "vitrina_app_people", app=REF) == 2


def test_the_key_of_metrics_opens_nothing_else(settings, store, hidden) -> None:
    with portal_of(settings, store) as client:
        key = {"authorization": f"Bearer {keyfile.read(settings.home / keyfile.METRICS)}"}
        for path in ("/-/status.json", "/acme/secret", "/api/v1/projects"):
            assert client.get(path, headers=key).status_code == 401


def test_a_program_elsewhere_is_told_how_to_ask(settings, store) -> None:
    with portal_of(settings, store, client=ELSEWHERE) as client:
        refused = client.get("/metrics")
        assert refused.status_code == 401
        assert keyfile.METRICS in refused.text
        assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 401


@pytest.mark.parametrize("header", SAID_BY_PROXIES)
def test_who_asks_for_somebody_else_is_not_of_this_machine(settings, store, header: str) -> None:
    with portal_of(settings, store) as client:
        assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 401


def test_behind_a_proxy_nobody_is_taken_for_this_machine(settings, store) -> None:
    proxied = replace(settings, public_url="https://hub.example.org", public_apps_url="https://*.apps.example.org")
    with portal_of(proxied, store) as client:
        assert client.get("/metrics").status_code == 401


def test_without_a_front_the_rest_is_there(settings, store) -> None:
    with portal_of(settings, store) as client:
        found = read(client)
    assert value(found, "vitrina_front_up") == 0
    assert value(found, "vitrina_store_up") == 1
    assert "vitrina_app_openings" not in found


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", json.dumps({"families": [{}], "running": []}).encode()])
def test_a_front_that_answers_nonsense_is_as_good_as_none(settings, store, answer: bytes) -> None:
    with answering(answer) as front:
        with pytest.raises(GarbledAnswerError):
            front.figures()
        with portal_of(settings, store, front=front) as client:
            assert value(read(client), "vitrina_front_up") == 0


def test_a_front_that_does_not_answer_is_not_waited_for() -> None:
    portal, front = front_line.pair()
    with portal, front, pytest.raises(NoFrontError):
        FrontLine(portal).figures(timeout_s=0.01)


def test_an_answer_longer_than_any_datagram_comes_through() -> None:
    many = replace(TOLD, running=[replace(TOLD.running[0], number=number) for number in range(5000)])
    with answering(many.as_bytes()) as front:
        assert len(front.figures().running) == 5000


def test_a_store_that_is_away_is_said(settings, store) -> None:
    with portal_of(settings, store) as client:
        (settings.home / "store.db").rename(settings.home / "away.db")
        store.close()
        (settings.home / "store.db").mkdir()  # what is no file cannot be opened
        found = read(client)
    assert value(found, "vitrina_store_up") == 0


def test_a_reading_asks_the_store_once_whatever_there_is(settings, store, shown, hidden) -> None:
    asked = list[str]()
    event.listen(store.database.engine, "before_cursor_execute", lambda _, __, text, *___: asked.append(text))
    with answering() as front, portal_of(settings, store, front=front) as client:
        asked.clear()
        read(client)
    assert sum(not text.startswith("BEGIN") for text in asked) == 1


def test_requests_of_the_portal_are_counted_by_surface_and_never_by_path(settings, store, shown) -> None:
    with portal_of(settings, store) as client:
        for path in ("/demo/tumours", "/demo/none", "/healthz", "/api/v1/projects", "/-/status"):
            client.get(path, headers={"accept": "text/html"})
        found = read(client)
    assert value(found, "vitrina_portal_requests", surface="page", **{"class": "2xx"}) == 1
    assert value(found, "vitrina_portal_requests", surface="page", **{"class": "4xx"}) == 1
    assert value(found, "vitrina_portal_requests", surface="watch", **{"class": "2xx"}) == 1
    assert value(found, "vitrina_portal_requests", surface="api", **{"class": "2xx"}) == 1
    assert value(found, "vitrina_portal_requests", surface="hub", **{"class": "4xx"}) == 1
    took = found["vitrina_portal_request_seconds"].samples
    assert {one.labels["surface"] for one in took} == {"page", "watch", "api", "hub"}
