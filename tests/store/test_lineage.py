"""Lineage: edges by themselves, walks in one query, and what a reader may know of them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from vitrina.store import migrations
from vitrina.store.engine import open_database
from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.lineage import DEEPEST, Walk
from vitrina.store.opening import Store, open_store
from vitrina.store.records import Node, NodeKind, Project, Run, Subject
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.remotes import without_secrets
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.schema.runs import RunRow

Pairs = Sequence[tuple[int, int]]


@pytest.fixture
def chain(store: Store, project: Project, tmp_path: Path) -> list[Node]:
    """A dataset, the run that used it, the model that it made."""
    (tmp_path / "data.csv").write_text("a,b\n1,2\n")
    (tmp_path / "model.bin").write_text("weights")
    data = store.registry.log(project, Noun.DATASET, "customers", Draft([("data.csv", tmp_path / "data.csv")])).version
    run = store.runs.create(project, name="training")
    store.lineage.add(project.id, version(data.id), node(run), relation="used")
    model = store.registry.log(
        project, Noun.MODEL, "classifier", Draft([("model.bin", tmp_path / "model.bin")]), run=run
    ).version
    return [version(data.id), node(run), version(model.id)]


def node(run: Run) -> Node:
    return Node(NodeKind.RUN, run.id)


def version(number: int) -> Node:
    return Node(NodeKind.VERSION, number)


def said(walk: Walk) -> list[str]:
    return [f"{edge.source.title} {edge.relation} {edge.target.title}" for edge in walk.edges]


def test_what_was_made_from_this_data_is_one_query(store: Store, chain: list[Node], count_queries) -> None:
    store.lineage.trace(chain[0], up=False)  # the first one opens the connection
    with count_queries() as statements:
        walk = store.lineage.trace(chain[0], up=False)
    assert len([one for one in statements if one.startswith(("WITH", "SELECT"))]) == 1
    assert said(walk) == ["customers 1.0.0 used training", "training made classifier 1.0.0"]
    assert [edge.target.noun for edge in walk.edges] == ["run", "model"]
    assert walk.edges[1].target.ref == "acme/churn/models/classifier@1.0.0"
    assert walk.is_whole


def test_a_walk_goes_up_or_down_or_both_as_far_as_it_is_told(store: Store, chain: list[Node]) -> None:
    data, run, model = chain
    assert said(store.lineage.trace(model, down=False)) == said(store.lineage.trace(data, up=False))
    assert said(store.lineage.trace(data, up=False, depth=1)) == ["customers 1.0.0 used training"]
    assert len(store.lineage.trace(run).edges) == 2
    assert store.lineage.trace(data, down=False).edges == []
    assert store.lineage.trace(data, up=False, down=False).edges == ()
    for depth in (0, DEEPEST + 1):
        with pytest.raises(InvalidError, match=f"Give 1 to {DEEPEST}"):
            store.lineage.trace(data, depth=depth)


def test_a_walk_that_is_cut_says_so_and_keeps_what_is_nearest(store: Store, project: Project, chain) -> None:
    for number in range(3):
        store.lineage.add(
            project.id, chain[1], node(store.runs.create(project, name=f"next {number}")), relation="used"
        )
    walk = store.lineage.trace(chain[0], up=False, limit=2)
    assert not walk.is_whole
    assert said(walk) == ["customers 1.0.0 used training", "training made classifier 1.0.0"]
    assert store.lineage.trace(chain[0], up=False, limit=5).is_whole


def test_the_way_through_what_a_reader_may_not_read_ends_there(store: Store, project: Project, chain) -> None:
    """Charlie, who may read acme/churn only, does not learn that anything comes after the secret run."""
    secret = store.projects.ensure("acme", "secret")
    hidden, after = store.runs.create(secret, name="hidden"), store.runs.create(project, name="after")
    store.lineage.add(secret.id, chain[2], node(hidden), relation="used")
    store.lineage.add(project.id, node(hidden), node(after), relation="used")
    everything = said(store.lineage.trace(chain[0], up=False))
    assert everything[2:] == ["classifier 1.0.0 used hidden", "hidden used after"]
    own = store.lineage.trace(chain[0], up=False, may_read=lambda one: one.id == project.id)
    assert said(own) == everything[:2]
    assert store.lineage.around([node(after)], may_read=lambda one: one.id == project.id) == []


def test_a_node_that_was_deleted_takes_its_edges_with_it(store: Store, project: Project, chain) -> None:
    gone = Node(NodeKind.RUN, 10_000)
    store.lineage.add(project.id, chain[2], gone, relation="used")
    assert len(store.lineage.trace(chain[0], up=False).edges) == 2
    assert len(store.lineage.around([chain[2]])) == 1


def test_the_commit_that_runs_ran_is_a_node_of_its_project(store: Store, project: Project, run: Run) -> None:
    sha = "9F3C2A1B" * 5
    store.lineage.ran(run, sha)
    store.lineage.ran(run, sha, remote="https://alice:secret@example.org/acme/churn.git")
    store.lineage.ran(run, sha)
    other = store.runs.create(project, name="other")
    store.lineage.ran(other, sha.lower())
    start = store.lineage.commit(project, "9f3c2a1b9f")
    edges = store.lineage.trace(start, up=False).edges
    assert [(edge.relation, edge.target.title) for edge in edges] == [("ran", "baseline"), ("ran", "other")]
    code = edges[0].source
    assert (code.ref, code.noun, code.title) == (f"acme/churn/code/{sha.lower()}", "code", "9f3c2a1b9f")
    assert code.remote == "https://example.org/acme/churn.git"
    elsewhere = store.projects.ensure("acme", "other")
    with pytest.raises(NotFoundError, match="No run of this project said so"):
        store.lineage.commit(elsewhere, sha)


def test_what_is_no_commit_makes_no_node(store: Store, project: Project, run: Run) -> None:
    for text in ("main", "", "v1.2.0", "'; drop table edges"):
        store.lineage.ran(run, text)
    assert store.lineage.around([node(run)]) == []


def test_the_beginning_of_two_commits_names_none(store: Store, project: Project, run: Run) -> None:
    for sha in ("abcdef1" + "0" * 33, "abcdef1" + "1" * 33):
        store.lineage.ran(run, sha)
    with pytest.raises(NotFoundError, match="More than one begins so"):
        store.lineage.commit(project, "abcdef1")


@pytest.mark.parametrize(
    ("remote", "kept"),
    [
        ("https://alice:hunter2@example.org/a/b.git", "https://example.org/a/b.git"),
        ("https://ghp_token@example.org:8443/a/b?x=token#y", "https://example.org:8443/a/b"),
        ("ssh://git@example.org/a/b.git", "ssh://example.org/a/b.git"),
        ("git@example.org:a/b.git", "example.org:a/b.git"),
        ("/home/alice/repository", ""),
        ("file:///home/alice/repository", ""),
        ("../other", ""),
        ("https://example.org:port/a", ""),
        ("", ""),
    ],
)
def test_no_secret_and_no_folder_of_a_machine_is_kept_of_a_remote(remote: str, kept: str) -> None:
    assert without_secrets(remote) == kept


def test_the_readme_of_a_version_is_named_as_such(store: Store, project: Project, chain: list[Node]) -> None:
    found = store.find("acme/churn/models/classifier@1.0.0")
    assert found.version is not None
    readme = store.reports.publish_readme(project, Subject.VERSION, found.version.id, "# About it")
    store.lineage.add_all(project.id, chain, Node(NodeKind.REPORT, readme.id), relation="cites")
    edges = store.lineage.around([Node(NodeKind.REPORT, readme.id)])
    assert {edge.target.ref for edge in edges} == {"acme/churn/models/classifier@1.0.0/readme"}
    assert [edge.source.noun for edge in edges] == ["dataset", "run", "model"]


NODES = 7
GRAPHS = st.lists(st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)), max_size=16, unique=True)


def plain_walk(pairs: Pairs, start: int, *, depth: int, forwards: bool, closed: frozenset[int]) -> set[tuple[int, int]]:
    """The edges met from a node: what the query has to give, in the plainest words."""
    reached, edges = {start}, set[tuple[int, int]]()
    for _ in range(depth):
        open_pairs = [pair for pair in pairs if not closed & set(pair)]
        step = {pair for pair in open_pairs if pair[0 if forwards else 1] in reached}
        edges |= step
        reached |= {pair[1 if forwards else 0] for pair in step}
    return edges


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def graph_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Store]:
    """One store for all examples: each has runs of its own in it."""
    folder = tmp_path_factory.mktemp("graphs")
    url = f"sqlite:///{folder / 's.db'}"
    if request.param == "postgresql":
        cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.url(cluster.create())
    with open_store(url, blobs=str(folder / "blobs")) as store:
        yield store


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=GRAPHS,
    start=st.integers(0, NODES - 1),
    depth=st.integers(1, 9),
    closed=st.frozensets(st.integers(0, NODES - 1), max_size=3),
)
def test_a_walk_over_any_graph_is_what_a_plain_walk_finds(
    graph_store: Store, pairs: Pairs, start: int, depth: int, closed: frozenset[int]
) -> None:
    closed -= {start}
    store = graph_store
    own, secret = store.projects.ensure("acme", "open"), store.projects.ensure("acme", "closed")
    runs = [store.runs.create(secret if number in closed else own) for number in range(NODES)]
    place = {node(run): number for number, run in enumerate(runs)}
    for source, target in pairs:
        store.lineage.add(own.id, node(runs[source]), node(runs[target]), relation="used")
    for up, down in ((True, False), (False, True), (True, True)):
        walk = store.lineage.trace(
            node(runs[start]), up=up, down=down, depth=depth, may_read=lambda one: one.id == own.id
        )
        expected = set[tuple[int, int]]()
        for wanted, forwards in ((up, False), (down, True)):
            if wanted:
                expected |= plain_walk(pairs, start, depth=depth, forwards=forwards, closed=closed)
        found = [(place[edge.source.node], place[edge.target.node]) for edge in walk.edges]
        assert sorted(found) == sorted(expected)
        assert walk.is_whole


def test_the_commits_of_a_store_of_an_older_release_become_nodes(store_url: str, tmp_path: Path, clock) -> None:
    sha = "0123abcd" * 5
    codes = [{"commit": sha.upper()}, {"commit": sha}, {"commit": "main"}, {"commit": None}, 3]
    metas = [{}, *({"code": code} for code in codes)]
    database = open_database(store_url, clock=clock)
    with database.writing() as transaction:
        migrations.create_at(transaction.connection, "0008")
        made_at = {"created_at": clock(), "updated_at": clock()}
        write = transaction.connection.execute
        write(insert(OwnerRow).values(id=1, name="acme", kind="organization", created_at=clock()))
        write(insert(ProjectRow).values(id=1, owner_id=1, name="churn", visibility="private", **made_at))
        for number, meta in enumerate(metas):
            row = insert(RunRow).values(project_id=1, uuid=f"{number}", name=f"{number}", status="running", meta=meta)
            write(row.values(created_at=clock()))
    assert migrations.upgrade(database) == "0008"
    database.close()
    with open_store(store_url, blobs=str(tmp_path / "b"), clock=clock) as upgraded:
        project = upgraded.projects.get("acme", "churn")
        edges = upgraded.lineage.trace(upgraded.lineage.commit(project, sha), up=False).edges
        assert [(edge.source.ref, edge.relation, edge.target.title) for edge in edges] == [
            (f"acme/churn/code/{sha}", "ran", "1"),
            (f"acme/churn/code/{sha}", "ran", "2"),
        ]


def test_edges_are_found_by_indexes_however_many_there_are(store: Store, chain, count_queries) -> None:
    with count_queries() as statements:
        store.lineage.around(chain)
        store.lineage.trace(chain[1])
    asked = [one for one in statements if one.startswith("WITH")]
    assert len(asked) == 2
    if store.database.engine.dialect.name != "sqlite":
        return  # PostgreSQL scans a small table whatever indexes it has
    for statement in asked:
        with store.database.reading() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            plan = raw.execute(f"EXPLAIN QUERY PLAN {statement}", [1] * statement.count("?")).fetchall()
        assert [row[3] for row in plan if row[3].startswith("SCAN edges")] == []
        assert [row[3] for row in plan if row[3].startswith("SEARCH edges USING")]
