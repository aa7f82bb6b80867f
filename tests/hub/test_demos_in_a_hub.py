"""A model logged with `demo=True`: people try it in a browser and programs ask it, through a hub of real processes."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from demo_hub import STOP_TIMEOUT_S, Hub, await_link, environment, free_ports, program, vitrina
from openapi_spec_validator import OpenAPIV31SpecValidator
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from vitrina import tracking
from vitrina.hub import keyfile
from vitrina.store.opening import open_store
from vitrina.store.records import Visibility
from vitrina.tracking.connections import CONNECTIONS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # starts that are asked for again take their time

FIRST_START_MS = 120_000
CHANGE_MS = 60_000
STARTS = 3
NOT_READY = frozenset({502, 503})
PATIENCE_S = 150

DATA = load_breast_cancer(as_frame=True)
FEATURES = DATA.data[["mean radius", "mean texture", "worst area"]]
KINDS = DATA.target.map({0: "malignant", 1: "benign"})
SMALL = {"mean radius": 9.0, "mean texture": 12.0, "worst area": 300.0}
LARGE = {"mean radius": 25.0, "mean texture": 30.0, "worst area": 3000.0}


def classifier(strength: float) -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(C=strength)).fit(FEATURES, KINDS)


def fill(home: Path) -> None:
    """acme/tumours, public: 1.0.0 in production, 1.0.1 a candidate. acme/secret, private: 1.0.0."""
    for name, strengths in (("tumours", (0.001, 1.0)), ("secret", (0.1,))):
        with tracking.run("fit", project=f"acme/{name}", track_env=False):
            tracking.log_dataset("biopsies", FEATURES)
            for number, strength in enumerate(strengths):
                version = tracking.log_model("classifier", classifier(strength), example=FEATURES[:3], demo=True)
                if number == 0:
                    version.promote("production")
    CONNECTIONS.close()
    with open_store(home=home) as store:
        project = store.projects.find("acme", "tumours")
        assert project is not None
        store.projects.describe(project, visibility=Visibility.PUBLIC)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, lasting_processes: set[int]) -> Iterator[Hub]:
    home = tmp_path_factory.mktemp("demos")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITRINA_HOME", str(home))
        fill(home)
    port, apps_port = free_ports(2)
    command = [program(), "hub", "--home", str(home), "--port", str(port), "--apps-port", str(apps_port)]
    with subprocess.Popen(
        command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        lasting_processes.add(process.pid)
        try:
            yield await_link(process, home)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=STOP_TIMEOUT_S)


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Any


Ask = Callable[..., Answer]


@pytest.fixture
def ask(hub: Hub) -> Ask:
    """A program on this machine: asks the predict service of a version by what follows it in its address."""

    def send(
        place: str, body: Any = None, *, project: str = "tumours", version: str = "latest", **headers: str
    ) -> Answer:
        address = f"{hub.url}/api/v1/projects/acme/{project}/models/classifier/versions/{version}/{place}"
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(address, data=data, headers={"Content-Type": "application/json"} | named)
        answers = (answer_to(request) for _ in range(STARTS))
        found = next(answers)
        while found.status in NOT_READY and (another := next(answers, None)) is not None:
            found = another  # its start took longer than the hub waits for one
        return found

    return send


def answer_to(request: Request) -> Answer:
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=PATIENCE_S) as got:
            return Answer(got.status, json.load(got), got.headers)
    except HTTPError as error:
        with error:
            return Answer(error.code, json.load(error), error.headers)


def open_app(page: Page, address: str, *, until: Locator) -> None:
    """Goes to an app and waits for what it shows. A start that takes longer than the hub waits for one, as the first of
    a framework may on a busy machine, is asked for again."""
    from playwright.sync_api import expect

    page.goto(address, timeout=FIRST_START_MS)
    again = page.get_by_role("button", name="Start again")
    for _ in range(STARTS):
        expect(until.or_(again)).to_be_visible(timeout=FIRST_START_MS)
        if not again.is_visible():
            return
        again.click()
    expect(until).to_be_visible(timeout=FIRST_START_MS)


def test_a_change_in_the_form_changes_the_answers_of_both_versions(hub: Hub, page: Page) -> None:
    from playwright.sync_api import expect

    address = f"{hub.url}/acme/tumours/models/classifier@1.0.1/apps/demo/open"
    open_app(page, address, until=page.get_by_text("1.0.0, in production"))
    own, production = (page.locator(".output-class").nth(place) for place in (0, 1))
    expect(own).to_have_text("malignant", timeout=CHANGE_MS)
    for name, value in SMALL.items():
        box = page.get_by_label(f"number input for {name}")
        box.fill(f"{value:g}")
        box.press("Tab")
    expect(own).to_have_text("benign", timeout=CHANGE_MS)
    expect(production).to_have_text("benign", timeout=CHANGE_MS)
    chances = [one.inner_text() for one in page.locator(".confidence-set").all()]
    assert len(set(chances)) > 1, "two versions are not equally sure"


def test_many_rows_are_answered_beside_each_other(hub: Hub, page: Page) -> None:
    from playwright.sync_api import expect

    many = page.get_by_role("tab", name="Many")
    open_app(page, f"{hub.url}/acme/tumours/models/classifier@1.0.1/apps/demo/open", until=many)
    many.click()
    page.get_by_role("button", name="Predict", exact=True).click()
    expect(page.get_by_role("gridcell", name=re.compile("malignant|benign"))).to_have_count(6, timeout=CHANGE_MS)


def test_the_version_in_production_stands_alone(hub: Hub, page: Page) -> None:
    from playwright.sync_api import expect

    address = f"{hub.url}/acme/tumours/models/classifier@1.0.0/apps/demo/open"
    open_app(page, address, until=page.get_by_text("1.0.0 answers", exact=True))
    expect(page.locator(".output-class")).to_have_count(1, timeout=CHANGE_MS)


def test_the_services_page_predicts_and_shows_what_is_wrong(hub: Hub, page: Page) -> None:
    from playwright.sync_api import expect

    predict = page.get_by_role("button", name="Predict")
    open_app(page, f"{hub.url}/acme/tumours/models/classifier@1.0.1/apps/predict/open", until=predict)
    predict.click()
    said = page.get_by_role("status")
    expect(said).to_contain_text('"malignant"', timeout=CHANGE_MS)
    for name, value in SMALL.items():
        page.get_by_label(name).fill(f"{value:g}")
    page.get_by_role("button", name="Predict").click()
    expect(said).to_contain_text('"benign"', timeout=CHANGE_MS)
    assert '"mean radius":9' in page.locator("#curl").inner_text()


def test_a_program_without_a_token_predicts_in_a_public_project(ask: Ask) -> None:
    answer = ask("predict", {"inputs": [SMALL, LARGE]})
    assert (answer.status, answer.body) == (
        200,
        {"predictions": ["benign", "malignant"], "model": "acme/tumours/models/classifier@1.0.1"},
    )
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Set-Cookie"] is None


def test_mlflows_bodies_and_csv_are_taken(ask: Ask) -> None:
    split = {"columns": list(SMALL), "data": [list(SMALL.values()), list(LARGE.values())]}
    assert ask("invocations", {"dataframe_split": split}).body["predictions"] == ["benign", "malignant"]
    text = "\n".join([",".join(SMALL), ",".join(map(str, LARGE.values()))]).encode()
    assert ask("invocations", text, Content_Type="text/csv").body["predictions"] == ["malignant"]


def test_a_wrong_value_is_answered_with_row_field_and_reason(ask: Ask) -> None:
    answer = ask("predict", {"inputs": [SMALL, LARGE | {"mean radius": "wide"}]})
    assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
    [error] = answer.body["errors"]
    assert (error["row"], error["field"], error["given"], error["wanted"]) == (1, "mean radius", '"wide"', "a number")
    refused = ask("predict", {"inputs": SMALL | {"worst area": None}})
    assert refused.status == 422
    assert "NaN" in refused.body["detail"]
    assert [error["field"] for error in refused.body["errors"]] == ["worst area"]


def test_too_many_rows_and_too_large_bodies_are_refused(ask: Ask) -> None:
    rows = ask("predict", {"inputs": [list(SMALL.values())] * 10_001})
    assert (rows.status, rows.body["detail"]) == (413, "There are 10001 rows; send at most 10000 at once.")
    assert ask("predict", b" " * (16 * 2**20 + 1)).status == 413


def test_the_service_describes_itself(ask: Ask) -> None:
    described = ask("openapi.json").body
    OpenAPIV31SpecValidator(described).validate()
    assert list(described["components"]["schemas"]["Row"]["properties"]) == list(FEATURES.columns)


def test_a_private_project_is_asked_with_the_token_only(ask: Ask, hub: Hub) -> None:
    nobody = ask("predict", {"inputs": SMALL}, project="secret")
    absent = ask("predict", {"inputs": SMALL}, project="absent")
    assert nobody.status == absent.status == 404
    assert nobody.body["detail"].replace("secret", "absent") == absent.body["detail"]
    token = keyfile.read(hub.home / keyfile.TOKEN)
    assert ask("predict", {"inputs": SMALL}, project="secret", Authorization=f"Bearer {token}").status == 200
    assert ask("predict", {"inputs": SMALL}, project="secret", Authorization="Bearer guessed").status == 401


def test_another_page_cannot_ask(ask: Ask) -> None:
    assert ask("predict", {"inputs": SMALL}, Origin="http://evil.example").status == 403


def test_the_command_line_asks_the_hub(hub: Hub, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "\n".join([",".join(SMALL), ",".join(map(str, SMALL.values())), ",".join(map(str, LARGE.values()))])
    )
    said = vitrina(
        "model", "predict", "acme/secret/models/classifier", "--input", str(rows), "--via-hub", home=hub.home
    )
    assert (said.returncode, said.stdout) == (0, "benign\nmalignant\n"), said.stderr
