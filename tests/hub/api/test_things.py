"""The API gives what the pages show, to whoever may see it."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient

V1 = "/api/v1/projects"
VERSION = "models/classifier/versions/1.0.0"

SAME = [
    # API below the project             page below the project
    ("", ".json"),
    ("/models/classifier", "/models/classifier.json"),
    (f"/{VERSION}", "/models/classifier@1.0.0.json"),
    (f"/{VERSION}/apps/what-if", "/models/classifier@1.0.0/apps/what-if.json"),
]


@pytest.mark.parametrize(("path", "page"), SAME)
def test_it_says_of_a_thing_what_its_page_says(visitor: TestClient, shown: object, path: str, page: str) -> None:
    told = visitor.get(f"{V1}/demo/tumours{path}").json()
    of_page = json.loads(visitor.get(f"/demo/tumours{page}").text.replace('+00:00"', 'Z"'))  # both are ISO 8601
    assert told
    assert {key: of_page[key] for key in told} == told


EVERYTHING = [
    *("", "/runs", "/runs/first", "/apps", "/models", "/models/classifier", "/models/classifier/versions"),
    *(f"/{VERSION}", f"/{VERSION}/apps", f"/{VERSION}/apps/what-if", f"/{VERSION}/apps/what-if/instance"),
]


@pytest.mark.parametrize("path", EVERYTHING)
def test_a_visitor_finds_public_things_and_no_private_ones(
    visitor: TestClient, shown: object, hidden: object, path: str
) -> None:
    assert visitor.get(f"{V1}/demo/tumours{path}").status_code == 200
    private, absent = visitor.get(f"{V1}/acme/secret{path}"), visitor.get(f"{V1}/acme/absent{path}")
    assert private.status_code == absent.status_code == 404
    assert private.json()["detail"] == absent.json()["detail"].replace("absent", "secret")


@pytest.mark.parametrize("path", EVERYTHING)
def test_the_local_user_finds_all(resident: TestClient, hidden: object, path: str) -> None:
    assert resident.get(f"{V1}/acme/secret{path}").status_code == 200


def test_lists_hold_what_the_reader_may_see(
    visitor: TestClient, resident: TestClient, shown: object, hidden: object
) -> None:
    assert [one["ref"] for one in visitor.get(V1).json()["items"]] == ["demo/tumours"]
    assert {one["ref"] for one in resident.get(V1).json()["items"]} == {"demo/tumours", "acme/secret"}


def test_a_run_has_its_inputs_with_their_types(visitor: TestClient, shown: object) -> None:
    run = visitor.get(f"{V1}/demo/tumours/runs/first").json()
    assert run["inputs"] == {"deep/er": "yes", "lr": 0.1}
    assert run["tags"] == ["baseline"]


def test_a_list_goes_on_where_a_page_ended(visitor: TestClient, store, shown) -> None:
    for _ in range(3):
        store.runs.create(shown.project)
    seen: list[str] = []
    after: int | None = None
    while True:
        page = visitor.get(f"{V1}/demo/tumours/runs", params={"limit": 2} | ({"after": after} if after else {})).json()
        seen += [run["ref"] for run in page["items"]]
        after = page["after"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 4


def test_an_app_that_nobody_opened_is_cold(visitor: TestClient, shown: object) -> None:
    instance = visitor.get(f"{V1}/demo/tumours/{VERSION}/apps/what-if/instance").json()
    assert instance["state"] == "cold"
    assert visitor.get(f"{V1}/demo/tumours/apps").json()["items"][0]["state"] == "cold"
