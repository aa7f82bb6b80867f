"""Logged objects and the blobs behind them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from vitrina.store.errors import NotFoundError
from vitrina.store.opening import Store
from vitrina.store.records import LoggedObject, Project, Run


def log(
    store: Store,
    run: Run,
    name: str,
    payload: bytes = b"{}",
    *,
    step: int | None = None,
    at: datetime | None = None,
) -> LoggedObject:
    return store.objects.add(
        run,
        kind="chart",
        section="charts",
        name=name,
        payload=payload,
        media_type="application/json",
        summary={"library": "altair"},
        step=step,
        at=at,
        still=b"<svg/>",
        still_media_type="image/svg+xml",
    )


def test_an_object_comes_back_with_bytes_still_and_summary(store: Store, run: Run) -> None:
    logged = log(store, run, "roc", b'{"mark": "line"}')
    assert store.objects.get(logged.id) == logged
    assert store.blobs.read(logged.blob) == b'{"mark": "line"}'
    assert logged.still is not None
    assert store.blobs.read(logged.still) == b"<svg/>"
    assert logged.summary == {"library": "altair"}


def test_an_object_has_the_time_at_which_it_was_logged(store: Store, run: Run, clock) -> None:
    earlier = clock.now - timedelta(days=1)
    assert log(store, run, "now").at == clock.now
    assert log(store, run, "earlier", at=earlier).at == earlier


def test_the_newest_of_the_highest_step_is_found(store: Store, run: Run) -> None:
    for step, payload in [(1, b"1"), (3, b"3"), (2, b"2"), (3, b"3 again"), (None, b"none")]:
        log(store, run, "roc", payload, step=step)
    found = store.objects.find(run.id, "charts", "roc")
    assert found is not None
    assert store.blobs.read(found.blob) == b"3 again"
    second = store.objects.find(run.id, "charts", "roc", step=2)
    assert second is not None
    assert store.blobs.read(second.blob) == b"2"
    assert store.objects.find(run.id, "images", "roc") is None


def test_the_objects_of_many_runs_are_one_query(store: Store, project: Project, count_queries) -> None:
    runs = [store.runs.create(project) for _ in range(4)]
    for run in runs:
        log(store, run, "b")
        log(store, run, "a")
    with count_queries() as statements:
        found = store.objects.list([run.id for run in runs])
    assert [[one.name for one in found[run.id]] for run in runs] == [["a", "b"]] * 4
    assert len([text for text in statements if text.startswith("SELECT")]) == 1


def test_a_blob_of_another_project_is_not_there(store: Store, project: Project) -> None:
    other = store.projects.ensure("acme", "secret")
    blob = store.blobs.put(other.id, b"secret")
    with pytest.raises(NotFoundError, match="in this project"):
        store.blobs.find(project.id, blob.digest)
    own = store.blobs.put(project.id, b"secret")
    assert store.blobs.find(project.id, blob.digest) == own


def test_an_object_that_is_not_there_is_said(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no logged object 99"):
        store.objects.get(99)
