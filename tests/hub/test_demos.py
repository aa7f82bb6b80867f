"""Demos by one click, and calls of programs; the front is played where the portal's own part is looked at."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from vitrina.hub import demos
from vitrina.hub.portal import create_portal
from vitrina.hub.proxy.placing import Shelf
from vitrina.hub.settings import Settings
from vitrina.store.apps import AppDraft
from vitrina.store.opening import Store
from vitrina.store.records import Node, NodeKind, Version, Visibility
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.signature import infer
from vitrina.store.versions import Stage

TABLE = pd.DataFrame({"bill": [10.0, 20.0]})
SIGNATURE = infer(TABLE, predict=lambda rows: rows["bill"])
OWN = {"origin": "http://localhost:8400"}
REF = "acme/tips/models/tip@1.0.0"
PREDICT = "/api/v1/projects/acme/tips/models/tip/versions/1.0.0/predict"


@pytest.fixture
def version(store: Store, tmp_path: Path) -> Version:
    return log(store, tmp_path, "first", signature=SIGNATURE)


def log(store: Store, folder: Path, content: str, *, signature: object = None) -> Version:
    project = store.projects.describe(store.projects.ensure("acme", "tips"), visibility=Visibility.PUBLIC)
    model = folder / "model.txt"
    model.write_text(content)
    draft = Draft([("model.txt", model)], "files", signature)  # pyright: ignore[reportArgumentType]
    return store.registry.log(project, Noun.MODEL, "tip", draft).version


def test_one_click_makes_both_and_shows_them(resident: TestClient, store: Store, version: Version) -> None:
    page = resident.get(f"/{REF}", headers={"accept": "text/html"}).text
    assert f'method="post" action="/{REF}/demo"' in page
    clicked = resident.post(f"/{REF}/demo", headers=OWN)
    assert (clicked.status_code, clicked.headers["location"]) == (303, f"/{REF}#apps")
    assert [app.name for app in store.apps.of_versions([version.id])[version.id]] == ["demo", "predict"]
    assert "Make a demo app" not in resident.get(f"/{REF}", headers={"accept": "text/html"}).text


def test_an_app_of_that_name_that_somebody_wrote_stays(store: Store, version: Version) -> None:
    own = store.apps.log(version, "demo", AppDraft(b"bundle", "a" * 64, "streamlit", "demo.py", ".", title="Mine"))
    assert [app.title for app in demos.make(store, version)] == ["Mine", "Predict"]
    assert store.apps.by_revision(own.revision_id).revisions == 1


@pytest.mark.usefixtures("version")
def test_a_visitor_and_another_page_make_none(visitor: TestClient, resident: TestClient) -> None:
    assert "Make a demo app" not in visitor.get(f"/{REF}", headers={"accept": "text/html"}).text
    assert visitor.post(f"/{REF}/demo", headers=OWN).status_code == 403
    assert resident.post(f"/{REF}/demo", headers={"origin": "http://evil.example"}).status_code == 403
    assert resident.post(f"/{REF}/demo").status_code == 403


def test_where_nobody_knows_what_it_takes_there_is_no_button(
    resident: TestClient, store: Store, tmp_path: Path
) -> None:
    log(store, tmp_path, "unknown")
    assert "Make a demo app" not in resident.get(f"/{REF}", headers={"accept": "text/html"}).text
    refused = resident.post(f"/{REF}/demo", headers=OWN)
    assert refused.status_code == 422
    assert "example=X[:5], demo=True" in refused.json()["hint"]


def test_programs_and_the_command_line_make_them_too(program: TestClient, vitrina, version: Version) -> None:
    made = program.post(PREDICT.replace("/predict", "/demo"))
    assert made.status_code == 201
    assert [app["ref"] for app in made.json()["items"]] == [f"{REF}/apps/demo", f"{REF}/apps/predict"]
    said = vitrina("model", "demo", REF)
    assert said.out == f"{REF}/apps/demo: revision 1 (gradio).\n{REF}/apps/predict: revision 1 (asgi).\n"


def test_the_datasets_of_the_run_bound_the_form_those_of_other_projects_do_not(
    store: Store, tmp_path: Path, version: Version
) -> None:
    run = store.runs.create(version.collection.project, name="fit")
    model = tmp_path / "other.txt"
    model.write_text("second")
    draft = Draft([("model.txt", model)], "files", SIGNATURE)
    made = store.registry.log(version.collection.project, Noun.MODEL, "tip", draft, run=run).version
    told = {"profile": {"columns": [{"name": "bill", "min": 2.0, "max": 52.0}]}}
    for owner, summary in (
        ("secret", {"profile": {"columns": [{"name": "bill", "min": 0.0, "max": 9000.0}]}}),
        ("acme", told),
    ):
        project = store.projects.ensure(owner, "tips")
        data = store.registry.log(
            project, Noun.DATASET, "bills", Draft([("d.txt", model)], "files", None, summary)
        ).version
        store.lineage.add(project.id, Node(NodeKind.VERSION, data.id), Node(NodeKind.RUN, run.id), relation="used")
    bundle = demos.make(store, made)[0].blob
    assert b'"high": 52.0' in store.blobs.read(bundle)


def test_the_version_in_production_is_placed_beside_others(store: Store, tmp_path: Path, version: Version) -> None:
    second = log(store, tmp_path, "second", signature=SIGNATURE)
    shelf = Shelf(store, tmp_path / "apps")
    assert shelf.production(second) is None
    store.promotions.promote(version, Stage.PRODUCTION, reason="")
    assert shelf.production(second) == shelf.served(store.registry.version(version.id))
    assert shelf.production(version) is None


def test_damage_to_production_stops_no_other_version(
    store: Store, tmp_path: Path, home: Path, version: Version, caplog: pytest.LogCaptureFixture
) -> None:
    second = log(store, tmp_path, "second", signature=SIGNATURE)
    store.promotions.promote(version, Stage.PRODUCTION, reason="")
    [file] = store.registry.files(version)
    next(home.rglob(file.blob.digest)).write_bytes(b"rotten")
    assert Shelf(store, tmp_path / "apps").production(second) is None
    assert f"{REF} is not placed beside another" in caplog.text


Played = Callable[..., TestClient]


@pytest.fixture
def fronted(settings: Settings, store: Store, version: Version) -> Iterator[Played]:
    """A portal before a front that answers every request so; and what it was asked stands in `asked`."""
    servers: list[ThreadingHTTPServer] = []

    def play(
        status: int, content_type: str, body: bytes, asked: list[BaseHTTPRequestHandler], *, is_shared: bool = False
    ) -> TestClient:
        class Front(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked.append(self)
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                for name, value in (
                    ("Content-Type", content_type),
                    ("Content-Length", str(len(body))),
                    ("Set-Cookie", "a=b"),
                ):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
                """Nothing."""

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Front))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        demos.make(store, version)
        port = servers[-1].server_port
        shared = f"http://localhost:{port}" if is_shared else None
        told = replace(settings, apps_port=port, public_apps_url=shared)
        return TestClient(create_portal(told, store), base_url="http://localhost:8400")

    yield play
    for server in servers:
        server.shutdown()
        server.server_close()


def test_an_app_is_asked_at_its_origin_and_without_what_is_the_hubs(fronted: Played, store: Store) -> None:
    asked: list[BaseHTTPRequestHandler] = []
    client = fronted(200, "application/json", b'{"predictions": [1]}', asked)
    answer = client.post(PREDICT, content=b"bill\n1", headers={"content-type": "text/csv", "x-other": "1"})
    assert answer.json() == {"predictions": [1]}
    assert "set-cookie" not in answer.headers
    [request] = asked
    app = next(one for one in store.apps.list(store.projects.ensure("acme", "tips")).items if one.name == "predict")
    assert (request.path, request.headers["Host"].partition(".")[0]) == ("/predict", app.label)
    assert request.headers["Content-Type"] == "text/csv"
    assert request.headers["Cookie"].startswith("__Host-vitrina-app=")
    assert request.headers["X-Other"] is None
    assert request.headers["Authorization"] is None


def test_where_apps_share_an_origin_it_is_asked_below_its_path(fronted: Played) -> None:
    asked: list[BaseHTTPRequestHandler] = []
    client = fronted(422, "application/problem+json", b'{"status": 422}', asked, is_shared=True)
    answer = client.post(PREDICT, content=b"{}")
    assert (answer.status_code, answer.json()) == (422, {"status": 422})
    assert asked[0].path == "/acme/tips/tip/1.0.0/predict@1/predict"


@pytest.mark.parametrize(
    ("status", "content_type", "body", "told", "said"),
    [
        (200, "text/html", b"<script>1</script>", 502, "What it sent is text/html, and no JSON."),
        (503, "text/plain", b"Asleep. It starts.\nmore", 503, "Asleep. It starts."),
        (302, "text/plain", b"elsewhere", 502, "elsewhere"),
        (429, "text/plain", b"You have too many.", 429, "You have too many."),
    ],
)
def test_what_is_no_data_is_not_passed_on(
    fronted: Played, status: int, content_type: str, body: bytes, told: int, said: str
) -> None:
    answer = fronted(status, content_type, body, []).post(PREDICT, content=b"{}")
    assert (answer.status_code, answer.headers["content-type"]) == (told, "application/problem+json")
    assert said in answer.json()["detail"]


def test_without_a_front_it_says_so(fronted: Played, settings: Settings, store: Store, version: Version) -> None:
    demos.make(store, version)
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as closed:
        told = replace(settings, apps_port=closed.server_port)
    client = TestClient(create_portal(told, store), base_url="http://localhost:8400")
    assert client.post(PREDICT, content=b"{}").status_code == 503


@pytest.mark.usefixtures("version")
def test_a_version_without_the_service_says_how_to_make_it(visitor: TestClient) -> None:
    answer = visitor.post(PREDICT, content=b"{}")
    assert answer.status_code == 404
    assert answer.json()["hint"].endswith(f"vitrina model demo {REF}")


@pytest.mark.usefixtures("version")
@pytest.mark.parametrize(
    "headers",
    [{"origin": "http://evil.example"}, {"cookie": "a=b"}, {"sec-fetch-site": "same-site"}, {"origin": "null"}],
)
def test_only_a_program_may_ask_as_nobody(visitor: TestClient, headers: dict[str, str]) -> None:
    assert visitor.post(PREDICT, content=b"{}", headers=headers).status_code == 403
    assert visitor.post("/api/v1/projects/acme/tips/models/tip/versions/1.0.0/demo").status_code == 403
