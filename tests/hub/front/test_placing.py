"""An app's files on this machine's disk."""

from __future__ import annotations

import json
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
