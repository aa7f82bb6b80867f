"""The log of changes, and lineage."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.store.opening import Store
from vitrina.store.records import Edge, Node, NodeKind, Project, Run
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft


def test_every_change_is_noted_with_who_and_what(store: Store, project: Project) -> None:
    store.runs.create(project, name="baseline")
    noted = [(change.action, change.kind, change.by) for change in store.changes.since(0)]
    assert noted == [("made", "owner", "local"), ("made", "project", "local"), ("started", "run", "local")]
    assert store.changes.recent(project, limit=1)[0].ref.startswith("acme/churn/runs/")


@pytest.mark.slow
def test_a_reader_never_passes_an_entry_that_is_not_committed_yet(postgres_url: str, tmp_path: Path) -> None:
    from vitrina.store.opening import open_store

    with open_store(postgres_url, blobs=str(tmp_path)) as store:
        with store.database.writing() as early:
            early.change("made", "owner", 1, ref="early", project_id=None)
            with store.database.writing() as late:
                late.change("made", "owner", 2, ref="late", project_id=None)
            assert store.changes.since(0) == []
        assert [change.ref for change in store.changes.since(0)] == ["early", "late"]


def test_lineage_is_walked_both_ways_and_stops_in_a_cycle(
    store: Store, project: Project, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "data"
    file.write_text("1,2")
    data = store.registry.log(project, Noun.DATASET, "customers", Draft([("data.csv", file)])).version
    file.write_text("model")
    model = store.registry.log(project, Noun.MODEL, "classifier", Draft([("model", file)]), run=run).version
    nodes = Node(NodeKind.VERSION, data.id), Node(NodeKind.RUN, run.id), Node(NodeKind.VERSION, model.id)
    for _ in range(2):
        store.lineage.add(project.id, nodes[0], nodes[1], relation="used")
    used = (data.ref, "used", run.ref)
    made = (run.ref, "made", model.ref)
    assert [_told(edge) for edge in store.lineage.trace(nodes[2]).edges] == [made, used]
    assert [_told(edge) for edge in store.lineage.trace(nodes[0], up=False).edges] == [made, used]
    assert [_told(edge) for edge in store.lineage.trace(nodes[2], depth=1).edges] == [made]
    store.lineage.add(project.id, nodes[2], nodes[0], relation="used")
    assert len(store.lineage.trace(nodes[1]).edges) == 3


def test_lineage_does_not_lead_a_reader_to_where_he_may_not_read(store: Store, project: Project, run: Run) -> None:
    hidden = store.runs.create(store.projects.ensure("acme", "secret"), name="hidden")
    here, there = Node(NodeKind.RUN, run.id), Node(NodeKind.RUN, hidden.id)
    store.lineage.add(project.id, here, there, relation="used")
    assert [_told(edge) for edge in store.lineage.around([here])] == [(run.ref, "used", hidden.ref)]
    assert store.lineage.around([here], may_read=lambda found: found == project) == []


def _told(edge: Edge) -> tuple[str, str, str]:
    return edge.source.ref, edge.relation, edge.target.ref
