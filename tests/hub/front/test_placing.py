"""An app's files on this machine's disk."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vitrina.hub.proxy.placing import Shelf
from vitrina.hub.sites import Site
from vitrina.store.blobs import BlobDamagedError
from vitrina.store.records import Point

ORIGIN = "http://what-if.localhost:8401"


@pytest.fixture
def shelf(store, home: Path) -> Shelf:
    return Shelf(store, home / "apps")


def test_all_that_starting_an_app_takes(shelf: Shelf, shown) -> None:
    spec = shelf.spec(shown.app, site=Site(ORIGIN, ""))
    assert (spec.key, spec.ref) == (shown.app.label, f"{shown.app.ref}@1")
    assert (spec.framework, spec.entry, spec.cwd, spec.title) == ("gradio", "what_if.py", ".", "What if")
    assert spec.bundle.read_bytes() == b"bundle"
    assert spec.bundle_digest == shown.app.blob.digest
    assert spec.origin == ORIGIN


def test_what_an_app_knows_of_its_version(shelf: Shelf, store, shown) -> None:
    store.metrics.append(shown.run.id, {"auc": [Point(1, 0.0, 0.5), Point(2, 1.0, 0.9)], "loss": [Point(1, 0.0, 0.1)]})
    served = shelf.spec(shown.app, site=Site(ORIGIN, "")).served
    assert served is not None
    assert (served / "files" / "model.txt").read_text() == "weights of tumours"
    told = json.loads((served / "version.json").read_bytes())
    assert told == {
        "ref": "demo/tumours/models/classifier@1.0.0",
        "name": "classifier",
        "version": "1.0.0",
        "kind": "model",
        "owner": "demo",
        "project": "tumours",
        "params": {"lr": 0.1, "deep/er": "yes"},
        "metrics": {"auc": 0.9, "loss": 0.1},
        "signature": None,
        "flavour": None,
    }


def test_files_are_placed_once(shelf: Shelf, shown) -> None:
    first = shelf.spec(shown.app, site=Site(ORIGIN, ""))
    made = first.bundle.stat().st_mtime_ns, first.served.stat().st_mtime_ns
    again = shelf.spec(shown.app, site=Site(ORIGIN, ""))
    assert again == first
    assert (again.bundle.stat().st_mtime_ns, again.served.stat().st_mtime_ns) == made


def test_what_was_logged_later_is_told_to_the_next_start(shelf: Shelf, store, shown) -> None:
    before = shelf.spec(shown.app, site=Site(ORIGIN, "")).served
    store.metrics.append(shown.run.id, {"auc": [Point(1, 0.0, 0.5)]})
    after = shelf.spec(shown.app, site=Site(ORIGIN, "")).served
    assert after != before
    assert json.loads((before / "version.json").read_bytes())["metrics"] == {}


def test_many_at_once_leave_one_of_each(shelf: Shelf, shown) -> None:
    with ThreadPoolExecutor(8) as pool:
        specs = list(pool.map(lambda _: shelf.spec(shown.app, site=Site(ORIGIN, "")), range(16)))
    assert len(set(specs)) == 1
    assert [path.name for path in (shelf.folder / "bundles").iterdir()] == [shown.app.blob.digest]
    assert list(shelf.folder.rglob(".*")) == []


@pytest.mark.parametrize("rotten", ["bundle", "model"])
def test_damage_is_found_and_leaves_nothing(shelf: Shelf, shown, store, home: Path, rotten: str) -> None:
    blob = shown.app.blob if rotten == "bundle" else store.registry.files(shown.version)[0].blob
    next(home.rglob(blob.digest)).write_bytes(b"rotten")
    with pytest.raises(BlobDamagedError):
        shelf.spec(shown.app, site=Site(ORIGIN, ""))
    assert not list(shelf.folder.rglob(".*"))
    assert not list((shelf.folder / "served").glob("*"))


def rotten(place: Path) -> None:
    """Same length, other content, and no hint in its times."""
    before = place.stat()
    place.chmod(0o644)
    place.write_bytes(b"x" * before.st_size)
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_bundle_that_was_touched_on_disk_is_fetched_again(shelf: Shelf, shown, caplog) -> None:
    place = shelf.bundle(shown.app.blob)
    for damaged in (b"", b"bundl", b"elbnud"):
        place.write_bytes(damaged)
        assert shelf.bundle(shown.app.blob).read_bytes() == b"bundle"
        assert f"Bundle {place} is damaged on disk, and fetched again." in caplog.text
        caplog.clear()
    assert shelf.bundle(shown.app.blob) == place
    assert caplog.text == ""


def test_a_bundle_is_compared_with_its_name_once_by_each_front(shelf: Shelf, store, shown) -> None:
    place = shelf.bundle(shown.app.blob)
    rotten(place)
    assert shelf.bundle(shown.app.blob).read_bytes() == b"xxxxxx", "nothing tells it, and reading takes time"
    assert Shelf(store, shelf.folder).bundle(shown.app.blob).read_bytes() == b"bundle"


def test_what_an_app_did_not_start_with_is_looked_at_as_a_whole(shelf: Shelf, shown, caplog) -> None:
    spec = shelf.spec(shown.app, site=Site(ORIGIN, ""))
    assert spec.served is not None
    model, told = spec.served / "files" / "model.txt", spec.served / "version.json"
    for damage in (spec.bundle, model, told):
        content = damage.read_bytes()
        rotten(damage)
        assert shelf.spec(shown.app, site=Site(ORIGIN, ""), is_doubted=True) == spec
        assert damage.read_bytes() == content
        assert "is damaged on disk, and fetched again" in caplog.text
        caplog.clear()
    shelf.spec(shown.app, site=Site(ORIGIN, ""), is_doubted=True)
    assert caplog.text == ""
    assert list(shelf.folder.rglob(".*")) == []
