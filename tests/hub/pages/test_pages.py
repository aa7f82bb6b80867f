"""Every page on a real store: it answers, it is valid, it holds nothing inline, and shows nobody what is not theirs."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# tinyhtml5 has no types.

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from vitrina.hub.pages.render import TEMPLATES
from vitrina.store.records import Node, NodeKind
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft

VERSION = "/acme/churn/models/classifier@2.0.0"
PAGES = {
    "home": "/",
    "owner": "/acme",
    "project": "/acme/churn",
    "empty project": "/acme/empty",
    "runs": "/acme/churn/runs",
    "runs of a tag": "/acme/churn/runs?tag=best",
    "no runs of a tag": "/acme/churn/runs?tag=unheard",
    "no runs": "/acme/empty/runs",
    "no older runs": "/acme/churn/runs?after=1",
    "run by name": "/acme/churn/runs/brisk-heron",
    "failed run": "/acme/churn/runs/faint-aster",
    "running run": "/acme/churn/runs/eager-lynx",
    "models": "/acme/churn/models",
    "no models": "/acme/empty/models",
    "model": "/acme/churn/models/classifier",
    "version": VERSION,
    "version by alias": "/acme/churn/models/classifier@champion-next",
    "version by stage": "/acme/churn/models/classifier@production",
    "feedback": f"{VERSION}/feedback",
    "feedback of a flag": f"{VERSION}/feedback?flag=wrong",
    "no feedback of a flag": f"{VERSION}/feedback?flag=none",
    "no feedback": "/acme/churn/models/classifier@1.0.0/feedback",
    "first version": "/acme/churn/models/classifier@1.0.0",
    "datasets": "/acme/churn/datasets",
    "dataset": "/acme/churn/datasets/customers",
    "dataset version": "/acme/churn/datasets/customers@1.0.0",
    "artifacts": "/acme/churn/artifacts",
    "artifact version": "/acme/churn/artifacts/tokenizer@1.0.0",
    "apps": "/acme/churn/apps",
    "no apps": "/acme/empty/apps",
    "app": f"{VERSION}/apps/what-if",
    "app at a revision": f"{VERSION}/apps/what-if@1",
    "log of an app": f"{VERSION}/apps/what-if/log",
    "use of an app": f"{VERSION}/apps/what-if/use",
    "no use of an app": "/acme/churn/models/classifier@1.0.0/apps/what-if/use",
    "reports": "/acme/churn/reports",
    "no reports": "/acme/empty/reports",
    "report": "/acme/churn/reports/q3-review",
    "snapshot": "/acme/churn/reports/q3-review@1",
    "readme of the project": "/acme/churn/readme",
    "readme of a model": "/acme/churn/models/classifier/readme",
    "readme of a version": f"{VERSION}/readme",
    "search": "/search",
    "search with hits": "/search?q=class&within=acme/churn",
    "search without hits": "/search?q=nothing-of-the-kind",
    "keys": "/-/keys",
}
SECRET_METRICS = "/-/spec/metrics/acme/secret?name=auc&run=hidden"
DATA = [
    "/-/projects",
    "/acme",
    "/acme/churn",
    "/acme/churn/runs",
    "/acme/churn/runs/brisk-heron",
    "/acme/churn/models",
    "/acme/churn/models/classifier",
    VERSION,
    "/acme/churn/datasets/customers@1.0.0",
    "/acme/churn/apps",
    f"{VERSION}/apps/what-if",
    f"{VERSION}/apps/what-if/use",
    f"{VERSION}/feedback",
    "/acme/churn/reports",
    "/acme/churn/reports/q3-review",
]


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_answers_valid_and_holds_nothing_inline(get: Any, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 200
    assert mistakes(answer.text) == []
    assert inline(answer.text) == []
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_has_one_title_landmarks_and_names_for_what_can_be_operated(get: Any, path: str) -> None:
    found = Elements()
    found.feed(get(path).text)
    assert found.count("h1") == 1
    assert found.count("main") == 1
    assert [element for element in found.all if element[0] == "iframe" and not element[1].get("title")] == []
    ids = [element[1]["id"] for element in found.all if element[1].get("id")]
    assert len(ids) == len(set(ids))
    inside = {element[1]["href"] or "" for element in found.all if element[0] == "use"}
    assert {name.removeprefix("#") for name in inside} <= set(ids)


def test_a_readme_that_is_not_there_says_so_to_programs(get: Any) -> None:
    answer = get("/acme/churn/runs/brisk-heron.md")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_these_pages_use_every_template(get: Any, portal: FastAPI) -> None:
    for path in [*PAGES.values(), "/nobody/nothing", "/-/status", "/api/docs"]:
        get(path)
    used = {name for _, name in portal.state.vitrina_pages.environment.cache}
    there = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    of_others = {name for name in there if name.startswith("front/")} | {"frame.html"}  # of which test_raw.py tells
    assert there - used == of_others


@pytest.mark.parametrize("path", DATA)
def test_a_page_is_there_as_data(get: Any, path: str) -> None:
    answer = get(f"{path}.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    told = json.loads(answer.text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    things = told.get("items", [told])
    assert all({"ref", "kind", "url"} <= set(thing) for thing in things)


@pytest.mark.parametrize(
    "path",
    ["/acme/churn", "/acme/churn/models/classifier", VERSION, "/acme/churn/reports/q3-review", f"{VERSION}/readme"],
)
def test_a_page_gives_its_readme(get: Any, path: str) -> None:
    answer = get(f"{path}.md")
    assert answer.status_code == 200
    assert answer.text.startswith("## What is here")
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/nobody",
        "/nobody/nothing",
        "/acme/nothing",
        "/acme/churn/runs/nothing",
        "/acme/churn/models/nothing",
        "/acme/churn/models/classifier@9.9.9",
        "/acme/churn/models/classifier@2.0.0/apps/nothing",
        "/acme/churn/models/classifier@2.0.0/apps/what-if@7",
        "/acme/churn/reports/nothing",
        "/acme/churn/reports/q3-review@9",
        "/acme/churn/nothing",
        "/acme/churn/runs/brisk-heron/readme",
        "/acme/churn/runs/brisk-heron/nothing",
    ],
)
def test_what_is_not_there_says_so_on_a_page(get: Any, path: str) -> None:
    answer = get(path)
    assert answer.status_code in (404, 422)
    assert mistakes(answer.text) == []
    assert inline(answer.text) == []


def test_charlie_sees_no_trace_of_a_private_project(get: Any) -> None:
    for path in (
        "/acme/secret",
        "/acme/secret/runs",
        "/acme/secret.json",
        "/acme/secret/runs/hidden",
        "/acme/secret/apps",
    ):
        assert get(path).status_code == 200 or path.endswith("apps")
        refused, absent = get(path, visitor=True), get(path.replace("secret", "absent"), visitor=True)
        assert refused.status_code == absent.status_code == 404
        assert without_ids(refused.text).replace("secret", "absent") == without_ids(absent.text)
    for path in ("/", "/acme", "/-/projects.json", "/search?q=secret"):
        assert "acme/secret" not in get(path, visitor=True).text


def test_lineage_tells_a_visitor_nothing_of_a_private_project(get: Any, gallery: Any) -> None:
    store, model, run = gallery.store, gallery.models[0], gallery.runs[0]
    report = store.reports.publish(gallery.secret, "board", "Only for the board.", title="Quiet takeover")
    data = store.registry.log(gallery.secret, Noun.DATASET, "salaries", Draft([("a.csv", Path(__file__))])).version
    end = Node(NodeKind.REPORT, report.id)
    store.lineage.add(gallery.secret.id, Node(NodeKind.VERSION, model.id), end, relation="cites")
    store.lineage.add(gallery.project.id, Node(NodeKind.VERSION, data.id), Node(NodeKind.RUN, run.id), relation="used")
    for path, words in (
        (f"/{model.ref}", ("Quiet takeover", "salaries")),
        (f"/{run.ref}", ("Quiet takeover", "salaries")),
    ):
        for word in words:
            assert word in get(path).text, (path, word)
            assert word not in get(path, visitor=True).text, (path, word)


@pytest.mark.parametrize(
    "path",
    [
        "/-/blob/object/{}",
        "/-/frame/{}",
        "/-/spec/object/{}",
        "/acme/churn/runs?after={}",
        "/acme/churn/runs.json?after={}",
        "/acme/churn/apps?after={}",
        "/acme/churn/models/classifier@2.0.0/apps/what-if@{}",
        "/acme/churn/reports/q3-review@{}",
        "/api/v1/projects/acme/churn/runs?after={}",
        "/api/v1/projects/acme/churn/apps?after={}",
    ],
)
def test_a_number_that_no_database_takes_is_no_fault_of_the_hub(get: Any, path: str) -> None:
    assert get(path.format(10**30), visitor=True).status_code in (404, 422)


def test_a_visitor_reads_public_pages_but_not_what_people_tried_nor_what_apps_wrote(get: Any) -> None:
    for path in PAGES.values():
        is_closed = path.partition("?")[0].endswith(("/feedback", "/log", "/use"))
        assert get(path, visitor=True).status_code == (404 if is_closed else 200), path


def test_a_reference_in_the_search_box_leads_to_its_page(get: Any) -> None:
    answer = get("/search?q=acme/churn/models/classifier@^1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/acme/churn/models/classifier@%5E1"
    assert get(answer.headers["location"]).status_code == 200
    assert get("/search?q=http://localhost:8400/acme/churn").headers["location"] == "/acme/churn"
    assert get("/search?q=acme/secret", visitor=True).status_code == 200


def test_dates_are_in_the_readers_zone(get: Any) -> None:
    berlin = get("/acme/churn", headers={"cookie": "vitrina-zone=Europe%2FBerlin"}, visitor=True).text
    assert 'data-zone="Europe/Berlin"' in berlin
    assert " CET" in berlin
    for nonsense in ("Nowhere", "../../etc/passwd", "%00"):
        assert 'data-zone="UTC"' in get("/", headers={"cookie": f"vitrina-zone={nonsense}"}, visitor=True).text


class Elements(HTMLParser):
    """All elements of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.all)


def inline(html: str) -> list[str]:
    """What a strict policy would refuse: inline scripts, sheets, style attributes and handlers; addresses elsewhere."""
    return list(_inline(html))


def _inline(html: str) -> Iterator[str]:
    found = Elements()
    found.feed(html)
    for tag, attributes in found.all:
        is_data = attributes.get("type") == "application/json"
        if tag == "style" or (tag == "script" and "src" not in attributes and not is_data):
            yield f"<{tag}>"
        for name, value in attributes.items():
            if name == "style" or name.startswith("on"):
                yield f"<{tag} {name}>"
            if name in ("src", "href", "action") and re.match(r"(https?:)?//|javascript:", value or ""):
                yield f"<{tag} {name}={value}>"


def mistakes(html: str) -> list[str]:
    """What the parser of HTML has to put right."""
    from tinyhtml5.parser import HTMLParser as Reader

    reader = Reader()
    reader.parse(html)
    return [f"{place} {name} {details}" for place, name, details in reader.errors]


def without_ids(html: str) -> str:
    return re.sub(r"[0-9a-f]{16}", "", html)
