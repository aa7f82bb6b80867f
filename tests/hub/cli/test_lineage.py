"""`vitrina lineage REF`"""

from __future__ import annotations

from vitrina.store.records import Node, NodeKind


def test_it_goes_up_and_down(vitrina, shown) -> None:
    version = shown.version.ref
    edges = vitrina("lineage", version, "--json").json
    joined = {(edge["source"]["ref"], edge["relation"], edge["target"]["ref"]) for edge in edges}
    assert joined == {(shown.run.ref, "made", version), (version, "serves", shown.app.ref)}
    [up] = vitrina("lineage", version, "--up", "--json").json
    assert up["source"]["kind"] == "run"
    [down] = vitrina("lineage", version, "--down", "--json").json
    assert down["target"] == {"ref": shown.app.ref, "kind": "app", "url": f"/{shown.app.ref}"}


def test_it_goes_as_far_as_it_is_told(vitrina, shown) -> None:
    assert len(vitrina("lineage", shown.run.ref, "--depth", "1", "--json").json) == 1
    assert len(vitrina("lineage", shown.run.ref, "--json").json) == 2
    assert vitrina("lineage", shown.run.ref, "--depth", "0").code == 2
    assert vitrina("lineage", shown.run.ref, "--depth", "65").code == 2


def test_it_draws_a_tree_each_way(vitrina, store, shown) -> None:
    sha = "9f3c2a1b" * 5
    store.lineage.ran(shown.run, sha, remote="https://example.org/acme/churn.git")
    run, version, app = shown.run.ref, shown.version.ref, shown.app.ref
    assert vitrina("lineage", version).out.splitlines() == [
        version,
        "",
        "came of",
        f"└─ made by run {run} (first)",
        f"   └─ running code demo/tumours/code/{sha} (https://example.org/acme/churn.git)",
        "",
        "became",
        f"└─ served by app {app}",
    ]
    assert vitrina("lineage", "demo/tumours/models/classifier").out == vitrina("lineage", version).out
    assert vitrina("lineage", f"demo/tumours/code/{sha[:9]}", "--down").out.splitlines() == [
        f"demo/tumours/code/{sha}",
        "",
        "became",
        f"└─ run as run {run} (first)",
        f"   └─ made model {version}",
        f"      └─ served by app {app}",
    ]


def test_what_stands_in_the_tree_already_is_named_once_more_only(vitrina, store, shown) -> None:
    """Two runs that use the model, and a cycle from the second back to it."""
    model = Node(NodeKind.VERSION, shown.version.id)
    for name in ("second", "third"):
        other = Node(NodeKind.RUN, store.runs.create(shown.project, name=name).id)
        store.lineage.add(shown.project.id, model, other, relation="used")
        store.lineage.add(shown.project.id, other, Node(NodeKind.APP, shown.app.id), relation="made")
    store.lineage.add(shown.project.id, other, model, relation="reproduced")
    lines = vitrina("lineage", shown.version.ref, "--down").out.splitlines()[3:]
    assert [line.endswith("see above") for line in lines] == [False, False, True, False, True, True]
    assert [line.index("─") for line in lines] == [1, 1, 4, 1, 4, 4]


def test_a_thing_of_which_nothing_is_known_says_so(vitrina, store, shown) -> None:
    store.runs.create(shown.project, name="alone")
    assert vitrina("lineage", "demo/tumours/runs/alone").out.startswith("Nothing is known")
    assert "No run of this project said so" in vitrina("lineage", "demo/tumours/code/0123456789").err
