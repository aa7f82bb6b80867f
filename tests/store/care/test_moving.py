"""`vitrina store export` and `import`: a project goes from a store of one kind to one of the other, and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from vitrina.store.care.check import check
from vitrina.store.care.exporting import export
from vitrina.store.care.importing import OtherContentError, import_
from vitrina.store.care.scope import STAYS, parts
from vitrina.store.opening import Store, open_store
from vitrina.store.records import Node, NodeKind, Point, Subject, Visibility
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.schema import Base
from vitrina.store.schema.runs import RunRow
from vitrina.store.versions import Stage

ANY_DATABASE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""What is asked is the same on both databases, so that one of them is enough."""


@pytest.fixture
def other(store: Store, request: pytest.FixtureRequest, tmp_path: Path, clock) -> Iterator[Store]:
    """A store of the other kind, with a project of its own, so that no key is the same."""
    is_sqlite = store.database.folder is not None
    url = request.getfixturevalue("postgres_url") if is_sqlite else f"sqlite:///{tmp_path / 'other' / 'store.db'}"
    with open_store(url, blobs=str(tmp_path / "other-blobs"), clock=clock) as opened:
        for number in range(3):
            opened.runs.create(opened.projects.ensure("acme", "own"), name=f"own {number}")
        yield opened


pytestmark = pytest.mark.slow


def test_a_project_comes_whole_into_a_store_of_the_other_kind(
    store: Store, other: Store, furnished, clock, tmp_path: Path
) -> None:
    file = tmp_path / "churn.vitrina"
    written = export(store, furnished.project, file)
    assert (written.ref, written.blobs) == ("acme/churn", 7)
    clock.forward(timedelta(days=1))
    imported = import_(other, file)
    assert (imported.ref, imported.blobs) == ("acme/churn", 7)
    assert sum(imported.added.values()) == written.rows - 1  # but for the row of the project itself
    assert check(other).findings == ()

    found = other.find("acme/churn/models/classifier@champion").version
    assert found is not None
    assert other.registry.pull(found, tmp_path / "pulled")[0].read_text() == "weights of churn"
    assert found.created_at == furnished.version.created_at
    run = other.runs.find(found.collection.project, furnished.run.uuid)
    assert other.runs.params([run.id])[run.id] == store.runs.params([furnished.run.id])[furnished.run.id]
    assert _points(other, run.id) == _points(store, furnished.run.id)
    assert (found.run_id, found.collection.project.visibility) == (run.id, Visibility.PRIVATE)
    assert other.apps.get(found, "what-if").label == furnished.app.label
    assert other.feedback.tally(found).entries == 1
    assert other.lineage.around([Node(NodeKind.VERSION, found.id)])[0].source.node == Node(NodeKind.RUN, run.id)


def test_importing_twice_changes_nothing(store: Store, other: Store, furnished, tmp_path: Path) -> None:
    export(store, furnished.project, tmp_path / "file")
    import_(other, tmp_path / "file")
    before = _rows(other)
    again = import_(other, tmp_path / "file")
    assert again.added == {}
    assert _rows(other) == before
    assert import_(store, tmp_path / "file").added == {}


def test_a_project_that_comes_back_is_the_one_that_went(store: Store, other: Store, furnished, tmp_path: Path) -> None:
    before = _rows(store)
    export(store, furnished.project, tmp_path / "there")
    import_(other, tmp_path / "there")
    export(other, other.projects.get("acme", "churn"), tmp_path / "back")
    assert import_(store, tmp_path / "back").added == {}
    assert _rows(store) == before


def test_what_is_new_is_added_to_what_is_there(store: Store, other: Store, furnished, tmp_path: Path) -> None:
    export(store, furnished.project, tmp_path / "first")
    import_(other, tmp_path / "first")
    store.metrics.append(furnished.run.id, {"loss": [Point(9, 2000.0, -1.0)]})
    store.runs.create(furnished.project, name="child")
    file = tmp_path / "source" / "model.txt"
    file.write_text("better weights")
    later = store.registry.log(furnished.project, Noun.MODEL, "classifier", Draft([("model.txt", file)])).version
    store.reports.publish_readme(furnished.project, Subject.VERSION, later.id, "# Better\n")
    export(store, furnished.project, tmp_path / "second")
    added = import_(other, tmp_path / "second").added
    expected = {"runs": 1, "points": 1, "versions": 1, "version_files": 1, "blobs": 1, "reports": 1}
    assert {name: added[name] for name in expected} == expected
    assert check(other).findings == ()
    run = other.runs.find(other.projects.get("acme", "churn"), furnished.run.uuid)
    assert _points(other, run.id) == _points(store, furnished.run.id)
    assert other.find("acme/churn/models/classifier@1.0.1/readme").report is not None


@ANY_DATABASE
def test_other_content_under_the_same_number_is_refused_whole(
    store: Store, other: Store, furnished, tmp_path: Path
) -> None:
    export(store, furnished.project, tmp_path / "file")
    (tmp_path / "mine").write_text("mine")
    project = other.projects.ensure("acme", "churn")
    other.registry.log(project, Noun.MODEL, "classifier", Draft([("model.txt", tmp_path / "mine")]))
    before = _rows(other)
    with pytest.raises(OtherContentError, match=r"different content for versions .*1\.0\.0"):
        import_(other, tmp_path / "file")
    assert _rows(other) == before


@ANY_DATABASE
def test_a_collection_keeps_the_version_that_it_has_in_production(
    store: Store, other: Store, furnished, tmp_path: Path
) -> None:
    store.promotions.promote(furnished.version, Stage.PRODUCTION)
    export(store, furnished.project, tmp_path / "file")
    project = other.projects.ensure("acme", "churn")
    (tmp_path / "mine").write_text("mine")
    draft = Draft([("model.txt", tmp_path / "mine")])
    mine = other.registry.log(project, Noun.MODEL, "classifier", draft, version="3.0.0").version
    other.promotions.promote(mine, Stage.PRODUCTION)
    import_(other, tmp_path / "file")
    kept = other.find("acme/churn/models/classifier@production").version
    assert kept is not None
    assert kept.number == "3.0.0"
    assert check(other).is_sound


@ANY_DATABASE
def test_what_was_deleted_does_not_travel(store: Store, other: Store, furnished, clock, tmp_path: Path) -> None:
    with store.database.writing() as transaction:
        transaction.connection.execute(update(RunRow).values(deleted_at=clock()))
    export(store, furnished.project, tmp_path / "file")
    added = import_(other, tmp_path / "file").added
    assert not {"runs", "params", "series", "points", "objects"} & set(added)
    assert check(other).findings == ()


def test_every_table_travels_or_stays() -> None:
    travels = {part.table for part in parts()}
    assert travels & STAYS == set()
    assert {table.name for table in set(Base.metadata.tables.values()) - travels - STAYS} == set()


def _points(store: Store, run_id: int) -> str:
    series = store.metrics.series([run_id])[run_id]
    points = store.metrics.points([one.id for one in series])
    return repr([(one.name, one.count, one.last, one.min, one.max, points[one.id]) for one in series])


def _rows(store: Store) -> dict[str, list[Any]]:
    with store.database.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table.name != "changes"
        }
