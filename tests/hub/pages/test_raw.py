"""What people logged never has the portal's rights: bytes are inert, framed documents have no origin."""

from __future__ import annotations

import re
from typing import Any

import pytest

from vitrina.store.records import LoggedObject


@pytest.fixture(scope="module")
def objects(gallery: Any) -> dict[str, LoggedObject]:
    run = gallery.runs[2]
    return {item.name: item for item in gallery.store.objects.list([run.id])[run.id]}


def policy(answer: Any) -> dict[str, str]:
    rules = answer.headers["content-security-policy"].split("; ")
    return {name: sources for name, _, sources in (rule.partition(" ") for rule in rules)}


@pytest.mark.parametrize(
    ("name", "media_type", "is_shown"),
    [
        ("sample", "image/png", True),
        ("notes", "text/plain", True),
        ("words", "text/markdown", False),
        ("page", "text/html", False),
        ("rows", "application/vnd.apache.parquet", False),
        ("vega", "application/json", False),
        ("drawn", "image/svg+xml", False),
    ],
)
def test_bytes_are_inert_and_attachments_unless_their_type_is_harmless(
    get: Any, objects: dict[str, LoggedObject], name: str, media_type: str, is_shown: bool
) -> None:
    answer = get(f"/-/blob/object/{objects[name].id}")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].startswith(media_type) or "json" in media_type
    assert answer.headers["content-disposition"].startswith("inline" if is_shown else "attachment")
    assert len(answer.content) == objects[name].blob.size


def test_a_drawing_is_shown_by_an_image_element_only(get: Any, objects: dict[str, LoggedObject]) -> None:
    path = f"/-/blob/object/{objects['drawn'].id}"
    assert get(path, headers={"sec-fetch-dest": "image"}).headers["content-disposition"] == "inline"
    for destination in ("document", "iframe", "embed", "object"):
        answer = get(path, headers={"sec-fetch-dest": destination})
        assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["interactive", "segments", "page"])
def test_a_framed_document_has_no_origin_and_no_network(get: Any, objects: dict[str, LoggedObject], name: str) -> None:
    answer = get(f"/-/frame/{objects[name].id}")
    assert answer.status_code == 200
    rules = policy(answer)
    assert rules["sandbox"] == "allow-scripts"
    assert rules["default-src"] == rules["connect-src"] == rules["form-action"] == "'none'"
    assert rules["frame-ancestors"] == "'self'"
    assert "http://localhost:8400/-/static/" in rules["script-src"]
    assert ("'unsafe-inline'" in rules["script-src"]) == (name == "page")


def test_the_json_of_a_figure_cannot_end_its_script(get: Any, gallery: Any) -> None:
    bars = {"type": "bar", "x": ["</script><script>alert(1)</script>"], "y": [1]}
    import plotly.graph_objects

    from vitrina.store import kinds

    taken = kinds.take(plotly.graph_objects.Figure({"data": [bars]}))
    run = gallery.store.runs.create(gallery.secret, name="hostile")
    item = gallery.store.objects.add(
        run,
        kind=taken.kind,
        section="charts",
        name="hostile",
        payload=taken.payload,
        media_type=taken.media_type,
        summary=taken.summary,
    )
    text = get(f"/-/frame/{item.id}").text
    assert "alert(1)" in text
    assert "<script>alert" not in text
    assert len(re.findall("<script", text)) == 4


def test_a_frozen_snapshot_is_framed(get: Any) -> None:
    answer = get("/-/frame/snapshot/acme/churn/reports/q3-review@1")
    assert answer.status_code == 200
    assert policy(answer)["sandbox"] == "allow-scripts"
    assert "<h1>Third-quarter review</h1>" in answer.text
    assert get("/-/frame/snapshot/acme/churn/reports/q3-review").status_code == 404


def test_a_file_of_a_version_is_an_attachment_under_its_name(get: Any, gallery: Any) -> None:
    version = gallery.models[2]
    answer = get(f"/-/blob/version/{version.ref}?path=model.skops")
    assert answer.status_code == 200
    assert answer.content == b"2.0.0" * 1000
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''model.skops"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert get(f"/-/blob/version/{version.ref}?path=../store.db").status_code == 404


def test_charlie_gets_no_byte_of_a_private_project(get: Any, gallery: Any) -> None:
    run = gallery.store.runs.create(gallery.secret, name="kept")
    item = gallery.store.objects.add(
        run, kind="text", section="texts", name="x", payload=b"secret", media_type="text/plain", summary={}
    )
    absent = get("/-/blob/object/999999", visitor=True)
    for path in (f"/-/blob/object/{item.id}", f"/-/frame/{item.id}", f"/-/spec/object/{item.id}"):
        refused = get(path, visitor=True)
        assert refused.status_code == absent.status_code == 404
        assert b"secret" not in refused.content
    assert get(f"/-/blob/object/{item.id}").content == b"secret"
